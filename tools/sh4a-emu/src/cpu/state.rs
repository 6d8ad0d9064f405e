//! The registers of a core and the access that debuggers, loaders and runners have to them.

use super::debug::{Debug, LastBranches};
use super::exception::Fault;
use super::fetch::NO_PAGE;
use super::fpu::FpuState;
use super::mmu::Mmu;
use super::model::Model;
use super::registers::ControlRegisters;
use super::run::Exit;
use super::sr;
use super::store_queue::StoreQueues;
use super::tlb::FastTlb;
use crate::bus::CoreId;

/// One SH-4A core.
#[derive(Clone)]
pub struct Cpu {
    pub(super) core: CoreId,
    pub(super) model: Model,
    // What nearly every instruction touches.
    pub(super) r: [u32; 16],
    /// SR without T.
    pub(super) sr: u32,
    /// SR.T: 0 or 1.
    pub(super) t: u32,
    /// Address of the next instruction to execute.
    pub(super) pc: u32,
    /// Address of the one after it: `pc + 2`, or the target while `pc` is a delay slot.
    pub(super) npc: u32,
    /// Instructions retired plus time slept.
    pub(super) clock: u64,
    /// The inner loop ends when `clock` gets here.
    pub(super) stop: u64,
    /// `clock` at which the instruction is a delay slot.
    pub(super) slot_at: u64,
    /// `clock` at which the instruction is the delay slot of an rte.
    pub(super) rte_slot_at: u64,
    /// Virtual page whose code `fetch_base` indexes; `NO_PAGE` if none.
    pub(super) fetch_page: u32,
    /// Index of the page's first instruction in [`crate::memory::Memory`].
    pub(super) fetch_base: usize,
    /// Epoch of predecoded code that `fetch_base` and the fetch table belong to.
    pub(super) code_epoch: u64,
    pub(super) gbr: u32,
    pub(super) pr: u32,
    pub(super) mach: u32,
    pub(super) macl: u32,
    pub(super) fpu: FpuState,
    pub(super) branches: LastBranches,
    pub(super) tlb: FastTlb,
    // The rest.
    pub(super) banked: [u32; 8],
    pub(super) vbr: u32,
    pub(super) ssr: u32,
    pub(super) spc: u32,
    pub(super) sgr: u32,
    pub(super) dbr: u32,
    pub(super) regs: ControlRegisters,
    pub(super) mmu: Mmu,
    pub(super) queues: StoreQueues,
    pub(super) slept: u64,
    pub(super) asleep: bool,
    /// Physical address that movli.l reserved, if LDST is set.
    pub(super) linked: Option<u32>,
    pub(super) fault: Fault,
    /// Why the run loop must end after the current instruction.
    pub(super) exit: Option<Exit>,
    pub(super) report_exceptions: bool,
    pub(super) debug: Debug,
}

impl Cpu {
    /// A core after power-on reset: privileged, blocked, PC = 0xa0000000.
    pub fn new(core: CoreId, model: Model) -> Self {
        let mut cpu = Self {
            core,
            model,
            r: [0; 16],
            sr: 0,
            t: 0,
            pc: 0,
            npc: 0,
            clock: 0,
            stop: 0,
            slot_at: u64::MAX,
            rte_slot_at: u64::MAX,
            fetch_page: NO_PAGE,
            fetch_base: 0,
            code_epoch: 0,
            gbr: 0,
            pr: 0,
            mach: 0,
            macl: 0,
            fpu: FpuState::default(),
            branches: LastBranches::default(),
            tlb: FastTlb::new(),
            banked: [0; 8],
            vbr: 0,
            ssr: 0,
            spc: 0,
            sgr: 0,
            dbr: 0,
            regs: ControlRegisters::default(),
            mmu: Mmu::default(),
            queues: StoreQueues::default(),
            slept: 0,
            asleep: false,
            linked: None,
            fault: Fault::None,
            exit: None,
            report_exceptions: false,
            debug: Debug::default(),
        };
        cpu.reset(0);
        cpu
    }

    /// Reset with `expevt` in EXPEVT: 0 power-on, 0x020 manual, 0x140 TLB multiple hit. General registers keep their values, as
    /// the manual leaves them undefined.
    pub fn reset(&mut self, expevt: u32) {
        self.set_sr(sr::MD | sr::RB | sr::BL | sr::IMASK);
        self.vbr = 0;
        self.regs.reset(expevt);
        self.fpu.reset();
        self.mmu.reset(expevt == 0);
        self.tlb.flush();
        self.asleep = false;
        self.linked = None;
        self.set_pc(0xa000_0000);
    }

    /// This core's number.
    pub fn core(&self) -> CoreId {
        self.core
    }

    /// Which chip's core this is.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// General register `n` (0..=15, taken modulo 16) of the current bank.
    #[inline(always)]
    pub fn r(&self, n: usize) -> u32 {
        self.r[n & 15]
    }

    /// Writes general register `n` of the current bank.
    #[inline(always)]
    pub fn set_r(&mut self, n: usize, value: u32) {
        self.r[n & 15] = value;
    }

    /// R`n`_BANK: the register of the bank that is not in use (`n` modulo 8).
    pub fn bank(&self, n: usize) -> u32 {
        self.banked[n & 7]
    }

    /// Writes R`n`_BANK.
    pub fn set_bank(&mut self, n: usize, value: u32) {
        self.banked[n & 7] = value;
    }

    /// Address of the next instruction.
    pub fn pc(&self) -> u32 {
        self.pc
    }

    /// Continues at `pc`.
    pub fn set_pc(&mut self, pc: u32) {
        self.pc = pc;
        self.npc = pc.wrapping_add(2);
        self.slot_at = u64::MAX;
        self.rte_slot_at = u64::MAX;
        self.fetch_page = NO_PAGE;
    }

    /// Time of this core: instructions retired plus time slept.
    pub fn clock(&self) -> u64 {
        self.clock
    }

    /// Instructions retired since power-on.
    pub fn retired(&self) -> u64 {
        self.clock - self.slept
    }

    /// Moves a core's clock on to `clock` without executing anything: the time passed while it slept.
    pub fn skip_to(&mut self, clock: u64) {
        let ahead = clock.saturating_sub(self.clock);
        self.clock += ahead;
        self.slept += ahead;
    }

    /// True after `sleep` until an interrupt wakes the core.
    pub fn asleep(&self) -> bool {
        self.asleep
    }

    /// With `true`, an exception (not an interrupt) ends [`Cpu::run`] with [`Exit::Exception`] instead of entering the guest's
    /// handler: for runners that play the operating system themselves.
    pub fn report_exceptions(&mut self, on: bool) {
        self.report_exceptions = on;
    }

    /// Forgets every cached answer of [`crate::bus::Bus::page`]. The machine calls it when that mapping has changed.
    pub fn flush_pages(&mut self) {
        self.tlb.flush();
        self.fetch_page = NO_PAGE;
    }

    pub(super) fn leave_inner_loop(&mut self) {
        self.stop = 0;
    }
}

/// Registers by name; each pair is a plain copy in and out.
macro_rules! plain_registers {
    ($($(#[$doc:meta])* $get:ident, $set:ident, $field:ident $(. $sub:ident)?;)*) => {
        impl Cpu {
            $($(#[$doc])* pub fn $get(&self) -> u32 { self.$field $(. $sub)? }
            $(#[$doc])* pub fn $set(&mut self, value: u32) { self.$field $(. $sub)? = value; })*
        }
    };
}

plain_registers! {
    /// GBR, the global base register.
    gbr, set_gbr, gbr;
    /// PR, the procedure register.
    pr, set_pr, pr;
    /// MACH.
    mach, set_mach, mach;
    /// MACL.
    macl, set_macl, macl;
    /// VBR, the vector base register.
    vbr, set_vbr, vbr;
    /// SSR, the saved status register.
    ssr, set_ssr, ssr;
    /// SPC, the saved program counter.
    spc, set_spc, spc;
    /// SGR, the saved R15.
    sgr, set_sgr, sgr;
    /// INTEVT, the code of the last interrupt.
    intevt, set_intevt, regs.intevt;
    /// DBR, the debug base register.
    dbr, set_dbr, dbr;
    /// FPUL, the FPU communication register.
    fpul, set_fpul, fpu.fpul;
}
