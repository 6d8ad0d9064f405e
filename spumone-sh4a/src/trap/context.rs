//! A vCPU's context as the assembly knows it. Offsets are asserted in `layout.rs`.

/// Context of one vCPU, or of the sleeping core. The first words double as the start of [`Context::targets`]: no interrupt
/// has a code below 0x1c0, so the table's first 14 places select nothing.
#[repr(C)]
pub struct Context {
    /// The INTEVT that this vCPU saw last, / 8.
    pub last_intevt: u32,
    /// Interrupts that came while it had the core.
    pub taken: u32,
    /// Where its general exceptions go.
    pub general: u32,
    /// Where its TLB misses go.
    pub tlb: u32,
    /// Number of the vCPU, 0xff for the sleeping core.
    pub id: u32,
    /// SSR's IMASK field (bits 7:4) at which its interrupts are off.
    pub off: u32,
    /// Its own interrupt handler.
    pub handler: u32,
    /// How often an interrupt for another vCPU took the core from it.
    pub preempted: u32,
    /// Interrupts that were neither forwarded nor preempted: deferred, or asked about.
    pub other: u32,
    /// Where `idle` jumps when this context is the one that shall go on.
    pub go_on: u32,
    /// The context that shall go on when this vCPU calls `idle`.
    pub after_idle: u32,
    /// How often its `idle` gave the core away without asking.
    pub idled: u32,
    /// What `preempted` was when that happened last.
    pub idled_at: u32,
    /// Not 0: its `syscall_done` does not return at once.
    pub away: u32,
    /// Where the interrupt with code 0x20 * (14 + index) goes while it has the core.
    pub targets: [u32; 128 - FIRST_TARGET],
    /// R2, R5, R6, R7 of bank 1, R8..R15, PR, GBR, SR of a vCPU inside a call.
    pub call: [u32; 15],
    reserved2: u32,
    /// Everything of an interrupted vCPU.
    pub frame: Frame,
    /// FPUL, FPSCR, bank 1 and bank 0 of the FPU.
    pub fpu: [u32; 34],
    /// TTB, MMUCR and PTEH.
    pub mmu: [u32; 3],
    reserved3: [u32; 3],
}

/// The first table place that can be selected: NMI, 0x1c0.
pub const FIRST_TARGET: usize = 0x1c0 / 0x20;

/// Everything of an interrupted vCPU, in the order in which it is loaded.
#[allow(missing_docs, reason = "the manual's register names")]
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Frame {
    pub pteh: u32,
    pub ptel: u32,
    pub ptea: u32,
    pub tea: u32,
    pub tra: u32,
    pub expevt: u32,
    /// R2, R5, R6, R7 of bank 1.
    pub bank1: [u32; 4],
    /// R8..R15; R15 comes from SGR.
    pub high: [u32; 8],
    pub macl: u32,
    pub mach: u32,
    pub pr: u32,
    pub gbr: u32,
    pub spc: u32,
    pub ssr: u32,
    /// R0..R7 of bank 0.
    pub low: [u32; 8],
}

impl Context {
    /// All zero.
    pub const fn zero() -> Self {
        Self {
            last_intevt: 0,
            taken: 0,
            general: 0,
            tlb: 0,
            id: 0,
            off: 0,
            handler: 0,
            preempted: 0,
            other: 0,
            go_on: 0,
            after_idle: 0,
            idled: 0,
            idled_at: 0,
            away: 0,
            targets: [0; 128 - FIRST_TARGET],
            call: [0; 15],
            reserved2: 0,
            frame: Frame::zero(),
            fpu: [0; 34],
            mmu: [0; 3],
            reserved3: [0; 3],
        }
    }
}

impl Frame {
    /// Words of a frame.
    pub const WORDS: usize = size_of::<Self>() / 4;

    /// All zero.
    pub const fn zero() -> Self {
        Self {
            pteh: 0,
            ptel: 0,
            ptea: 0,
            tea: 0,
            tra: 0,
            expevt: 0,
            bank1: [0; 4],
            high: [0; 8],
            macl: 0,
            mach: 0,
            pr: 0,
            gbr: 0,
            spc: 0,
            ssr: 0,
            low: [0; 8],
        }
    }
}
