//! Instructions one by one in 64 KiB of RAM. Expected values are argued from the manual's definitions.

mod arithmetic;
mod branches;
mod exceptions;
mod fpu;
mod fuzz;
mod memory;
mod mmu;
mod system;

use super::{Cpu, Exit, Model, sr};
use crate::flat::Flat;

/// Where test code starts: P1, so that neither MMU nor mode matters unless a test wants them to.
const CODE: u32 = 0x8000_1000;
/// Where test data lies.
const DATA: u32 = 0x8000_8000;

/// A core with BL = 0, all other SR bits but MD clear, VBR 0x80002000, and RAM.
struct Bench {
    cpu: Cpu,
    bus: Flat,
}

impl Bench {
    fn new(code: &[u16]) -> Self {
        Self::with_model(code, Model::SHX3)
    }

    fn with_model(code: &[u16], model: Model) -> Self {
        let mut bus = Flat::new(0x1_0000);
        assert!(bus.put_words(CODE & 0xffff, code));
        for vector in [0x2100, 0x2400, 0x2600] {
            assert!(bus.put_words(vector, &[0x0009; 16]), "nops");
        }
        let mut cpu = Cpu::new(0, model);
        cpu.set_sr(sr::MD);
        cpu.set_vbr(0x8000_2000);
        cpu.set_r(15, 0x8000_f000);
        cpu.set_pc(CODE);
        Self { cpu, bus }
    }

    fn r(mut self, n: usize, value: u32) -> Self {
        self.cpu.set_r(n, value);
        self
    }

    /// SR.T, S, M, Q and so on, beside what is set.
    fn flags(mut self, bits: u32) -> Self {
        self.cpu.set_sr(self.cpu.sr() | bits);
        self
    }

    /// Executes `count` instructions.
    fn run(mut self, count: u64) -> Self {
        let until = self.cpu.clock() + count;
        let exit = self.cpu.run(&mut self.bus, until);
        assert_eq!(exit, Exit::Limit);
        self
    }

    fn t(&self) -> bool {
        self.cpu.sr() & sr::T != 0
    }
}

/// Runs one instruction with R1 = `a` (m), R2 = `b` (n), T = `t`; gives R2 and T.
fn binary(word: u16, a: u32, b: u32, t: bool) -> (u32, bool) {
    let bench = Bench::new(&[word]).r(1, a).r(2, b).flags(u32::from(t)).run(1);
    (bench.cpu.r(2), bench.t())
}
