//! The part of the test program that is the same for all vectors: start, state in, state out, end.

use crate::emit::Emitter;
use crate::record::{self, Record};

/// Where data begins: the driver's variables, then the records.
pub(crate) const DATA: u32 = 0x1000_0000;
/// The first record.
pub(crate) const RECORDS: u32 = DATA + 0x20;

/// Address of the current record.
const CURRENT: u32 = DATA;
/// Address after the last record.
const END: u32 = DATA + 4;
/// Two longwords of 1, the operands of the `mac.w` that shows SR.S.
const ONES: u32 = DATA + 8;
/// Target of the `movco.l` that drops a reservation an earlier vector left.
const DUMMY: u32 = DATA + 0x10;

/// Linux on SH: number in R3, arguments from R4, `trapa #0x10 + arguments`.
mod syscall {
    pub(super) const EXIT: u32 = 1;
    pub(super) const WRITE: u32 = 4;
}

/// Addresses that stubs and the ELF header need.
#[derive(Debug)]
pub(crate) struct Driver {
    /// First instruction of the program.
    pub(crate) entry: u32,
    /// For each scratch register the code that loads all other general registers and goes to the stub.
    pub(crate) loaders: [u32; 16],
    /// For each scratch register the code that saves the state.
    pub(crate) savers: [u32; 16],
    /// In place of a loader: leaves the record as it is.
    pub(crate) skip: u32,
    records: usize,
}

/// The register that a stub frees second, for a scratch register.
pub(crate) fn helper(scratch: u8) -> u8 {
    (scratch + 1) % 16
}

impl Driver {
    /// Writes the driver; the program will have `records` records.
    pub(crate) fn emit(e: &mut Emitter, records: usize) -> Self {
        let finish = finish(e);
        let next = next(e, finish);
        let advance = advance(e, next);
        let save_rest = save_rest(e, advance);
        let loaders = std::array::from_fn(|scratch| loader(e, scratch as u8));
        let savers = std::array::from_fn(|scratch| saver(e, scratch as u8, save_rest));
        let entry = start(e, next);
        Self { entry, loaders, savers, skip: advance, records }
    }

    /// The data segment with these records.
    pub(crate) fn data(&self, records: impl Iterator<Item = Record>) -> Vec<u8> {
        let mut data = vec![0; (RECORDS - DATA) as usize];
        let mut put = |address: u32, value: u32| {
            let at = (address - DATA) as usize;
            data[at..at + 4].copy_from_slice(&value.to_le_bytes());
        };
        put(CURRENT, RECORDS);
        put(END, RECORDS + self.records as u32 * record::BYTES);
        put(ONES, 1);
        put(ONES + 4, 1);
        data.extend(records.flat_map(|record| record.0).flat_map(u32::to_le_bytes));
        data
    }
}

fn system_call(e: &mut Emitter, number: u32, arguments: i32) {
    e.load(3, number);
    e.op("trapa #U", 0, 0, 0x10 + arguments);
}

fn start(e: &mut Emitter, next: u32) -> u32 {
    let entry = e.here();
    go_to(e, next);
    entry
}

fn go_to(e: &mut Emitter, address: u32) {
    e.load(0, address);
    e.jump(0);
    e.pool();
}

/// Writes what there is from the records' beginning and exits: status 0, or 1 if writing failed.
fn finish(e: &mut Emitter) -> u32 {
    let at = e.here();
    e.load(8, RECORDS);
    e.load(9, END);
    e.op("mov.l @Rm,Rn", 9, 9, 0);
    let more = e.here();
    e.op("mov #I,Rn", 4, 0, 1);
    e.op("mov Rm,Rn", 5, 8, 0);
    e.op("mov Rm,Rn", 6, 9, 0);
    e.op("sub Rm,Rn", 6, 8, 0);
    system_call(e, syscall::WRITE, 3);
    e.op("cmp/pl Rn", 0, 0, 0);
    // Over the next three instructions.
    e.op("bf D", 0, 0, 2);
    e.op("add Rm,Rn", 8, 0, 0);
    e.op("cmp/hs Rm,Rn", 8, 9, 0);
    let back = (more as i32 - e.here() as i32 - 4) / 2;
    e.op("bf D", 0, 0, back);
    // T is 1 after the whole was written, 0 after an error.
    e.op("movt Rn", 4, 0, 0);
    e.op("mov #I,Rn", 5, 0, 1);
    e.op("xor Rm,Rn", 4, 5, 0);
    system_call(e, syscall::EXIT, 1);
    go_to(e, at);
    at
}

/// Takes the next record, R14: state in.
fn next(e: &mut Emitter, finish: u32) -> u32 {
    let at = e.here();
    e.load(1, CURRENT);
    e.op("mov.l @Rm,Rn", 14, 1, 0);
    e.load(2, END);
    e.op("mov.l @Rm,Rn", 2, 2, 0);
    e.load(0, finish);
    e.op("cmp/hs Rm,Rn", 14, 2, 0);
    e.op("bf D", 0, 0, 1);
    e.jump(0);
    e.op("mov Rm,Rn", 1, 14, 0);
    e.op("add #I,Rn", 1, 0, 4 * record::SYSTEM as i32);
    for text in ["lds.l @Rm+,MACH", "lds.l @Rm+,MACL", "lds.l @Rm+,PR", "ldc.l @Rm+,GBR", "lds.l @Rm+,FPUL"] {
        e.op(text, 0, 1, 0);
    }
    e.op("mov.l @Rm+,Rn", 2, 1, 0);
    e.op("mov #I,Rn", 3, 0, 0);
    e.op("lds Rm,FPSCR", 0, 3, 0);
    for _bank in 0..2 {
        for n in 0..16 {
            e.op("fmov.s @Rm+,FRn", n, 1, 0);
        }
        e.op("frchg", 0, 0, 0);
    }
    e.op("lds Rm,FPSCR", 0, 2, 0);
    for n in 4..8 {
        e.op("mov.l @Rm+,Rn", n, 1, 0);
    }
    // SR.S, then M and Q, then T.
    e.op("clrs", 0, 0, 0);
    e.op("shlr Rn", 7, 0, 0);
    e.op("bf D", 0, 0, 0);
    e.op("sets", 0, 0, 0);
    e.load(2, DUMMY);
    e.op("movco.l R0,@Rn", 2, 0, 0);
    e.op("div0s Rm,Rn", 6, 5, 0);
    e.op("shlr Rn", 4, 0, 0);
    e.op("mov.l @Rm,Rn", 0, 1, 0);
    e.jump(0);
    e.pool();
    at
}

fn loader(e: &mut Emitter, scratch: u8) -> u32 {
    let at = e.here();
    e.op("mov Rm,Rn", scratch, 14, 0);
    for n in (0..16).filter(|n| *n != scratch) {
        e.op("mov.l @(D,Rm),Rn", n, scratch, n.into());
    }
    e.op("mov.l @(D,Rm),Rn", scratch, scratch, scratch.into());
    e.jump(scratch);
    at
}

/// The stub has saved the helper register already.
fn saver(e: &mut Emitter, scratch: u8, save_rest: u32) -> u32 {
    let at = e.here();
    for n in (0..16).filter(|n| *n != scratch && *n != helper(scratch)) {
        e.op("mov.l Rm,@(D,Rn)", scratch, n, n.into());
    }
    e.op("mov Rm,Rn", 14, scratch, 0);
    go_to(e, save_rest);
    at
}

/// State out, general registers excepted; R14 is the record.
fn save_rest(e: &mut Emitter, advance: u32) -> u32 {
    let at = e.here();
    e.op("movt Rn", 4, 0, 0);
    e.op("mov Rm,Rn", 1, 14, 0);
    e.op("add #I,Rn", 1, 0, 4 * record::BANKS as i32);
    for text in
        ["sts.l FPSCR,@-Rn", "sts.l FPUL,@-Rn", "stc.l GBR,@-Rn", "sts.l PR,@-Rn", "sts.l MACL,@-Rn", "sts.l MACH,@-Rn"]
    {
        e.op(text, 1, 0, 0);
    }
    e.op("mov #I,Rn", 3, 0, 0);
    e.op("lds Rm,FPSCR", 0, 3, 0);
    e.load(2, 4 * record::T as u32);
    e.op("mov Rm,Rn", 1, 14, 0);
    e.op("add Rm,Rn", 1, 2, 0);
    for _bank in 0..2 {
        e.op("frchg", 0, 0, 0);
        for m in (0..16).rev() {
            e.op("fmov.s FRm,@-Rn", 1, m, 0);
        }
    }
    e.op("mov Rm,Rn", 1, 14, 0);
    e.op("add Rm,Rn", 1, 2, 0);
    e.op("mov.l Rm,@Rn", 1, 4, 0);
    // With SR.S the sum saturates at 32 bits, without it carries. The operands are longwords because QEMU 7.2 reads those,
    // and MACH is 0 because it looks at that too.
    e.op("clrmac", 0, 0, 0);
    e.op("mov #I,Rn", 5, 0, -1);
    e.op("shlr Rn", 5, 0, 0);
    e.op("lds Rm,MACL", 0, 5, 0);
    e.load(2, ONES);
    e.load(3, ONES + 4);
    e.op("mac.w @Rm+,@Rn+", 2, 3, 0);
    e.op("sts MACL,Rn", 5, 0, 0);
    e.op("mov.l Rm,@(D,Rn)", 1, 5, (record::M_OR_S - record::T) as i32);
    // One step adds or subtracts depending on M ^ Q.
    e.op("clrt", 0, 0, 0);
    e.load(6, 0x1000_0000);
    e.load(7, 0x0100_0000);
    e.op("div1 Rm,Rn", 6, 7, 0);
    e.op("mov.l Rm,@(D,Rn)", 1, 6, (record::Q_OR_MQ - record::T) as i32);
    go_to(e, advance);
    at
}

/// To the record after the current one.
fn advance(e: &mut Emitter, next: u32) -> u32 {
    let at = e.here();
    e.load(1, CURRENT);
    e.op("mov.l @Rm,Rn", 14, 1, 0);
    e.load(2, record::BYTES);
    e.op("add Rm,Rn", 14, 2, 0);
    e.op("mov.l Rm,@Rn", 1, 14, 0);
    go_to(e, next);
    at
}
