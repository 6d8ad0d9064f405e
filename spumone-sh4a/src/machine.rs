//! The machine under the portable code: contexts, guest memory, interrupt controller, serial ports, trace ring.

use crate::board;
use crate::reg::mmio;
use crate::trap::{Context, FIRST_TARGET, Frame, symbols};
use core::cell::UnsafeCell;
use spumone_core::addr::GuestRange;
use spumone_core::arch::{Arch, CoreInfo, Entry};
use spumone_core::irq::{Action, Code};
use spumone_core::trace::{self, Event};
use spumone_core::vcpu::{Departures, MAX_VCPUS, VcpuId};

/// Contexts by vCPU number; the last one is the sleeping core's.
struct Contexts(UnsafeCell<[Context; MAX_VCPUS + 1]>);

// SAFETY: an instance has one core, and statics are per core by construction (docs/hypervisor.md).
unsafe impl Sync for Contexts {}

#[unsafe(link_section = ".contexts")]
static CONTEXTS: Contexts = Contexts(UnsafeCell::new([const { Context::zero() }; MAX_VCPUS + 1]));

/// Who owns the interrupt with code 0x20 * index, for the preempting path in assembly.
#[used]
#[unsafe(export_name = "spumone_targets")]
#[unsafe(link_section = ".contexts")]
static mut TARGETS: [u32; 128] = [0; 128];

/// Stands in for a context while SPUMONE's own code runs: two numbers, then where exceptions go.
#[used]
#[unsafe(export_name = "spumone_bug_context")]
#[unsafe(link_section = ".contexts")]
static mut BUG: [Option<unsafe extern "C" fn()>; 4] =
    [None, None, Some(symbols::spumone_bug), Some(symbols::spumone_bug)];

fn code_address(code: unsafe extern "C" fn()) -> u32 {
    code as usize as u32
}

fn index(vcpu: Option<VcpuId>) -> usize {
    vcpu.map_or(MAX_VCPUS, |vcpu| vcpu.index().min(MAX_VCPUS - 1))
}

/// The context of `vcpu`, `None`: of the sleeping core.
pub fn context(vcpu: Option<VcpuId>) -> *mut Context {
    CONTEXTS.0.get().cast::<Context>().wrapping_add(index(vcpu))
}

/// The vCPU that has the core, as the interrupt path in assembly left it.
pub fn current() -> Option<VcpuId> {
    // SAFETY: (1) the slot always points to a context, which begins with plain words; (2) only this core writes it.
    let id = unsafe { (*(&raw const symbols::spumone_slot_interrupt).read_volatile()).id };
    u8::try_from(id).ok().filter(|&id| usize::from(id) < MAX_VCPUS).map(VcpuId)
}

/// Prepares the sleeping core's context and the trace ring; once, before anything else.
pub fn init() {
    let bug = code_address(symbols::spumone_bug);
    let idle = context(None);
    // SAFETY: (1) nothing runs yet but this; (2) `idle` points into a static.
    unsafe {
        (*idle).id = trace::IDLE;
        (*idle).general = bug;
        (*idle).tlb = bug;
        (*idle).go_on = code_address(symbols::spumone_idle_ask);
        (*idle).targets = [code_address(symbols::spumone_ask); 128 - FIRST_TARGET];
        (&raw mut symbols::spumone_slot_interrupt).write_volatile(idle);
    }
    let ring = board::TRACE;
    let first = ring + trace::EVENTS_OFFSET;
    for offset in (0..trace::EVENTS * 8).step_by(4) {
        mmio::write32(first + offset, 0);
    }
    for (offset, word) in [(4, trace::VERSION), (8, first), (12, first), (16, trace::EVENTS), (0, trace::MAGIC)] {
        mmio::write32(ring + offset, word);
    }
}

/// The machine; it has no state besides the statics above.
pub struct Machine;

impl Arch for Machine {
    fn core_info(&self) -> CoreInfo {
        board::CORE_INFO
    }

    fn prepare(&mut self, vcpu: VcpuId, entry: Entry) {
        let mut frame = Frame::zero();
        frame.spc = entry.pc;
        // MD=1, IMASK=15.
        frame.ssr = 0x4000_00f0;
        let [.., r15] = &mut frame.high;
        *r15 = entry.stack;
        let [_, _, _, _, r4, r5, ..] = &mut frame.low;
        *r4 = crate::trap::table_address();
        *r5 = entry.r5;
        let park = code_address(symbols::spumone_park);
        let context = context(Some(vcpu));
        // SAFETY: (1) `context` points into a static; (2) this vCPU does not have the core.
        unsafe {
            *context = Context::zero();
            (*context).id = vcpu.0.into();
            (*context).general = park;
            (*context).tlb = park;
            (*context).targets = [code_address(symbols::spumone_ask); 128 - FIRST_TARGET];
            (*context).frame = frame;
            // FPUL, FPSCR, FR0..: FPSCR as after reset.
            (*context).fpu[1] = 0x0004_0001;
        }
    }

    fn set_vector_base(&mut self, vcpu: VcpuId, base: u32, off: u8) {
        let context = context(Some(vcpu));
        // SAFETY: `context` points into a static that only the interrupt path and this code use, and everything is masked.
        unsafe {
            (*context).general = base + 0x100;
            (*context).tlb = base + 0x400;
            (*context).handler = base + 0x600;
            (*context).off = u32::from(off) << 4;
        }
    }

    fn set_action(&mut self, current: Option<VcpuId>, code: Code, action: Action) {
        let Some(place) = code.index().checked_sub(FIRST_TARGET) else { return };
        let context_of = context;
        let context = context(current);
        let target = match action {
            // SAFETY: as in `set_vector_base`.
            Action::Forward if board::LEVELS != 0 => unsafe { (*context).handler },
            Action::Forward => code_address(symbols::spumone_forward_checked),
            Action::Preempt(owner) => {
                let owner = context_of(Some(owner)) as usize as u32;
                // SAFETY: (1) `index` is below 128; (2) the table is only read by the interrupt path, and everything is masked.
                unsafe { (&raw mut TARGETS).cast::<u32>().wrapping_add(code.index()).write_volatile(owner) };
                code_address(symbols::spumone_preempt)
            }
            Action::Defer => code_address(symbols::spumone_defer),
            Action::Ask => code_address(symbols::spumone_ask),
        };
        // SAFETY: as in `set_vector_base`.
        if let Some(slot) = unsafe { &mut (*context).targets }.get_mut(place) {
            *slot = target;
        }
    }

    fn set_idle_path(&mut self, vcpu: VcpuId, next: Option<VcpuId>, direct: bool) {
        let next = context(next) as usize as u32;
        let go_on = code_address(if direct { symbols::spumone_idle_go_on } else { symbols::spumone_idle_ask });
        let context = context(Some(vcpu));
        // SAFETY: as in `set_vector_base`.
        unsafe {
            (*context).after_idle = next;
            (*context).go_on = go_on;
        }
    }

    fn switch_fpu(&mut self, from: Option<VcpuId>, to: VcpuId) {
        // SAFETY: (1) the contexts are statics of at least the length that the assembly writes; (2) SR.FD is 0 in SPUMONE.
        unsafe {
            if from.is_some() {
                symbols::spumone_save_fpu(context(from));
            }
            symbols::spumone_load_fpu(context(Some(to)));
        }
    }

    fn irq_unmask(&mut self, code: Code, level: u8) -> bool {
        board::irq_unmask(code, level)
    }

    fn irq_mask(&mut self, code: Code) -> bool {
        board::irq_mask(code)
    }

    fn read_guest(&mut self, from: GuestRange, to: &mut [u8]) {
        for (offset, byte) in (0..from.length()).zip(to) {
            // SAFETY: a `GuestRange` lies in the guest's own memory, which no Rust object of SPUMONE shares.
            *byte = unsafe { ((from.start() + offset) as usize as *const u8).read_volatile() };
        }
    }

    fn write_guest(&mut self, to: GuestRange, from: &[u8]) {
        for (offset, byte) in (0..to.length()).zip(from) {
            // SAFETY: as in `read_guest`.
            unsafe { ((to.start() + offset) as usize as *mut u8).write_volatile(*byte) };
        }
    }

    fn serial_write(&mut self, port: u8, bytes: &[u8]) -> usize {
        // A port that the board does not have swallows everything: nobody shall wait for it.
        board::serial(port).map_or(bytes.len(), |serial| serial.write(bytes))
    }

    fn serial_read(&mut self, port: u8) -> Option<u8> {
        board::serial(port)?.read()
    }

    fn trace(&mut self, event: Event) {
        let (code, arg) = event.encode();
        let next = mmio::read32(board::TRACE + 8);
        mmio::write32(next + 4, arg);
        mmio::write32(next, code);
        mmio::write32(board::TRACE + 8, (next + 8) & !0x8000);
    }

    fn forwarded(&self, vcpu: VcpuId) -> u32 {
        let context = context(Some(vcpu));
        // SAFETY: as in `set_vector_base`.
        let (taken, preempted, other) = unsafe { ((*context).taken, (*context).preempted, (*context).other) };
        taken.wrapping_sub(preempted).wrapping_sub(other)
    }

    fn departures(&self, vcpu: VcpuId) -> Departures {
        let context = context(Some(vcpu));
        // SAFETY: as in `set_vector_base`; volatile because the assembly counts.
        let [preempted, idled, idled_at] = unsafe {
            [&raw const (*context).preempted, &raw const (*context).idled, &raw const (*context).idled_at]
                .map(|count| count.read_volatile())
        };
        Departures { preempted, idled, idled_last: idled_at == preempted }
    }
}
