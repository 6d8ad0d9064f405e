//! A vCPU's registers and luggage on their way to another core, in its control block.

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
