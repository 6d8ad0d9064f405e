//! A small real-time guest and measuring instrument: a timer interrupt at 1 kHz, its handler, one periodic task that the
//! handler releases. Latencies are read from the timer itself: ticks since the underflow.
#![no_std]
#![no_main]

mod histogram;

use core::cell::UnsafeCell;
use core::fmt::Write;
use guest_kit::{Frame, Tmu, TmuPlace, set_handlers, set_imask, vectors};
use histogram::Histogram;
use spumone_abi::SPUMONE_INFO_PCLK_KHZ;
use spumone_abi::client::{Console, Spumone};

/// Parameter words that the packer sets from the system file (`params`): how many periods to measure, how many misses to
/// tolerate (where there are no interrupt levels, as on stock QEMU, some are no fault).
#[used]
#[unsafe(export_name = "__spumone_params")]
static mut PARAMS: [u32; 2] = [10_000, 0];

/// The interrupt level of the timer.
const LEVEL: u32 = 12;
/// SR.IMASK while the guest has something to do: Linux's sources stay pending.
const OPEN: u32 = 7;
const MASKED: u32 = 15;
/// Code of the trace event that a miss leaves.
const TRACE_MISS: u32 = 1;

struct Probe {
    timer: Tmu,
    period: u32,
    wanted: u32,
    handled: u32,
    finished: u32,
    missed: u32,
    handler: Histogram,
    task: Histogram,
}

struct Shared(UnsafeCell<Option<Probe>>);

// SAFETY: one vCPU; the task reaches it with interrupts masked, the handler runs with interrupts masked.
unsafe impl Sync for Shared {}

static PROBE: Shared = Shared(UnsafeCell::new(None));

/// Runs `body` on the probe with interrupts masked, and leaves them at `after`.
fn with_probe<R>(after: u32, body: impl FnOnce(&mut Probe) -> R) -> Option<R> {
    set_imask(MASKED);
    // SAFETY: interrupts are masked, so neither the handler nor anybody else holds it.
    let result = unsafe { (*PROBE.0.get()).as_mut() }.map(body);
    set_imask(after);
    result
}

fn on_interrupt(_intevt: u32, _frame: &mut Frame) {
    // SAFETY: the handler runs with IMASK 15.
    if let Some(probe) = unsafe { (*PROBE.0.get()).as_mut() } {
        let late = probe.period - 1 - probe.timer.count();
        probe.timer.acknowledge();
        probe.handled += 1;
        if probe.handled <= probe.wanted {
            probe.handler.add(late);
        }
    }
}

fn on_exception(expevt: u32, frame: &mut Frame) {
    panic!("exception {expevt:#x} at {:#x}", frame.spc);
}

/// The periodic task; true when the measurement is over. It has a name for those who measure from outside.
#[unsafe(no_mangle)]
#[inline(never)]
fn rt_probe_task(hypervisor: Spumone) -> bool {
    let over = with_probe(OPEN, |probe| {
        let late = probe.period - 1 - probe.timer.count();
        probe.task.add(late);
        probe.finished += 1;
        // It has to be done before the next period begins.
        if probe.handled > probe.finished || probe.timer.underflown() {
            let behind = probe.handled.saturating_sub(probe.finished).max(1);
            probe.missed += behind;
            probe.finished = probe.handled;
            // A trace that fails loses nothing else.
            let _ = hypervisor.trace(TRACE_MISS, probe.handled);
        }
        probe.handled >= probe.wanted
    });
    over.unwrap_or(true)
}

#[unsafe(no_mangle)]
extern "C" fn guest_main(table: u32, _guest: u32) -> ! {
    // SAFETY: the table's address as SPUMONE passed it.
    let Some(hypervisor) = (unsafe { Spumone::at(table) }) else { guest_kit::jump(0) };
    let passed = measure(hypervisor).unwrap_or(false);
    hypervisor.guest_exit(u32::from(!passed))
}

fn measure(hypervisor: Spumone) -> Option<bool> {
    let mut console = Console(hypervisor);
    let pclk_khz = hypervisor.info(SPUMONE_INFO_PCLK_KHZ).ok()?;
    // 1 kHz at Pclk / 4.
    let period = pclk_khz / 4;
    // SAFETY: words of this guest's own, which nobody writes at run time.
    let [wanted, tolerated] = unsafe { (&raw const PARAMS).read_volatile() };
    writeln!(console, "rt-probe: {wanted} periods of 1 ms, Pclk {pclk_khz} kHz").ok()?;
    let timer = Tmu::new(TmuPlace::TMU3);
    // Beside a guest that watches another one it is SPUMONE's clock.
    let clock = Tmu::of(TmuPlace::TMU4);
    set_handlers(on_interrupt, on_exception);
    hypervisor.set_vbr(vectors()).ok()?;
    with_probe(MASKED, |_| ());
    // SAFETY: interrupts are masked.
    unsafe {
        *PROBE.0.get() = Some(Probe {
            timer,
            period,
            wanted,
            handled: 0,
            finished: 0,
            missed: 0,
            handler: Histogram::new(),
            task: Histogram::new(),
        });
    }
    hypervisor.irq_enable(timer.intevt(), LEVEL).ok()?;
    clock.run_free();
    let begun = clock.count();
    timer.start(period, true);
    loop {
        set_imask(MASKED);
        if with_probe(MASKED, |probe| probe.handled == probe.finished)? {
            hypervisor.idle();
            // The interrupt is taken here.
            set_imask(OPEN);
        } else if rt_probe_task(hypervisor) {
            break;
        }
    }
    set_imask(MASKED);
    let elapsed = begun.wrapping_sub(clock.count());
    timer.stop();
    with_probe(MASKED, |probe| {
        // Two underflows before one handler leave one interrupt: the other clock knows.
        let lost = (elapsed / probe.period).saturating_sub(probe.handled);
        report(&mut console, probe, [lost, tolerated], 4_000_000 / pclk_khz)
    })?
    .ok()
}

fn report(
    out: &mut impl Write,
    probe: &Probe,
    [lost, tolerated]: [u32; 2],
    tick_ns: u32,
) -> Result<bool, core::fmt::Error> {
    probe.handler.print(out, "handler", tick_ns)?;
    probe.task.print(out, "task", tick_ns)?;
    let missed = probe.missed + lost;
    writeln!(out, "rt-probe: {} periods, {missed} missed", probe.handled)?;
    writeln!(out, "rt-probe: {}", if missed <= tolerated { "ok" } else { "FAILED" })?;
    Ok(missed <= tolerated)
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    let address = if cfg!(feature = "rp1") { spumone_abi::SPUMONE_TABLE_RP1 } else { spumone_abi::SPUMONE_TABLE_R2D };
    // SAFETY: the board's fixed address.
    if let Some(hypervisor) = unsafe { Spumone::at(address) } {
        // There is nothing left to do about a failing console.
        let _ = writeln!(Console(hypervisor), "rt-probe: {info}\nrt-probe: FAILED");
        hypervisor.guest_exit(101);
    }
    loop {}
}
