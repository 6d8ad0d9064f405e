//! Control registers, and the assembly's functions.

use core::arch::asm;

core::arch::global_asm!(".ifdef __sh__", include_str!("entry.S"), include_str!("switch.S"), ".text", ".endif");

unsafe extern "C" {
    static uitron_vectors: u8;
    /// Top of the interrupt stack.
    pub static guest_stack_top: u8;
    /// Lowest address of the interrupt stack.
    pub static guest_stack_bottom: u8;
    /// Leaves the running task; comes back when it is dispatched again.
    pub fn uitron_dispatch();
    /// Leaves the context at `sp` (0: none) for the next task.
    pub fn uitron_switch(sp: usize) -> !;
    /// Where a task begins.
    pub fn uitron_task_entry();
    /// Goes to `function` on the emptied interrupt stack, as a handler.
    pub fn uitron_on_interrupt_stack(function: extern "C" fn() -> !) -> !;
    /// Sleeps on the bare machine with IMASK as given, in place.
    pub fn uitron_sleep(imask: u32);
    /// Sleeps for good.
    pub fn uitron_halt() -> !;
    /// Saves 34 words.
    pub fn uitron_save_fpu(area: usize);
    /// Loads them again.
    pub fn uitron_load_fpu(area: usize);
}

/// SR.IMASK.
pub const IMASK: u32 = 0xf0;
/// SR.FD: FPU instructions raise an exception.
pub const FD: u32 = 0x8000;
/// SR.MD, RB=0, BL=0.
pub const MD: u32 = 0x4000_0000;

/// Address of the vectors.
pub fn vectors() -> u32 {
    (&raw const uitron_vectors) as usize as u32
}

/// SR.
#[inline(always)]
pub fn sr() -> u32 {
    let value;
    // SAFETY: it reads a register.
    unsafe { asm!("stc sr, {0}", out(reg) value, options(nostack, preserves_flags)) };
    value
}

/// SR := `value`, which differs from what it is in IMASK and FD only.
#[inline(always)]
pub fn set_sr(value: u32) {
    // SAFETY: (1) mode, bank and BL stay as they are; (2) callers mask interrupts, or end what they had masked them for.
    unsafe { asm!("ldc {0}, sr", in(reg) value, options(nostack)) };
}

/// SR.IMASK := `level`.
#[inline(always)]
pub fn set_imask(level: u32) {
    set_sr(sr() & !IMASK | level << 4);
}

/// How many handlers are nested; 0 in a task, 256 and more while no task runs.
#[inline(always)]
pub fn nesting() -> u32 {
    let value;
    // SAFETY: it reads a register that the entries keep.
    unsafe { asm!("stc r7_bank, {0}", out(reg) value, options(nostack, preserves_flags)) };
    value
}

/// VBR := `base`, on the bare machine.
pub fn set_vbr(base: u32) {
    // SAFETY: (1) `base` is `vectors()`; (2) interrupts are masked.
    unsafe { asm!("ldc {0}, vbr", in(reg) base, options(nostack, preserves_flags)) };
}

/// Loads and stores of device registers.
pub mod mmio {
    /// A load of one byte.
    pub fn read8(address: u32) -> u8 {
        // SAFETY: callers pass addresses of device registers that the guest owns.
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
    /// A store of one byte.
    pub fn write8(address: u32, value: u8) {
        // SAFETY: as above.
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
}
