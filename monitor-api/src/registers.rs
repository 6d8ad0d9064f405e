//! What a virtual CPU holds.

/// The integer registers of an SH-4A virtual CPU, as far as every host can tell them (those of gdb's remote protocol).
///
/// ```
/// use monitor_api::Registers;
///
/// let mut registers = Registers::default();
/// registers.bank1[7] = 0x8c10_0000;
/// registers.sr = 0x4000_00f0;
/// assert!(registers.is_privileged() && registers.interrupts_off(0xf));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Registers {
    /// R0 to R15 as the current bank shows them.
    pub r: [u32; 16],
    /// R0 to R7 of bank 0.
    pub bank0: [u32; 8],
    /// R0 to R7 of bank 1. Linux/SH keeps the current `thread_info` in R7 of it.
    pub bank1: [u32; 8],
    /// Program counter.
    pub pc: u32,
    /// Procedure register.
    pub pr: u32,
    /// Global base register.
    pub gbr: u32,
    /// Vector base register.
    pub vbr: u32,
    /// Status register. Hosts need not agree on T, S, M and Q.
    pub sr: u32,
    /// Saved status register.
    pub ssr: u32,
    /// Saved program counter.
    pub spc: u32,
    /// Multiply-and-accumulate register, high half. A CPU that stands in a call of its D-Visor may have lost both halves: they are 0 then.
    pub mach: u32,
    /// Multiply-and-accumulate register, low half.
    pub macl: u32,
}

impl Registers {
    /// True in privileged mode (SR.MD).
    ///
    /// ```
    /// # kernel_profile::Sample::linux().look(|view| {
    /// let privileged = |cpu| view.registers(cpu).is_some_and(|registers| registers.is_privileged());
    /// assert_eq!([privileged(0), privileged(1)], [false, true]); // CPU 1 is in `schedule`
    /// # Ok(()) });
    /// ```
    pub const fn is_privileged(&self) -> bool {
        self.sr & 1 << 30 != 0
    }

    /// True while exceptions are blocked (SR.BL) or SR.IMASK is at least `level`: the kernel may be in the middle of an update.
    ///
    /// ```
    /// use monitor_api::Registers;
    ///
    /// let masked = Registers { sr: 0x4000_0080, ..Registers::default() }; // IMASK is 8
    /// assert!(masked.interrupts_off(8) && !masked.interrupts_off(9));
    /// let blocked = Registers { sr: 0x5000_0000, ..Registers::default() }; // BL
    /// assert!(blocked.interrupts_off(15));
    /// ```
    pub const fn interrupts_off(&self, level: u32) -> bool {
        self.sr & 1 << 28 != 0 || self.sr >> 4 & 15 >= level
    }
}
