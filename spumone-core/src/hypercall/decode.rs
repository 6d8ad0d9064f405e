//! Raw words to a typed request. What can be judged without knowing the guest is judged here.

use crate::addr::GuestPointer;
use crate::error::Refusal;
use spumone_abi::SPUMONE_MESSAGES;

/// Numbers of the hypercalls, as their place in the table.
#[allow(missing_docs, reason = "spumone_abi::SpumoneTable documents each of them")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Number {
    SetVbr = 0,
    Idle = 1,
    VcpuId = 2,
    VcpuCount = 3,
    VcpuStart = 4,
    VcpuStop = 5,
    IpiSend = 6,
    IpiTake = 7,
    IrqEnable = 8,
    IrqDisable = 9,
    ConsoleWrite = 10,
    ConsoleRead = 11,
    GuestExit = 12,
    GuestRestart = 13,
    Info = 14,
    Trace = 15,
    GuestName = 16,
    Null = 17,
    VcpuMove = 18,
    VcpuCore = 19,
    SyscallCore = 20,
    SyscallDone = 21,
    CoreBounds = 22,
    GuestPause = 23,
    GuestResume = 24,
    GuestReset = 25,
    VcpuRegisters = 26,
    Clock = 27,
    Alarm = 28,
}

/// A request whose numbers are possible ones; whether the guest may ask it is not decided yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// `set_vbr`
    SetVbr {
        /// Vector base.
        base: u32,
    },
    /// `idle`
    Idle,
    /// `vcpu_id`
    VcpuId,
    /// `vcpu_count`
    VcpuCount,
    /// `vcpu_start`
    VcpuStart {
        /// vCPU of the guest.
        id: u32,
        /// Where it begins.
        entry: GuestPointer,
        /// Its R4.
        arg: u32,
    },
    /// `vcpu_stop`
    VcpuStop,
    /// `ipi_send`
    IpiSend {
        /// vCPUs of the guest.
        mask: u32,
        /// 0..8
        message: u8,
    },
    /// `ipi_take`
    IpiTake,
    /// `irq_enable`
    IrqEnable {
        /// INTEVT code.
        intevt: u32,
        /// Level.
        level: u32,
    },
    /// `irq_disable`
    IrqDisable {
        /// INTEVT code.
        intevt: u32,
    },
    /// `console_write`
    ConsoleWrite {
        /// Where the bytes are.
        bytes: GuestPointer,
        /// How many.
        length: u32,
    },
    /// `console_read`
    ConsoleRead,
    /// `guest_exit`
    GuestExit {
        /// The guest's own account of its success; 0 is good.
        status: u32,
    },
    /// `guest_restart`
    GuestRestart,
    /// `info`
    Info {
        /// `SPUMONE_INFO_*`
        item: u32,
    },
    /// `trace`
    Trace {
        /// Event code, the low 24 bits count.
        code: u32,
        /// Argument.
        arg: u32,
    },
    /// `guest_name`
    GuestName {
        /// Which guest.
        guest: u32,
        /// Where to put it.
        name: GuestPointer,
        /// Room there.
        length: u32,
    },
    /// `null`
    Null,
    /// `vcpu_move`
    VcpuMove {
        /// vCPU of the guest.
        id: u32,
        /// Physical core.
        core: u32,
    },
    /// `vcpu_core`
    VcpuCore {
        /// vCPU of the guest.
        id: u32,
    },
    /// `syscall_core`
    SyscallCore {
        /// vCPU of the guest.
        id: u32,
        /// Physical core; `SPUMONE_NO_CORE` for none.
        core: u32,
    },
    /// `syscall_done`
    SyscallDone,
    /// `core_bounds`
    CoreBounds {
        /// The fewest cores.
        low: u32,
        /// The most cores.
        high: u32,
    },
    /// `guest_pause`
    GuestPause {
        /// Number of the guest.
        guest: u32,
    },
    /// `guest_resume`
    GuestResume {
        /// Number of the guest.
        guest: u32,
    },
    /// `guest_reset`
    GuestReset {
        /// Number of the guest.
        guest: u32,
    },
    /// `vcpu_registers`
    VcpuRegisters {
        /// Number of the guest.
        guest: u32,
        /// vCPU of that guest.
        id: u32,
        /// Where to put them.
        registers: GuestPointer,
    },
    /// `clock`
    Clock {
        /// Where to put the time.
        nanoseconds: GuestPointer,
    },
    /// `alarm`
    Alarm {
        /// SPUMONE's ticks; 0 for none.
        ticks: u32,
    },
}

impl Call {
    /// The request behind `number` and three argument words.
    ///
    /// # Errors
    /// [`Refusal::NoSys`] for a number that is no call, [`Refusal::Invalid`] for a message number that cannot be.
    pub fn decode(number: u32, [a, b, c]: [u32; 3]) -> Result<Self, Refusal> {
        let message = |word: u32| if word < SPUMONE_MESSAGES { Ok(word as u8) } else { Err(Refusal::Invalid) };
        Ok(match number {
            0 => Self::SetVbr { base: a },
            1 => Self::Idle,
            2 => Self::VcpuId,
            3 => Self::VcpuCount,
            4 => Self::VcpuStart { id: a, entry: GuestPointer(b), arg: c },
            5 => Self::VcpuStop,
            6 => Self::IpiSend { mask: a, message: message(b)? },
            7 => Self::IpiTake,
            8 => Self::IrqEnable { intevt: a, level: b },
            9 => Self::IrqDisable { intevt: a },
            10 => Self::ConsoleWrite { bytes: GuestPointer(a), length: b },
            11 => Self::ConsoleRead,
            12 => Self::GuestExit { status: a },
            13 => Self::GuestRestart,
            14 => Self::Info { item: a },
            15 => Self::Trace { code: a, arg: b },
            16 => Self::GuestName { guest: a, name: GuestPointer(b), length: c },
            17 => Self::Null,
            18 => Self::VcpuMove { id: a, core: b },
            19 => Self::VcpuCore { id: a },
            20 => Self::SyscallCore { id: a, core: b },
            21 => Self::SyscallDone,
            22 => Self::CoreBounds { low: a, high: b },
            23 => Self::GuestPause { guest: a },
            24 => Self::GuestResume { guest: a },
            25 => Self::GuestReset { guest: a },
            26 => Self::VcpuRegisters { guest: a, id: b, registers: GuestPointer(c) },
            27 => Self::Clock { nanoseconds: GuestPointer(a) },
            28 => Self::Alarm { ticks: a },
            _ => return Err(Refusal::NoSys),
        })
    }
}
