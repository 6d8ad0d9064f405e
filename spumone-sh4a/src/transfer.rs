//! A vCPU's registers and luggage on their way to another core, in its control block.

use crate::reg::mmio;
use crate::shared;
use crate::trap::{Context, Frame};
use spumone_core::arch::Luggage;
use spumone_core::cluster::CoreId;
use spumone_core::irq::Codes;
use spumone_core::vcpu::{Resume, State, VcpuId};

/// Words of the control block: luggage (8), where interrupts go (3), MMU (3), then registers from here on.
const REGISTERS: u32 = 4 * 16;
const NO_CORE: u32 = 0xff;

/// Runs through words of a control block.
struct Words(u32);

impl Words {
    fn put(&mut self, words: &[u32]) {
        for &word in words {
            mmio::write32(self.0, word);
            self.0 += 4;
        }
    }

    fn get(&mut self, words: &mut [u32]) {
        for word in words {
            *word = mmio::read32(self.0);
            self.0 += 4;
        }
    }
}

/// The frame as words, in the order of its fields.
fn frame_words(context: &mut Context) -> &mut [u32; Frame::WORDS] {
    // SAFETY: (1) `Frame` is `repr(C)` and consists of 32-bit words only; (2) its length is that of the array.
    unsafe { &mut *(&raw mut context.frame).cast::<[u32; Frame::WORDS]>() }
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
    let mut words = Words(block);
    words.put(&[flags, luggage.home.0.into(), syscall_core, context.last_intevt]);
    words.put(&luggage.unmasked.to_words());
    words.put(&[context.handler, context.off]);
    words.put(&context.mmu);
    let mut words = Words(block + REGISTERS);
    words.put(&context.call);
    words.put(frame_words(context));
    words.put(&context.fpu);
}

/// Reads what [`pack`] wrote. True if interrupts go elsewhere than `context` said before.
pub fn unpack(vcpu: VcpuId, context: &mut Context) -> (Luggage, bool) {
    let block = shared::block(vcpu);
    let mut words = Words(block);
    let (mut head, mut unmasked, mut handler) = ([0; 4], [0; 4], [0; 2]);
    words.get(&mut head);
    words.get(&mut unmasked);
    words.get(&mut handler);
    words.get(&mut context.mmu);
    let mut words = Words(block + REGISTERS);
    words.get(&mut context.call);
    words.get(frame_words(context));
    words.get(&mut context.fpu);
    let [flags, home, syscall_core, last_intevt] = head;
    let changed = handler != [context.handler, context.off];
    context.last_intevt = last_intevt;
    [context.handler, context.off] = handler;
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
    let luggage = Luggage {
        state,
        resume,
        has_vectors: flags & 0x100 != 0,
        home: CoreId(home as u8),
        syscall_core: core(syscall_core),
        unmasked: Codes::from_words(unmasked),
    };
    (luggage, changed)
}
