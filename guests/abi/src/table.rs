//! Hypercall table, numbers and error codes. The C header is generated from this file: keep to what C can say.

/// First word of the table: "SPUM" in memory order.
pub const SPUMONE_MAGIC: u32 = 0x4d55_5053;
/// ABI version, major << 16 | minor. A guest accepts the same major and any minor not below its own.
pub const SPUMONE_VERSION: u32 = 0x0001_0002;

/// `board` of the RP1 board (SH-X3).
pub const SPUMONE_BOARD_RP1: u32 = 1;
/// `board` of the r2d board (SH7751R, as stock QEMU has it).
pub const SPUMONE_BOARD_R2D: u32 = 2;

/// Address of the table on the RP1 board: the start of OLRAM, core-local.
pub const SPUMONE_TABLE_RP1: u32 = 0xe500_e000;
/// Address of the table on the r2d board: the start of SDRAM through P1.
pub const SPUMONE_TABLE_R2D: u32 = 0x8c00_0000;

/// Success.
pub const SPUMONE_OK: i32 = 0;
/// No such call, or not in this version.
pub const SPUMONE_E_NOSYS: i32 = -1;
/// A number, level or length that cannot be.
pub const SPUMONE_E_INVAL: i32 = -2;
/// The thing exists and belongs to somebody else, or lies outside the guest's level partition.
pub const SPUMONE_E_PERM: i32 = -3;
/// Not now: the object is in a state that does not allow it.
pub const SPUMONE_E_STATE: i32 = -4;
/// A pointer that does not lie in the guest's own memory.
pub const SPUMONE_E_FAULT: i32 = -5;
/// Nothing there yet; try again.
pub const SPUMONE_E_AGAIN: i32 = -6;

/// `info`: ABI version.
pub const SPUMONE_INFO_VERSION: u32 = 0;
/// `info`: number of the calling guest.
pub const SPUMONE_INFO_GUEST: u32 = 1;
/// `info`: number of the calling guest's vCPUs.
pub const SPUMONE_INFO_VCPUS: u32 = 2;
/// `info`: physical core that the call ran on.
pub const SPUMONE_INFO_CORE: u32 = 3;
/// `info`: core clock in kHz.
pub const SPUMONE_INFO_CORE_KHZ: u32 = 4;
/// `info`: peripheral clock (Pclk) in kHz.
pub const SPUMONE_INFO_PCLK_KHZ: u32 = 5;
/// `info`: lowest interrupt level that the guest may use.
pub const SPUMONE_INFO_LEVEL_LOW: u32 = 6;
/// `info`: highest interrupt level that the guest may use.
pub const SPUMONE_INFO_LEVEL_HIGH: u32 = 7;
/// `info`: board, `SPUMONE_BOARD_*`.
pub const SPUMONE_INFO_BOARD: u32 = 8;
/// `info`: number of guests in the system.
pub const SPUMONE_INFO_GUESTS: u32 = 9;
/// `info`: vCPU switches on this core since boot, low 31 bits.
pub const SPUMONE_INFO_SWITCHES: u32 = 10;
/// `info`: interrupts forwarded to the calling guest since boot, low 31 bits.
pub const SPUMONE_INFO_FORWARDED: u32 = 11;
/// `info`: preemptions of a running vCPU by an interrupt for another one on this core since boot, low 31 bits.
pub const SPUMONE_INFO_PREEMPTIONS: u32 = 12;

/// `info`: number of physical cores of the system.
pub const SPUMONE_INFO_CORES: u32 = 13;
/// `info`: physical cores on which a vCPU of the calling guest is now, as a mask.
pub const SPUMONE_INFO_CORES_USED: u32 = 14;
/// `info`: moves of vCPUs to the core that the call ran on since boot, low 31 bits.
pub const SPUMONE_INFO_ARRIVALS: u32 = 15;

/// `info`: number of the guest that the calling guest watches; `SPUMONE_E_INVAL`, as for the next ones, if it watches none.
pub const SPUMONE_INFO_WATCHED: u32 = 16;
/// `info`: bus address at which the watched guest's memory begins.
pub const SPUMONE_INFO_WATCHED_START: u32 = 17;
/// `info`: bytes of the watched guest's memory.
pub const SPUMONE_INFO_WATCHED_SIZE: u32 = 18;
/// `info`: number of the watched guest's vCPUs.
pub const SPUMONE_INFO_WATCHED_VCPUS: u32 = 19;
/// `info`: how the watched guest is, `SPUMONE_GUEST_*`.
pub const SPUMONE_INFO_WATCHED_STATE: u32 = 20;
/// `info`: how often the watched guest was started afresh.
pub const SPUMONE_INFO_WATCHED_RESTARTS: u32 = 21;
/// `info`: length of SPUMONE's tick in microseconds.
pub const SPUMONE_INFO_TICK_US: u32 = 22;

/// It runs, or could.
pub const SPUMONE_GUEST_ALIVE: u32 = 0;
/// It was asked to stand still, and some of its vCPUs may not do so yet.
pub const SPUMONE_GUEST_PAUSING: u32 = 1;
/// All its vCPUs stand still.
pub const SPUMONE_GUEST_PAUSED: u32 = 2;
/// It is being started afresh.
pub const SPUMONE_GUEST_RESTARTING: u32 = 3;
/// It has ended or was parked.
pub const SPUMONE_GUEST_GONE: u32 = 4;

/// Virtual inter-processor messages are numbered 0..SPUMONE_MESSAGES.
pub const SPUMONE_MESSAGES: u32 = 8;
/// INTEVT with which a vCPU is told that messages wait for it; `ipi_take` says which.
pub const SPUMONE_IPI_INTEVT: u32 = 0xfc0;
/// `syscall_core`: no core, the kernel part of system calls stays where the user part is.
pub const SPUMONE_NO_CORE: u32 = 0xffff_ffff;

/// Registers of a vCPU that stands still.
#[repr(C)]
pub struct SpumoneRegisters {
    /// R0 to R15, of bank 0.
    pub r: [u32; 16],
    /// R0 to R7 of bank 1; SPUMONE keeps R2, R5, R6 and R7 of it, the others are 0.
    pub bank1: [u32; 8],
    /// Program counter.
    pub pc: u32,
    /// Status register.
    pub sr: u32,
    /// Procedure register.
    pub pr: u32,
    /// Global base register.
    pub gbr: u32,
    /// Vector base that the guest told.
    pub vbr: u32,
    /// Multiply-and-accumulate register, high half.
    pub mach: u32,
    /// Multiply-and-accumulate register, low half.
    pub macl: u32,
}

/// The hypercall table. It lies at a fixed address (`SPUMONE_TABLE_*`) and never changes while a guest runs.
/// Every function follows the C ABI (r4..r7, result in r0) and is called with MD=1, RB=0, BL=0 and any IMASK.
#[repr(C)]
pub struct SpumoneTable {
    /// `SPUMONE_MAGIC`.
    pub magic: u32,
    /// `SPUMONE_VERSION` of the hypervisor.
    pub version: u32,
    /// Size of the table in bytes; a guest checks it before it calls a function of a later minor version.
    pub bytes: u32,
    /// `SPUMONE_BOARD_*`.
    pub board: u32,
    /// 0: the guest's vector base. SPUMONE forwards to +0x100, +0x400 and +0x600. A bad address parks the guest.
    pub set_vbr: unsafe extern "C" fn(base: u32) -> i32,
    /// 1: gives the core up until an interrupt for this vCPU is pending. Called with IMASK at "off" (15, or the guest's
    /// own off mask) it returns still masked; called with interrupts on it returns after at least one was taken.
    pub idle: unsafe extern "C" fn(),
    /// 2: number of the calling vCPU in its guest, 0-based.
    pub vcpu_id: unsafe extern "C" fn() -> i32,
    /// 3: number of the guest's vCPUs.
    pub vcpu_count: unsafe extern "C" fn() -> i32,
    /// 4: starts a stopped vCPU at `entry` with `arg` in r4.
    pub vcpu_start: unsafe extern "C" fn(id: u32, entry: u32, arg: u32) -> i32,
    /// 5: stops the calling vCPU until somebody starts it again. Does not return.
    pub vcpu_stop: unsafe extern "C" fn() -> i32,
    /// 6: sends `message` (0..SPUMONE_MESSAGES) to every vCPU of the guest in the mask.
    pub ipi_send: unsafe extern "C" fn(vcpu_mask: u32, message: u32) -> i32,
    /// 7: the messages that wait for the calling vCPU, a bit each; from now on they wait no longer. May be none.
    pub ipi_take: unsafe extern "C" fn() -> i32,
    /// 8: sets the level of an interrupt that the guest owns and unmasks it.
    pub irq_enable: unsafe extern "C" fn(intevt: u32, level: u32) -> i32,
    /// 9: masks an interrupt that the guest owns.
    pub irq_disable: unsafe extern "C" fn(intevt: u32) -> i32,
    /// 10: writes bytes to the guest's console; the result is how many were taken, which may be fewer than `len`, even none.
    pub console_write: unsafe extern "C" fn(bytes: *const u8, len: u32) -> i32,
    /// 11: the next byte typed at the guest's console, or `SPUMONE_E_AGAIN`.
    pub console_read: unsafe extern "C" fn() -> i32,
    /// 12: ends the guest with `status`. Does not return.
    pub guest_exit: unsafe extern "C" fn(status: u32) -> i32,
    /// 13: asks for a restart of the guest from its image. Does not return; parks the guest where that is impossible.
    pub guest_restart: unsafe extern "C" fn() -> i32,
    /// 14: a number about the system, `SPUMONE_INFO_*`.
    pub info: unsafe extern "C" fn(item: u32) -> i32,
    /// 15: puts an event of the guest into SPUMONE's trace ring.
    pub trace: unsafe extern "C" fn(code: u32, arg: u32) -> i32,
    /// 16: the name of a guest, not terminated; the result is its length, `len` bytes at most are written.
    pub guest_name: unsafe extern "C" fn(guest: u32, name: *mut u8, len: u32) -> i32,
    /// 17: does nothing and returns 0; for measuring.
    pub null: unsafe extern "C" fn() -> i32,
    /// 18: asks that vCPU `id` of the guest go on on physical core `core`, its home from now on. Soon, not at once.
    pub vcpu_move: unsafe extern "C" fn(id: u32, core: u32) -> i32,
    /// 19: the physical core on which vCPU `id` of the guest is, or to which it is on its way.
    pub vcpu_core: unsafe extern "C" fn(id: u32) -> i32,
    /// 20: from now on the kernel part of vCPU `id`'s system calls runs on physical core `core`; `SPUMONE_NO_CORE` ends that.
    pub syscall_core: unsafe extern "C" fn(id: u32, core: u32) -> i32,
    /// 21: the calling vCPU is about to return to user mode. Called with interrupts off; returns so, on the vCPU's home core.
    pub syscall_done: unsafe extern "C" fn() -> i32,
    /// 22: bounds for the number of physical cores that the guest's vCPUs use; `low` = `high` stops the governor there.
    pub core_bounds: unsafe extern "C" fn(low: u32, high: u32) -> i32,
    /// 23: the vCPUs of `guest`, which the caller watches, stand still, soon.
    pub guest_pause: unsafe extern "C" fn(guest: u32) -> i32,
    /// 24: they go on.
    pub guest_resume: unsafe extern "C" fn(guest: u32) -> i32,
    /// 25: `guest`, which the caller watches, is started afresh from its image.
    pub guest_reset: unsafe extern "C" fn(guest: u32) -> i32,
    /// 26: registers of vCPU `id` of `guest`, which the caller watches. While it does not stand still the answer is `SPUMONE_E_AGAIN`,
    /// and all but `vbr` are 0.
    pub vcpu_registers: unsafe extern "C" fn(guest: u32, id: u32, registers: *mut SpumoneRegisters) -> i32,
    /// 27: nanoseconds since the start; never runs backwards.
    pub clock: unsafe extern "C" fn(nanoseconds: *mut u64) -> i32,
    /// 28: `idle` of the calling vCPU ends when so many of SPUMONE's ticks have passed, if it has not ended before; 0: no longer.
    pub alarm: unsafe extern "C" fn(ticks: u32) -> i32,
}

/// Number of functions in the table.
pub const SPUMONE_CALLS: u32 = 29;

// Compile-time proof of the layout: each function stands at 16 + number * pointer size, on the target and on a host.
macro_rules! at {
    ($($number:literal $field:ident),* $(,)?) => {
        $(const _: () = assert!(core::mem::offset_of!(SpumoneTable, $field) == 16 + $number * size_of::<usize>());)*
    };
}
at!(0 set_vbr, 1 idle, 2 vcpu_id, 3 vcpu_count, 4 vcpu_start, 5 vcpu_stop, 6 ipi_send, 7 ipi_take, 8 irq_enable, 9 irq_disable,
    10 console_write, 11 console_read, 12 guest_exit, 13 guest_restart, 14 info, 15 trace, 16 guest_name, 17 null,
    18 vcpu_move, 19 vcpu_core, 20 syscall_core, 21 syscall_done, 22 core_bounds, 23 guest_pause,
    24 guest_resume, 25 guest_reset, 26 vcpu_registers, 27 clock, 28 alarm);
const _: () = assert!(core::mem::offset_of!(SpumoneTable, magic) == 0);
const _: () = assert!(core::mem::offset_of!(SpumoneTable, version) == 4);
const _: () = assert!(core::mem::offset_of!(SpumoneTable, bytes) == 8);
const _: () = assert!(core::mem::offset_of!(SpumoneTable, board) == 12);
const _: () = assert!(size_of::<SpumoneTable>() == 16 + SPUMONE_CALLS as usize * size_of::<usize>());
