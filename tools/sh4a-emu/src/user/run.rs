//! The loop: run, serve a system call, go on.

use super::load::{self, ProgramError};
use super::space::Space;
use super::syscall::{Answer, Kernel};

use crate::cpu::{Cpu, Denormal, Exit, Model, describe_expevt, sr};
use thiserror::Error;

/// How to run a program.
#[derive(Clone, Debug)]
pub struct Config {
    /// argv, the program's name first.
    pub args: Vec<String>,
    /// Environment, `NAME=value`.
    pub env: Vec<String>,
    /// What it reads from standard input.
    pub stdin: Vec<u8>,
    /// Instructions after which it is stopped.
    pub limit: u64,
    /// Bytes of memory, stack included.
    pub memory: u32,
    /// Bytes of stack.
    pub stack: u32,
    /// In supervisor mode, for programs that mask interrupts; there are none to mask.
    pub supervisor: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            args: vec!["program".into()],
            env: Vec::new(),
            stdin: Vec::new(),
            limit: 10_000_000_000,
            memory: 64 << 20,
            stack: 1 << 20,
            supervisor: false,
        }
    }
}

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Exit status 0..=255, or why the program was stopped.
    pub ended: Result<i32, Stopped>,
    /// What it wrote to standard output.
    pub stdout: Vec<u8>,
    /// What it wrote to standard error.
    pub stderr: Vec<u8>,
    /// Instructions retired.
    pub retired: u64,
}

/// Why a program was stopped. `pc` is the address of the instruction; of its branch, if it stands in a delay slot.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Stopped {
    /// Not an instruction, or not one of user mode.
    #[error("illegal instruction 0x{word:04x} at PC 0x{pc:08x}")]
    IllegalInstruction {
        /// Address.
        pc: u32,
        /// The word there.
        word: u16,
    },
    /// Misaligned, or outside user space.
    #[error("address error at PC 0x{pc:08x}: 0x{address:08x} is misaligned or outside user space")]
    AddressError {
        /// Address of the instruction.
        pc: u32,
        /// Address of the access.
        address: u32,
    },
    /// Nothing is mapped there.
    #[error("nothing is mapped at 0x{address:08x}, accessed at or just before PC 0x{pc:08x}")]
    Unmapped {
        /// Address of the instruction or of the next one.
        pc: u32,
        /// Address of the access.
        address: u32,
    },
    /// An exception that Linux would turn into a signal.
    #[error("{} (EXPEVT 0x{expevt:03x}) at PC 0x{pc:08x}", describe_expevt(*expevt))]
    Exception {
        /// Exception code.
        expevt: u32,
        /// Address of the instruction.
        pc: u32,
    },
    /// It did not end in time.
    #[error("still running at PC 0x{pc:08x} after {limit} instructions")]
    Limit {
        /// Where it was.
        pc: u32,
        /// The limit of [`Config`].
        limit: u64,
    },
}

mod expevt {
    pub(super) const ADDRESS_READ: u32 = 0x0e0;
    pub(super) const ADDRESS_WRITE: u32 = 0x100;
    pub(super) const TRAPA: u32 = 0x160;
    pub(super) const ILLEGAL: u32 = 0x180;
    pub(super) const SLOT_ILLEGAL: u32 = 0x1a0;
}

/// Linux's FPSCR_INIT: double precision, round to nearest.
const FPSCR: u32 = 0x0008_0000;
/// Instructions between two looks at the limit.
const SLICE: u64 = 1 << 24;

/// Runs the executable `file` until it ends.
///
/// # Errors
/// If it cannot be loaded. A program that goes wrong is not an error of this function: see [`Outcome::ended`].
pub fn run(file: &[u8], config: &Config) -> Result<Outcome, ProgramError> {
    let mut space = Space::new(config.memory, config.stack);
    let image = load::load(file, &mut space)?;
    let sp = load::stack(&mut space, &image, &config.args, &config.env)?;
    let heap = image.end.next_multiple_of(4096);
    let kernel = Kernel { stdin: config.stdin.clone(), heap: (heap, heap), ..Kernel::default() };
    // Linux computes what the FPU leaves to it: programs see denormalized operands as plain numbers.
    let mut cpu = Cpu::new(0, Model { denormal: Denormal::Compute, ..Model::SHX3 });
    cpu.set_sr(if config.supervisor { sr::MD } else { 0 });
    cpu.set_fpscr(FPSCR);
    cpu.set_r(15, sp);
    cpu.set_pc(image.entry);
    cpu.report_exceptions(true);
    let mut process = Process { cpu, space, kernel };
    let ended = process.run(config.limit);
    let Process { cpu, kernel, .. } = process;
    Ok(Outcome { ended, stdout: kernel.stdout, stderr: kernel.stderr, retired: cpu.retired() })
}

struct Process {
    cpu: Cpu,
    space: Space,
    kernel: Kernel,
}

impl Process {
    fn run(&mut self, limit: u64) -> Result<i32, Stopped> {
        loop {
            let until = limit.min(self.cpu.clock().saturating_add(SLICE));
            let exit = self.cpu.run(&mut self.space, until);
            let pc = self.cpu.pc();
            match exit {
                Exit::Limit if self.cpu.clock() >= limit => return Err(Stopped::Limit { pc, limit }),
                Exit::Limit | Exit::Attention => {}
                Exit::Exception { expevt: expevt::TRAPA, .. } => {
                    if let Some(status) = self.system_call() {
                        return Ok(status);
                    }
                }
                Exit::Exception { expevt, address } => return Err(self.stopped(expevt, address, pc)),
                Exit::BusError(error) => return Err(Stopped::Unmapped { pc, address: error.addr }),
                // Privileged states that user mode cannot reach: reported, not assumed away.
                Exit::Crash(crash) => return Err(Stopped::Exception { expevt: crash.expevt, pc: crash.pc }),
                Exit::Sleep | Exit::Breakpoint { .. } | Exit::Watchpoint { .. } => {
                    return Err(Stopped::Exception { expevt: 0, pc });
                }
            }
        }
    }

    fn stopped(&self, expevt: u32, address: u32, pc: u32) -> Stopped {
        match expevt {
            expevt::ILLEGAL => Stopped::IllegalInstruction { pc, word: self.space.word(pc) },
            expevt::SLOT_ILLEGAL => Stopped::IllegalInstruction { pc, word: self.space.word(pc.wrapping_add(2)) },
            expevt::ADDRESS_READ | expevt::ADDRESS_WRITE => Stopped::AddressError { pc, address },
            _ => Stopped::Exception { expevt, pc },
        }
    }

    /// Number in R3, arguments in R4..R7, R0, R1, result in R0. Gives the exit status, if that was the last one.
    fn system_call(&mut self) -> Option<i32> {
        let number = self.cpu.r(3);
        let arguments = [4, 5, 6, 7, 0, 1].map(|n| self.cpu.r(n));
        match self.kernel.call(&mut self.space, number, arguments) {
            Answer::Exit(status) => return Some(status),
            Answer::Value(value) => self.cpu.set_r(0, value),
            Answer::Mapped(value) => {
                self.cpu.set_r(0, value);
                self.cpu.flush_pages();
            }
        }
        None
    }
}
