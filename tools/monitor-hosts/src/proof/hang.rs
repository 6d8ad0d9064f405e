//! A guest that is dead: it panicked, or stands still with interrupts off.

use anyhow::{Context, Result, ensure};
use heartbeat::{Heartbeat, NO_TICK, PANIC};
use monitor_api::profile::Profile;
use monitor_api::{Monitor, Verdict};
use sh4a_emu::machine::Config;

use super::guests::{BETWEEN, Prepared, texts};
use crate::dump::Dump;
use crate::emulator::Emulator;
use crate::registry::all;
use crate::runner::{Watch, watch};
use crate::target::Target;

/// Nanoseconds without a tick that the test takes for a hang: twenty periods of the kernel's clock.
const PATIENCE: u64 = 200_000_000;
/// `bra .` and its delay slot.
const LOOP: [u8; 4] = [0xfe, 0xaf, 0x09, 0x00];
/// SR: privileged, interrupts off.
const OFF: u32 = 1 << 30 | 0xf0;

/// Core 0 of a guest that has work stops in an endless loop with interrupts off: `heartbeat` asks for a restart. The guest is lost.
///
/// # Errors
/// When it does not.
pub fn hang(prepared: &Prepared, guest: &mut Emulator) -> Result<()> {
    let profile = prepared.profile()?;
    let place = profile.symbol("sys_reboot").context("no sys_reboot")?.address.get() as u32;
    stop(guest, place)?;
    expect(guest, profile, Watch { scans: 40, ..Watch::default() }, NO_TICK)
}

/// Our RTOS (an application's ELF file) on the bare machine: its profile is made, what can be watched is clean, and when it stands still
/// `heartbeat` asks for a restart.
///
/// # Errors
/// When that is not so.
pub fn rtos(program: &[u8]) -> Result<()> {
    let profile = kernel_profile::extract(program).context("the profile of the RTOS")?;
    let profile = Profile::open(&profile)?;
    let mut guest = Emulator::new(Config::rp1(), program, BETWEEN)?;
    guest.run(20 * BETWEEN)?;
    let how = Watch { scans: 30, ..Watch::default() };
    let mut monitors = all();
    monitors.push(Box::new(Heartbeat::with_patience(PATIENCE)));
    let summary = watch(&mut guest, profile, &mut monitors, how, &mut |_| ())?;
    ensure!(summary.raised.is_empty() && summary.broken.is_empty(), "a clean RTOS: {}", texts(&summary.raised));
    for name in ["heartbeat", "text-integrity"] {
        ensure!(!summary.not_applicable.iter().any(|(not, _)| *not == name), "{name} has nothing to watch in the RTOS");
    }
    // Its tick never comes to an end.
    let place = profile.symbol("timer_handler").context("no timer_handler")?.address.get() as u32;
    patch(&mut guest, place)?;
    expect(&mut guest, profile, Watch { scans: 40, ..Watch::default() }, NO_TICK)
}

/// Core 0 goes on in an endless loop at `place`, with interrupts off.
fn stop(guest: &mut Emulator, place: u32) -> Result<()> {
    patch(guest, place)?;
    let cpu = guest.machine_mut().cpu_mut(0);
    cpu.set_sr(OFF);
    cpu.set_pc(place);
    Ok(())
}

/// An endless loop at `place`.
fn patch(guest: &mut Emulator, place: u32) -> Result<()> {
    guest.machine_mut().write_memory(0, place & 0x1fff_ffff, &LOOP).context("no memory there")
}

/// A guest whose kernel says that it has panicked: the same, also in a dump.
///
/// # Errors
/// When it does not.
pub fn panic(prepared: &Prepared, dump: &mut Dump) -> Result<()> {
    let flag = prepared.profile()?.symbol("panic_cpu").context("no panic_cpu")?.address.get() & 0x1fff_ffff;
    // The number of the CPU that panicked, instead of -1 for none (kernel/panic.c).
    ensure!(dump.write(flag, &[0; 4]), "no memory there");
    let result = expect(dump, prepared.profile()?, Watch::default(), PANIC);
    dump.write(flag, &[0xff; 4]);
    result
}

fn expect(target: &mut dyn Target, profile: Profile<'_>, how: Watch, what: &str) -> Result<()> {
    let monitor: Box<dyn Monitor> = Box::new(Heartbeat::with_patience(PATIENCE));
    let summary = watch(target, profile, &mut [monitor], how, &mut |_| ())?;
    let found = summary.raised.iter().any(|raised| raised.finding.what == what);
    ensure!(
        found && summary.verdict() == Verdict::Restart,
        "{what:?} was not found; raised: {}",
        texts(&summary.raised)
    );
    Ok(())
}
