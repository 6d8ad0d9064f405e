//! The bare-metal program around the scenes: start, vectors, handler, output.

use super::log::WORDS;
use super::scenes::Scene;
use crate::emit::Emitter;

/// Where QEMU's `-M r2d -kernel` puts a flat image, as P1 sees it. It starts it 0x2000_0000 higher, in P2.
pub(super) const P1: u32 = 0x8c80_0000;
/// Vector base: the handlers lie at +0x100, +0x400 and +0x600.
const VBR: u32 = P1 + 0x1000;
/// Addresses of the scenes and, after the last, of the end.
const TABLE: u32 = P1 + 0x1800;
/// Here the rest of the program begins.
const CODE: u32 = P1 + 0x2000;

/// Address of the table's next word, and the next free byte of the log.
const NEXT: u32 = 0x8c70_0000;
const LOG_END: u32 = NEXT + 4;
const LOG: u32 = NEXT + 0x100;
/// Memory that scenes may use, by physical address.
pub(super) const WINDOW: u32 = 0x0c60_0000;

/// QEMU's second serial port: SCSCR at +8, SCFTDR at +0xc, SCFSR at +0x10.
const SCIF: u32 = 0xffe8_0000;
const SCSCR_TE: i32 = 0x20;
const SCFSR_TDFE: i32 = 0x20;
/// FPGA of the board: writing 1 switches it off.
const POWER_OFF: u32 = 0xa400_0030;

/// SR of a scene's beginning: privileged, bank 0, exceptions let through, interrupts masked.
pub(super) const SR: u32 = 0x4000_00f0;
/// The same with BL.
const SR_BLOCKED: u32 = 0x5000_00f0;
/// What the handler runs with: bank 1, and FD clear so that it may read the FPU's registers.
const SR_HANDLER: u32 = 0x7000_00f0;

const PTEH: u32 = 0xff00_0000;
const TEA: u32 = 0xff00_000c;
pub(super) const MMUCR: u32 = 0xff00_0010;
const TRA: u32 = 0xff00_0020;
const EXPEVT: u32 = 0xff00_0024;
/// MMUCR.TI: invalidate all TLB entries.
const MMUCR_TI: u32 = 4;
/// FPSCR after power-on.
const FPSCR: u32 = 0x0004_0001;

/// The flat image that runs `scenes` in order.
pub(super) fn build(scenes: &[Scene]) -> Vec<u8> {
    let mut e = Emitter::new(P1);
    // QEMU enters in P2.
    e.load(0, CODE);
    e.jump(0);
    e.pool();
    for (offset, mark) in [(0x100, 1), (0x400, 4), (0x600, 6)] {
        e.fill_to(VBR + offset);
        e.op("mov #I,Rn", 0, 0, mark);
        // The common handler is at a fixed place, too: after the start.
        e.load(1, CODE + HANDLER_OFFSET);
        e.jump(1);
        e.pool();
    }
    e.fill_to(CODE);
    start(&mut e);
    e.fill_to(CODE + HANDLER_OFFSET);
    handler(&mut e);
    e.fill_to(CODE + NEXT_OFFSET);
    next(&mut e);
    let mut table = Vec::new();
    for scene in scenes {
        e.align();
        table.push(e.here());
        (scene.build)(&mut e);
        e.op("trapa #U", 0, 0, 255);
        e.pool();
    }
    e.align();
    table.push(e.here());
    finish(&mut e);
    let mut bytes = e.finish();
    let at = (TABLE - P1) as usize;
    for (place, address) in bytes[at..(CODE - P1) as usize].chunks_exact_mut(4).zip(table) {
        place.copy_from_slice(&address.to_le_bytes());
    }
    bytes
}

/// Scenes that the table has room for, the end not counted.
pub(super) const MAX_SCENES: usize = ((CODE - TABLE) / 4 - 1) as usize;
/// Distances from [`CODE`].
const HANDLER_OFFSET: u32 = 0x100;
const NEXT_OFFSET: u32 = 0x300;

/// Stores a longword; uses R0 and R1.
pub(super) fn store(e: &mut Emitter, address: u32, value: u32) {
    e.load(0, value);
    e.load(1, address);
    e.op("mov.l Rm,@Rn", 1, 0, 0);
}

fn start(e: &mut Emitter) {
    e.load(0, SR_BLOCKED);
    e.op("ldc Rm,SR", 0, 0, 0);
    e.load(0, VBR);
    e.op("ldc Rm,VBR", 0, 0, 0);
    store(e, NEXT, TABLE);
    store(e, LOG_END, LOG);
    e.load(0, CODE + NEXT_OFFSET);
    e.jump(0);
    e.pool();
}

/// The vector's number is in R0 of bank 1.
fn handler(e: &mut Emitter) {
    e.load(2, LOG_END);
    e.op("mov.l @Rm,Rn", 3, 2, 0);
    let mut count = 0;
    let mut put = |e: &mut Emitter, register: u8| {
        if count == 16 {
            e.op("add #I,Rn", 3, 0, 64);
        }
        e.op("mov.l Rm,@(D,Rn)", 3, register, count % 16);
        count += 1;
    };
    put(e, 0);
    for address in [EXPEVT, TEA, TRA, PTEH] {
        e.load(1, address);
        e.op("mov.l @Rm,Rn", 1, 1, 0);
        put(e, 1);
    }
    for text in ["stc SPC,Rn", "stc SSR,Rn", "stc SGR,Rn", "stc SR,Rn"] {
        e.op(text, 1, 0, 0);
        put(e, 1);
    }
    for m in 0..8 {
        e.op("stc Rm_BANK,Rn", 1, m, 0);
        put(e, 1);
    }
    put(e, 8);
    put(e, 9);
    e.load(1, SR_HANDLER);
    e.op("ldc Rm,SR", 0, 1, 0);
    for text in ["sts PR,Rn", "sts FPSCR,Rn", "sts FPUL,Rn", "stc GBR,Rn", "sts MACL,Rn"] {
        e.op(text, 1, 0, 0);
        put(e, 1);
    }
    debug_assert_eq!(count as usize, WORDS);
    e.op("add #I,Rn", 3, 0, 4 * WORDS as i32 - 64);
    e.op("mov.l Rm,@Rn", 2, 3, 0);
    e.load(0, CODE + NEXT_OFFSET);
    e.jump(0);
    e.pool();
}

/// Goes to the next scene with everything in a known state.
fn next(e: &mut Emitter) {
    e.load(0, SR_BLOCKED);
    e.op("ldc Rm,SR", 0, 0, 0);
    for (address, value) in [(MMUCR, MMUCR_TI), (PTEH, 0), (TEA, 0), (TRA, 0)] {
        store(e, address, value);
    }
    for (address, value) in [(0, 0x1234_5678), (4, 0x9abc_def0), (8, 0x3f80_0000), (12, 0x4000_0000)] {
        store(e, (WINDOW | 0x8000_0000) + address, value);
    }
    e.load(0, FPSCR);
    e.op("lds Rm,FPSCR", 0, 0, 0);
    for bank in 0..2 {
        for n in 0..16 {
            e.op(if (n + bank) % 2 == 0 { "fldi0 FRn" } else { "fldi1 FRn" }, n, 0, 0);
        }
        e.op("frchg", 0, 0, 0);
    }
    e.op("mov #I,Rn", 0, 0, 5);
    e.op("lds Rm,FPUL", 0, 0, 0);
    e.op("clrmac", 0, 0, 0);
    e.load(0, WINDOW | 0x8000_0000);
    e.op("ldc Rm,GBR", 0, 0, 0);
    // The scene's address goes to PR, so that no general register has to hold it.
    e.load(1, NEXT);
    e.op("mov.l @Rm,Rn", 2, 1, 0);
    e.op("mov.l @Rm+,Rn", 3, 2, 0);
    e.op("mov.l Rm,@Rn", 1, 2, 0);
    e.op("lds Rm,PR", 0, 3, 0);
    e.load(0, SR);
    for n in 1..15 {
        e.op("mov #I,Rn", n, 0, 16 + i32::from(n));
    }
    e.load(15, 0x8c65_0000);
    e.op("ldc Rm,SR", 0, 0, 0);
    e.op("mov #I,Rn", 0, 0, 16);
    e.op("rts", 0, 0, 0);
    e.op("nop", 0, 0, 0);
    e.pool();
}

/// Sends the log, byte by byte, and switches the board off.
fn finish(e: &mut Emitter) {
    e.load(1, SCIF);
    e.op("mov #I,Rn", 0, 0, SCSCR_TE);
    e.op("mov.w R0,@(D,Rn)", 1, 0, 4);
    e.load(2, LOG);
    e.load(3, LOG_END);
    e.op("mov.l @Rm,Rn", 3, 3, 0);
    let more = e.here();
    // Until the FIFO has room.
    e.op("mov.w @(D,Rm),R0", 0, 1, 8);
    e.op("tst #U,R0", 0, 0, SCFSR_TDFE);
    e.op("bt D", 0, 0, -4);
    e.op("mov.b @Rm+,Rn", 4, 2, 0);
    e.op("mov Rm,Rn", 0, 4, 0);
    e.op("mov.b R0,@(D,Rn)", 1, 0, 12);
    e.op("mov.w @(D,Rm),R0", 0, 1, 8);
    e.op("and #U,R0", 0, 0, 0xff & !SCFSR_TDFE);
    e.op("mov.w R0,@(D,Rn)", 1, 0, 8);
    e.op("cmp/hs Rm,Rn", 2, 3, 0);
    let back = (more as i32 - e.here() as i32 - 4) / 2;
    e.op("bf D", 0, 0, back);
    e.load(1, POWER_OFF);
    e.op("mov #I,Rn", 0, 0, 1);
    e.op("mov.w Rm,@Rn", 1, 0, 0);
    // bra to itself
    e.op("bra D", 0, 0, -2);
    e.op("nop", 0, 0, 0);
    e.pool();
}
