//! CPU models: identification registers and features.

/// What distinguishes one member of the family from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Model {
    /// Name for reports.
    pub name: &'static str,
    /// Processor version register, 0xff000030.
    pub pvr: u32,
    /// Product register, 0xff000044.
    pub prr: u32,
    /// Cache version register, 0xff000040.
    pub cvr: u32,
    /// SH-4A instructions (movli.l, movco.l, movua.l, synco, icbi, prefi, fpchg) and registers (CPUOPM, SGR load) exist.
    pub sh4a: bool,
    /// MMUCR.ME, the TLB extended mode, exists.
    pub extended_tlb: bool,
    /// What an FPU operation does with a denormalized operand while FPSCR.DN = 0.
    pub denormal: Denormal,
}

/// Treatment of denormalized operands while FPSCR.DN = 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denormal {
    /// As the hardware: FPU error (FPSCR cause E) and an FPU exception, always enabled.
    Trap,
    /// As QEMU: computed like any other number.
    Compute,
}

impl Model {
    /// SH-X3 second cut (RP1), as Linux's `cpu_probe` knows it.
    pub const SHX3: Self = Self {
        name: "SH-X3",
        pvr: 0x1040_0100,
        prr: 0,
        cvr: 0x3088_0000,
        sh4a: true,
        extended_tlb: true,
        denormal: Denormal::Trap,
    };
    /// SH7751R with the ids that QEMU's `-cpu sh7751r` shows.
    pub const SH7751R: Self = Self {
        name: "SH7751R",
        pvr: 0x0405_0005,
        prr: 0x0000_0113,
        cvr: 0x0011_0000,
        sh4a: false,
        extended_tlb: false,
        denormal: Denormal::Trap,
    };
    /// SH7785 with the ids that QEMU's `-cpu sh7785` shows.
    pub const SH7785: Self = Self {
        name: "SH7785",
        pvr: 0x1030_0700,
        prr: 0x0000_0200,
        cvr: 0x7144_0211,
        sh4a: true,
        extended_tlb: true,
        denormal: Denormal::Trap,
    };
}
