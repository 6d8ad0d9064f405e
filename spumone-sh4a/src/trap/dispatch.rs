//! The unsafe shell between the assembly and the portable code: every way from the one into the other.

use super::symbols;
use super::{Context, Frame};
use crate::board;
use crate::instance;
use crate::machine::{self, Machine};
use crate::reg::mmio;
use spumone_abi::{SPUMONE_MAGIC, SPUMONE_VERSION, SpumoneTable};
use spumone_core::hypervisor::{FaultReport, Outcome, Rest};
use spumone_core::vcpu::Resume;

pub use spumone_core::sched::Next;

/// The hypercall table; the linker script puts it where the guest ABI says.
#[used]
#[unsafe(link_section = ".hypercall_table")]
static TABLE: SpumoneTable = SpumoneTable {
    magic: SPUMONE_MAGIC,
    version: SPUMONE_VERSION,
    bytes: size_of::<SpumoneTable>() as u32,
    board: board::BOARD as u32,
    set_vbr: symbols::spumone_hv_set_vbr,
    idle: symbols::spumone_hv_idle,
    vcpu_id: symbols::spumone_hv_vcpu_id,
    vcpu_count: symbols::spumone_hv_vcpu_count,
    vcpu_start: symbols::spumone_hv_vcpu_start,
    vcpu_stop: symbols::spumone_hv_vcpu_stop,
    ipi_send: symbols::spumone_hv_ipi_send,
    ipi_take: symbols::spumone_hv_ipi_take,
    irq_enable: symbols::spumone_hv_irq_enable,
    irq_disable: symbols::spumone_hv_irq_disable,
    console_write: symbols::spumone_hv_console_write,
    console_read: symbols::spumone_hv_console_read,
    guest_exit: symbols::spumone_hv_guest_exit,
    guest_restart: symbols::spumone_hv_guest_restart,
    info: symbols::spumone_hv_info,
    trace: symbols::spumone_hv_trace,
    guest_name: symbols::spumone_hv_guest_name,
    null: symbols::spumone_hv_null,
    vcpu_move: symbols::spumone_hv_vcpu_move,
    vcpu_core: symbols::spumone_hv_vcpu_core,
    syscall_core: symbols::spumone_hv_syscall_core,
    syscall_done: symbols::spumone_hv_syscall_done,
    core_bounds: symbols::spumone_hv_core_bounds,
    guest_pause: symbols::spumone_hv_guest_pause,
    guest_resume: symbols::spumone_hv_guest_resume,
    guest_reset: symbols::spumone_hv_guest_reset,
    vcpu_registers: symbols::spumone_hv_vcpu_registers,
    clock: symbols::spumone_hv_clock,
    alarm: symbols::spumone_hv_alarm,
};

/// Address of the hypercall table.
pub(crate) fn table_address() -> u32 {
    &raw const TABLE as usize as u32
}

/// A hypercall other than `idle` and `null`. Runs on SPUMONE's stack, everything masked.
#[unsafe(no_mangle)]
extern "C" fn spumone_on_hypercall(a: u32, b: u32, c: u32, number: u32) -> i32 {
    // SAFETY: (1) this is an entry from the assembly, the only one alive on this core, IMASK is 15; (2) the borrow ends here.
    let outcome = unsafe { instance::get() }.hypercall(&mut Machine, machine::current(), number, [a, b, c]);
    match outcome {
        Outcome::Return(result) => result,
        Outcome::Leave(next) => leave(next),
        Outcome::Finished => instance::finish(),
    }
}

/// `idle`, after the caller's registers were kept.
#[unsafe(no_mangle)]
extern "C" fn spumone_on_idle() -> ! {
    // SAFETY: as in `spumone_on_hypercall`.
    let next = unsafe { instance::get() }.idle(&mut Machine, machine::current());
    leave(next)
}

/// `syscall_done` away from home, after the caller's registers were kept.
#[unsafe(no_mangle)]
extern "C" fn spumone_on_syscall_done() -> ! {
    // SAFETY: as in `spumone_on_hypercall`.
    end(unsafe { instance::get() }.syscall_done(&mut Machine, machine::current()))
}

/// A system call of a vCPU whose kernel part runs on another core; its frame is saved.
#[unsafe(no_mangle)]
extern "C" fn spumone_on_syscall() -> ! {
    // SAFETY: as in `spumone_on_hypercall`.
    end(unsafe { instance::get() }.syscall(&mut Machine, machine::current()))
}

/// An interrupt about which nothing was decided ahead; the interrupted context's frame is saved.
#[unsafe(no_mangle)]
extern "C" fn spumone_on_interrupt(context: *mut Context, intevt: u32) -> ! {
    // SAFETY: (1) the assembly passes the current context, whose frame it has just saved; (2) nobody else uses it now.
    let report = || report(unsafe { &(*context).frame });
    // SAFETY: as in `spumone_on_hypercall`.
    end(unsafe { instance::get() }.interrupt(&mut Machine, machine::current(), intevt, report))
}

/// An exception of a guest that has no vectors; its frame is saved.
#[unsafe(no_mangle)]
extern "C" fn spumone_on_exception(context: *mut Context, _intevt: u32) -> ! {
    // SAFETY: as in `spumone_on_interrupt`.
    let report = report(unsafe { &(*context).frame });
    // SAFETY: as in `spumone_on_hypercall`.
    end(unsafe { instance::get() }.exception(&mut Machine, machine::current(), &report))
}

/// An exception in SPUMONE's own code.
#[unsafe(no_mangle)]
extern "C" fn spumone_on_bug(pc: u32, sr: u32, r15: u32, pr: u32) -> ! {
    let registers = spumone_core::epitaph::Registers {
        expevt: mmio::read32(0xff00_0024),
        pc,
        sr,
        tea: mmio::read32(0xff00_000c),
        r15,
        pr,
    };
    crate::panic::die("exception in SPUMONE", 0, registers)
}

/// SR with all interrupts open, and with those above SPUMONE's own level.
const SR_OPEN: u32 = 0x4000_0000;
const SR_URGENT: u32 = SR_OPEN | (board::OWN_LEVEL as u32) << 4;

/// Called by the core without a guest, everything masked: the SR with which interrupts are let in before the next call, or 0 if it may
/// sleep. A guest that goes on is not told of here: there is no return then.
#[unsafe(no_mangle)]
extern "C" fn spumone_rest() -> u32 {
    // SAFETY: as in `spumone_on_hypercall`.
    match unsafe { instance::get() }.rest(&mut Machine) {
        Rest::Sleep => 0,
        Rest::Log => SR_OPEN,
        Rest::Work => SR_URGENT,
        Rest::Leave(next) => leave(next),
        Rest::Finished => instance::finish(),
    }
}

fn end(outcome: Outcome) -> ! {
    match outcome {
        Outcome::Leave(next) => leave(next),
        Outcome::Return(_) | Outcome::Finished => instance::finish(),
    }
}

/// Gives the core to `next`. No borrow of the instance is alive in a caller.
pub fn leave(next: Next) -> ! {
    // SAFETY: (1) IMASK is 15 on SPUMONE's stack; (2) the contexts are statics, and the portable code chose the resume form
    // by what was saved.
    unsafe {
        match next {
            Next::Run(vcpu, Resume::Call) => symbols::spumone_resume_call(machine::context(Some(vcpu))),
            Next::Run(vcpu, Resume::Frame) => symbols::spumone_resume_frame(machine::context(Some(vcpu))),
            Next::Run(vcpu, Resume::Trap) => symbols::spumone_resume_trap(machine::context(Some(vcpu))),
            Next::Idle => symbols::spumone_resume_idle(machine::context(None)),
        }
    }
}

fn report(frame: &Frame) -> FaultReport {
    let mut r = [0; 16];
    for (place, value) in r.iter_mut().zip(frame.low.iter().chain(&frame.high)) {
        *place = *value;
    }
    FaultReport { expevt: frame.expevt, pc: frame.spc, sr: frame.ssr, pr: frame.pr, tea: frame.tea, r }
}
