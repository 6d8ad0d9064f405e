//! A vCPU's registers and luggage on their way to another core, in its control block.

use crate::reg::mmio;
use crate::shared;
use crate::trap::{CALL_WORDS, Context, Frame, UNITS_WORDS, symbols};
use core::mem::offset_of;
use spumone_core::arch::Luggage;
use spumone_core::cluster::CoreId;
use spumone_core::irq::Codes;
use spumone_core::vcpu::{Resume, State, VcpuId};

/// What is not registers.
type Head = [u32; 12];

/// Words of the control block: luggage (8), where interrupts go (2), padding, FPU and MMU (40), then the registers that the vCPU's way of
/// going on needs.
const UNITS: u32 = 4 * 16;
const REGISTERS: u32 = UNITS + 4 * UNITS_WORDS as u32;
const NO_CORE: u32 = 0xff;
/// Offset of a guest's interrupt handler from its vector base.
const HANDLER: u32 = 0x600;

/// Pointers to a context's units, and to the registers of a way of going on, with their lengths in words.
fn parts(context: &mut Context, resume: Resume) -> [(*mut u32, usize); 2] {
    let registers = match resume {
        Resume::Call => ((&raw mut context.call).cast(), CALL_WORDS),
        Resume::Frame | Resume::Trap => ((&raw mut context.frame).cast(), Frame::WORDS),
    };
    // The whole context is what the pointer may reach.
    let whole = (&raw mut *context).cast::<u32>();
    [(whole.wrapping_add(offset_of!(Context, fpu) / 4), UNITS_WORDS), registers]
}

fn place(address: u32) -> *mut u32 {
    address as usize as *mut u32
}

/// Writes `context` and `luggage` of a vCPU that does not have the core.
pub fn pack(vcpu: VcpuId, context: &mut Context, luggage: &Luggage) {
    let block = shared::block(vcpu);
    let state = match luggage.state {
        State::Waiting => 1,
        State::Stopped => 2,
        _ => 0,
    };
    let resume = match luggage.resume {
        Resume::Frame => 0,
        Resume::Call => 1,
        Resume::Trap => 2,
    };
    let flags = state | resume << 4 | u32::from(luggage.has_vectors) << 8;
    let syscall_core = luggage.syscall_core.map_or(NO_CORE, |core| core.0.into());
    let [u0, u1, u2, u3] = luggage.unmasked.to_words();
    let (home, intevt) = (luggage.home.0.into(), context.last_intevt);
    let head: Head = [flags, home, syscall_core, intevt, u0, u1, u2, u3, context.handler, context.off, 0, 0];
    let [(units, length), (registers, count)] = parts(context, luggage.resume);
    // SAFETY: (1) pointers reach whole arrays; (2) the block is no Rust object's and has room; (3) lengths are multiples of 4 (layout.rs).
    unsafe {
        symbols::spumone_copy(place(block), head.as_ptr(), head.len() / 4);
        symbols::spumone_copy(place(block + UNITS), units, length / 4);
        symbols::spumone_copy(place(block + REGISTERS), registers, count / 4);
    }
}

/// Reads what [`pack`] wrote. True if interrupts go elsewhere than `context` said before.
pub fn unpack(vcpu: VcpuId, context: &mut Context) -> (Luggage, bool) {
    let block = shared::block(vcpu);
    let mut head: Head = [0; 12];
    // SAFETY: as in `pack`.
    unsafe { symbols::spumone_copy(head.as_mut_ptr(), place(block), head.len() / 4) };
    let [flags, home, syscall_core, last_intevt, u0, u1, u2, u3, handler, off, ..] = head;
    let changed = [handler, off] != [context.handler, context.off];
    (context.last_intevt, context.handler, context.off) = (last_intevt, handler, off);
    let state = match flags & 15 {
        1 => State::Waiting,
        2 => State::Stopped,
        _ => State::Ready,
    };
    let resume = match flags >> 4 & 15 {
        1 => Resume::Call,
        2 => Resume::Trap,
        _ => Resume::Frame,
    };
    let core = |word: u32| (word != NO_CORE).then_some(CoreId(word as u8));
    let [(units, length), (registers, count)] = parts(context, resume);
    // SAFETY: as in `pack`.
    unsafe {
        symbols::spumone_copy(units, place(block + UNITS), length / 4);
        symbols::spumone_copy(registers, place(block + REGISTERS), count / 4);
    }
    let luggage = Luggage {
        state,
        resume,
        has_vectors: flags & 0x100 != 0,
        home: CoreId(home as u8),
        syscall_core: core(syscall_core),
        unmasked: Codes::from_words([u0, u1, u2, u3]),
    };
    (luggage, changed)
}

/// The registers that [`pack`] wrote, in the order of `SpumoneRegisters`.
pub fn registers(vcpu: VcpuId) -> [u32; 31] {
    let block = shared::block(vcpu);
    let word = |index: u32| mmio::read32(block + 4 * index);
    let saved = |index: u32| mmio::read32(block + REGISTERS + 4 * index);
    let handler = word(8);
    let mut all = [0; 31];
    let (r, rest) = all.split_at_mut(16);
    let (bank1, control) = rest.split_at_mut(8);
    // Where a context has the last of R8..R15, and PC, SR, PR, GBR, MACH, MACL.
    let (high, control_words) = if word(0) >> 4 & 15 == 1 {
        // A call: R2, R5, R6, R7 of bank 1, R8..R15, PR, GBR, SR. It returns to PR.
        (4, [saved(12), saved(14), saved(12), saved(13), 0, 0])
    } else {
        (10, [saved(22), saved(23), saved(20), saved(21), saved(19), saved(18)])
    };
    if high == 10 {
        for (place, index) in r.iter_mut().zip(24..32) {
            *place = saved(index);
        }
    }
    for (place, index) in r.iter_mut().skip(8).zip(high..) {
        *place = saved(index);
    }
    for (number, index) in [2, 5, 6, 7].into_iter().zip(high - 4..) {
        if let Some(place) = bank1.get_mut(number) {
            *place = saved(index);
        }
    }
    let [pc, sr, pr, gbr, mach, macl] = control_words;
    for (place, value) in control.iter_mut().zip([pc, sr, pr, gbr, handler.saturating_sub(HANDLER), mach, macl]) {
        *place = value;
    }
    all
}
