//! How a guest written in Rust calls SPUMONE.

use crate::table::*;

const NO_REGISTERS: SpumoneRegisters =
    SpumoneRegisters { r: [0; 16], bank1: [0; 8], pc: 0, sr: 0, pr: 0, gbr: 0, vbr: 0, mach: 0, macl: 0 };

/// The hypervisor as a guest sees it.
#[derive(Clone, Copy)]
pub struct Spumone {
    table: &'static SpumoneTable,
}

/// What a negative result means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// `SPUMONE_E_NOSYS`
    NoSys,
    /// `SPUMONE_E_INVAL`
    Invalid,
    /// `SPUMONE_E_PERM`
    Permission,
    /// `SPUMONE_E_STATE`
    State,
    /// `SPUMONE_E_FAULT`
    Fault,
    /// `SPUMONE_E_AGAIN`
    Again,
    /// A code that this version does not know.
    Unknown(i32),
}

/// A result as it comes out of the table, sorted into value and error.
pub fn check(result: i32) -> Result<u32, Error> {
    match result {
        0.. => Ok(result as u32),
        SPUMONE_E_NOSYS => Err(Error::NoSys),
        SPUMONE_E_INVAL => Err(Error::Invalid),
        SPUMONE_E_PERM => Err(Error::Permission),
        SPUMONE_E_STATE => Err(Error::State),
        SPUMONE_E_FAULT => Err(Error::Fault),
        SPUMONE_E_AGAIN => Err(Error::Again),
        other => Err(Error::Unknown(other)),
    }
}

/// Generates the methods that only pass numbers.
macro_rules! calls {
    ($($(#[$doc:meta])* $name:ident($($arg:ident),*);)*) => {
        $($(#[$doc])*
        pub fn $name(&self, $($arg: u32),*) -> Result<u32, Error> {
            // SAFETY: (1) `at` was promised that the table is SPUMONE's; (2) the call passes numbers only.
            check(unsafe { (self.table.$name)($($arg),*) })
        })*
    };
}

impl Spumone {
    /// The hypervisor whose table lies at `address`; `None` if no table of this major version is there.
    ///
    /// # Safety
    /// `address` is r4 of the guest's entry, or the board's fixed address, and readable.
    pub unsafe fn at(address: u32) -> Option<Self> {
        // SAFETY: the caller's promise.
        let table = unsafe { &*(address as usize as *const SpumoneTable) };
        let same_major = table.version >> 16 == SPUMONE_VERSION >> 16;
        (table.magic == SPUMONE_MAGIC && same_major && table.bytes as usize >= size_of::<SpumoneTable>())
            .then_some(Self { table })
    }

    /// Board number, `SPUMONE_BOARD_*`.
    pub fn board(&self) -> u32 {
        self.table.board
    }

    /// The table itself, for a test that calls it with bad arguments.
    pub fn table(&self) -> &'static SpumoneTable {
        self.table
    }

    /// Gives the core up until an interrupt for this vCPU is pending; see [`SpumoneTable::idle`].
    pub fn idle(&self) {
        // SAFETY: `at` was promised that the table is SPUMONE's.
        unsafe { (self.table.idle)() }
    }

    calls! {
        /// Says where the guest's vectors are.
        set_vbr(base);
        /// Number of the calling vCPU.
        vcpu_id();
        /// Number of the guest's vCPUs.
        vcpu_count();
        /// Sends a message to vCPUs of the guest.
        ipi_send(vcpu_mask, message);
        /// The messages that wait for the calling vCPU, as a mask; they wait no longer.
        ipi_take();
        /// Sets the level of an owned interrupt and unmasks it.
        irq_enable(intevt, level);
        /// Masks an owned interrupt.
        irq_disable(intevt);
        /// The next byte typed at the guest's console.
        console_read();
        /// A number about the system, `SPUMONE_INFO_*`.
        info(item);
        /// An event of the guest for the trace ring.
        trace(code, arg);
        /// Nothing; for measuring.
        null();
        /// Asks that a vCPU of the guest go on on another physical core.
        vcpu_move(id, core);
        /// The physical core on which a vCPU of the guest is.
        vcpu_core(id);
        /// Where the kernel part of a vCPU's system calls runs, `SPUMONE_NO_CORE` for nowhere else.
        syscall_core(id, core);
        /// The calling vCPU is about to return to user mode.
        syscall_done();
        /// How many physical cores the guest's vCPUs may use.
        core_bounds(low, high);
        /// The vCPUs of the guest that this one watches stand still, soon.
        guest_pause(guest);
        /// They go on.
        guest_resume(guest);
        /// The guest that this one watches is started afresh.
        guest_reset(guest);
        /// `idle` ends after so many of SPUMONE's ticks.
        alarm(ticks);
    }

    /// Waits for so many of SPUMONE's ticks, or until an interrupt comes.
    pub fn sleep(&self, ticks: u32) -> Result<(), Error> {
        self.alarm(ticks)?;
        self.idle();
        self.alarm(0).map(drop)
    }

    /// Nanoseconds since the start.
    pub fn clock(&self) -> Result<u64, Error> {
        let mut nanoseconds = 0;
        // SAFETY: (1) as in `idle`; (2) SPUMONE writes one number, which is borrowed for it.
        check(unsafe { (self.table.clock)(&raw mut nanoseconds) })?;
        Ok(nanoseconds)
    }

    /// Registers of a vCPU of the watched guest, while it stands still.
    pub fn vcpu_registers(&self, guest: u32, id: u32) -> Result<SpumoneRegisters, Error> {
        let mut registers = NO_REGISTERS;
        // SAFETY: as in `clock`.
        check(unsafe { (self.table.vcpu_registers)(guest, id, &raw mut registers) })?;
        Ok(registers)
    }

    /// Where vCPU `id` of the watched guest has its vectors, whether it stands still or not; 0 if it has not told yet.
    pub fn vcpu_vector_base(&self, guest: u32, id: u32) -> Result<u32, Error> {
        let mut registers = NO_REGISTERS;
        // SAFETY: as in `clock`.
        match check(unsafe { (self.table.vcpu_registers)(guest, id, &raw mut registers) }) {
            Ok(_) | Err(Error::Again) => Ok(registers.vbr),
            Err(error) => Err(error),
        }
    }

    /// Writes to the guest's console; the result is how many bytes were taken.
    pub fn console_write(&self, bytes: &[u8]) -> Result<u32, Error> {
        // SAFETY: (1) as above; (2) SPUMONE reads `len` bytes of a live slice.
        check(unsafe { (self.table.console_write)(bytes.as_ptr(), bytes.len() as u32) })
    }

    /// The name of a guest, written into `name`.
    pub fn guest_name<'a>(&self, guest: u32, name: &'a mut [u8]) -> Result<&'a [u8], Error> {
        // SAFETY: (1) as above; (2) SPUMONE writes at most `len` bytes of a slice that is borrowed for it.
        let length = check(unsafe { (self.table.guest_name)(guest, name.as_mut_ptr(), name.len() as u32) })?;
        Ok(&name[..name.len().min(length as usize)])
    }

    /// Ends the guest.
    pub fn guest_exit(&self, status: u32) -> ! {
        loop {
            // SAFETY: as above; SPUMONE does not return from it.
            unsafe { (self.table.guest_exit)(status) };
        }
    }
}

/// `write!` to the guest's console; waits while the console takes nothing.
pub struct Console(pub Spumone);

impl core::fmt::Write for Console {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            match self.0.console_write(rest) {
                Ok(taken) => rest = rest.get(taken as usize..).unwrap_or(&[]),
                Err(_) => return Err(core::fmt::Error),
            }
        }
        Ok(())
    }
}
