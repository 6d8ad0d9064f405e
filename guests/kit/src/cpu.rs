//! Vectors, interrupt mask, registers.

use core::sync::atomic::{AtomicUsize, Ordering};

core::arch::global_asm!(".ifdef __sh__", include_str!("kit.S"), ".text", ".endif");

unsafe extern "C" {
    static kit_vectors: u8;
    fn kit_set_imask(level: u32) -> u32;
    fn kit_jump(address: u32) -> !;
    fn kit_set_bank1(value: u32);
    fn kit_check_bank1(value: u32) -> u32;
    fn kit_spin_wild(rounds: u32) -> u32;
    fn kit_set_fpu(value: u32, fpscr: u32);
    fn kit_check_fpu(value: u32, fpscr: u32) -> u32;
    fn kit_ldtlb();
}

/// What the vectors push, lowest address first.
#[allow(missing_docs, reason = "the manual's register names")]
#[repr(C)]
pub struct Frame {
    pub spc: u32,
    pub ssr: u32,
    pub pr: u32,
    pub macl: u32,
    pub mach: u32,
    pub gbr: u32,
    pub r0: u32,
    pub r1: u32,
    pub r2: u32,
    pub r3: u32,
    pub r5: u32,
    pub r6: u32,
    pub r7: u32,
    pub r4: u32,
}

type Handler = fn(u32, &mut Frame);

static INTERRUPT: AtomicUsize = AtomicUsize::new(0);
static EXCEPTION: AtomicUsize = AtomicUsize::new(0);

/// Address of the vectors, for `set_vbr`.
pub fn vectors() -> u32 {
    (&raw const kit_vectors) as usize as u32
}

/// Who handles interrupts and exceptions: called with the code and the frame, IMASK = 15.
pub fn set_handlers(interrupt: Handler, exception: Handler) {
    INTERRUPT.store(interrupt as usize, Ordering::Relaxed);
    EXCEPTION.store(exception as usize, Ordering::Relaxed);
}

fn call(slot: &AtomicUsize, code: u32, frame: *mut Frame) {
    let handler = slot.load(Ordering::Relaxed);
    if handler != 0 {
        // SAFETY: (1) only `set_handlers` stores here, and only functions of this type; (2) the assembly passes its frame.
        unsafe { core::mem::transmute::<usize, Handler>(handler)(code, &mut *frame) }
    }
}

#[unsafe(no_mangle)]
extern "C" fn kit_on_interrupt(intevt: u32, frame: *mut Frame) {
    call(&INTERRUPT, intevt, frame);
}

#[unsafe(no_mangle)]
extern "C" fn kit_on_exception(expevt: u32, frame: *mut Frame) {
    call(&EXCEPTION, expevt, frame);
}

/// SR.IMASK := `level`; the result is what it was.
pub fn set_imask(level: u32) -> u32 {
    // SAFETY: it changes IMASK only.
    unsafe { kit_set_imask(level & 15) }
}

/// Runs `body` at IMASK 15.
pub fn with_imask<R>(body: impl FnOnce() -> R) -> R {
    let before = set_imask(15);
    let result = body();
    set_imask(before);
    result
}

/// Jumps to `address` for good; for guests that misbehave.
pub fn jump(address: u32) -> ! {
    // SAFETY: none; the guest means to fail.
    unsafe { kit_jump(address) }
}

/// R2, R5, R6, R7 of bank 1 := `value`..=`value + 3`.
pub fn set_bank1(value: u32) {
    // SAFETY: a bare guest keeps nothing in bank 1.
    unsafe { kit_set_bank1(value) }
}

/// True if R2, R5, R6, R7 of bank 1 are `value`..=`value + 3`.
pub fn check_bank1(value: u32) -> bool {
    // SAFETY: it reads registers.
    unsafe { kit_check_bank1(value) == 0 }
}

/// Counts `rounds` down with R15 = -64, as gUSA code of Linux has it; true if registers survived. The guest's own interrupts
/// must be masked.
pub fn spin_wild(rounds: u32) -> bool {
    // SAFETY: nothing of the guest runs on that stack: its own interrupts are masked.
    unsafe { kit_spin_wild(rounds) == 0 }
}

/// Both banks of FPU registers and FPUL := `value`..=`value + 32`, and FPSCR.
pub fn set_fpu(value: u32, fpscr: u32) {
    // SAFETY: bare guests are compiled without an FPU, so nothing else uses it.
    unsafe { kit_set_fpu(value, fpscr) }
}

/// True if the FPU is as [`set_fpu`] left it; afterwards it is not any more.
pub fn check_fpu(value: u32, fpscr: u32) -> bool {
    // SAFETY: as in `set_fpu`.
    unsafe { kit_check_fpu(value, fpscr) == 0 }
}

/// Loads the entry in PTEH and PTEL into the TLB.
pub fn ldtlb() {
    // SAFETY: bare guests live in P1, which the TLB does not concern.
    unsafe { kit_ldtlb() }
}

/// Loads and stores of device registers.
pub mod mmio {
    /// A store of one byte.
    pub fn write8(address: u32, value: u8) {
        // SAFETY: guests pass addresses of device registers or of their own memory.
        unsafe { (address as usize as *mut u8).write_volatile(value) }
    }
    /// A store of two bytes.
    pub fn write16(address: u32, value: u16) {
        // SAFETY: as above.
        unsafe { (address as usize as *mut u16).write_volatile(value) }
    }
    /// A store of four bytes.
    pub fn write32(address: u32, value: u32) {
        // SAFETY: as above.
        unsafe { (address as usize as *mut u32).write_volatile(value) }
    }
    /// A load of one byte.
    pub fn read8(address: u32) -> u8 {
        // SAFETY: as above.
        unsafe { (address as usize as *const u8).read_volatile() }
    }
    /// A load of two bytes.
    pub fn read16(address: u32) -> u16 {
        // SAFETY: as above.
        unsafe { (address as usize as *const u16).read_volatile() }
    }
    /// A load of four bytes.
    pub fn read32(address: u32) -> u32 {
        // SAFETY: as above.
        unsafe { (address as usize as *const u32).read_volatile() }
    }
}
