//! RP1 (SH-X3) on its board.

use crate::reg::tmu::Channel;
use crate::reg::{core_control, intc_shx3, mmio, scif::Scif};
use spumone_core::arch::{CoreInfo, OwnCodes};
use spumone_core::cluster::Set;
use spumone_core::format;
use spumone_core::irq::{Code, Codes};

/// Number in image, system table and hypercall table.
pub const BOARD: format::Board = format::Board::Rp1;
/// Cores of the chip.
pub const CORES: u8 = 4;
/// P 50 MHz (FRQMR1 0x10252048).
const PCLK_KHZ: u32 = 50_000;
/// The interrupt controller has levels.
pub const LEVELS: u32 = 1;
/// What is OR-ed into SSR to hold back an interrupt of a less urgent guest: IMASK 7.
pub const RAISE: u32 = 0x70;
/// PTEA exists.
pub const HAS_PTEA: u32 = 1;
/// SPUMONE's code does not lie in P1.
pub const P1_CODE: u32 = 0;
/// CCR at start: ICI, ICE, OCI, CB (P1 copy-back), OCE, and SNM: the hardware takes care of synonyms (aliases) in the operand
/// cache. Linux built for SH-X3 counts on it (arch/sh/mm/cache-shx3.c) and cannot set it, for CCR is SPUMONE's.
pub const CCR: u32 = 0x0004_090d;
/// What all instances share (shared.rs): CSM, 128 KB, through P2.
pub const SHARED: u32 = 0xb600_0000;
/// Epitaphs, in CSM too.
pub const EPITAPHS: u32 = 0xb601_f000;
/// The longest image: the NOR flash.
pub const IMAGE_MAX: usize = 64 << 20;
/// Where the image lies while guests run, if nobody can write it: NOR flash, where reset begins.
pub const IMAGE: Option<u32> = Some(0xa000_0000);
/// Serial port on which the boot stage speaks (SCIF3).
pub const BOOT_PORT: u8 = 3;

/// The core that this runs on (CPIDR).
pub fn core() -> u8 {
    mmio::read32(0xff00_0048) as u8 & 3
}

/// This core, I 600 MHz, and the clocks.
pub fn core_info() -> CoreInfo {
    CoreInfo { core: core(), core_khz: 600_000, pclk_khz: PCLK_KHZ }
}

/// Starts core `core` at the boot stage, as reset starts core 0 (Linux: arch/sh/kernel/cpu/sh4a/smp-shx3.c). False if it does
/// not stop for that within a bounded time.
pub fn start_core(core: u8) -> bool {
    core_control::start(core, 0xa000_0000)
}

/// A serial port.
pub type Serial = Scif;

/// Serial port `port`: SCIF0..3.
pub fn serial(port: u8) -> Option<Serial> {
    (port < 4).then(|| Scif::new(0xffc3_0000 + u32::from(port) * 0x1_0000, PCLK_KHZ))
}

/// Masks every source on this core; on core 0, which starts first, all levels are 0.
pub fn intc_init() {
    intc_shx3::init(core());
}

/// True for a source that can be masked and has a level.
pub fn knows_irq(code: Code) -> bool {
    intc_shx3::knows(code)
}

/// Sets a source's level for all cores.
pub fn irq_level(code: Code, level: u8) {
    intc_shx3::set_level(code, level);
}

/// Sets a source's level for all cores and unmasks it on this one; false for an unknown source.
pub fn irq_unmask(code: Code, level: u8) -> bool {
    intc_shx3::set_level(code, level) && intc_shx3::unmask(core(), code)
}

/// Masks; false for an unknown source.
pub fn irq_mask(code: Code) -> bool {
    intc_shx3::mask(core(), code)
}

/// Masks sources.
pub fn irq_mask_all(codes: Codes) {
    intc_shx3::mask_all(core(), codes);
}

/// Stops a timer, or the interrupts of a serial port; nobody uses it at the moment.
pub fn quiet(code: Code) {
    match code.intevt() {
        intevt @ 0x400..=0x4a0 => {
            let number = (intevt - 0x400) / 0x20;
            let unit = if number < 3 { 0xffc1_0000 } else { 0xffc2_0000 };
            Channel { unit, number: (number % 3) as u8 }.stop();
        }
        0x700..=0x760 => quiet_serial(0),
        0x780..=0x7e0 => quiet_serial(1),
        0x880..=0x8e0 => quiet_serial(3),
        _ => {}
    }
}

fn quiet_serial(port: u8) {
    if let Some(port) = serial(port) {
        port.quiet();
    }
}

/// Unmasks sources, whose levels are set.
pub fn irq_unmask_all(codes: Codes) {
    intc_shx3::unmask_all(core(), codes);
}

/// The instruction cache may hold what another core has overwritten: CCR.ICI.
pub fn forget_instructions() {
    mmio::write32(0xff00_001c, CCR & !0x0000_0008);
}

/// Nothing shall wake any core at the end.
pub fn quiesce() {
    TICK.quiet();
    (0..CORES).for_each(intc_shx3::init);
}

/// Inter-core interrupts that are SPUMONE's: messages from other cores, and virtual interrupts for vCPUs.
const MAIL: u32 = 7;
const BELL: u32 = 6;
/// And the timer's interrupt, from the core that gets it.
const RELAYED_TICK: u32 = 5;
/// The level of SPUMONE's own interrupts, above all of Linux's.
pub const OWN_LEVEL: u8 = 8;
/// A level of Linux's.
const BELL_LEVEL: u8 = 3;
/// The channel that the instances share: TMU5.
const TICK: Channel = Channel { unit: 0xffc2_0000, number: 2 };
/// 4 ms of Pclk / 4.
const TICK_COUNTS: u32 = PCLK_KHZ;

/// The channel that tells guests that watch others the time: TMU4.
const COUNTER: Channel = Channel { unit: 0xffc2_0000, number: 1 };

/// Lets the counter count; on the first core, before any guest.
pub fn start_counter() {
    COUNTER.run_free();
}

/// The counter, and the nanoseconds that it takes for one step.
pub fn counter() -> (u32, u32) {
    (COUNTER.counted(), 4_000_000 / PCLK_KHZ)
}

/// The codes of SPUMONE's own interrupts.
pub fn own_codes() -> Option<OwnCodes> {
    let code = Code::new;
    Some(OwnCodes {
        mail: code(0xf00 + 0x20 * MAIL)?,
        bell: code(spumone_abi::SPUMONE_IPI_INTEVT)?,
        timer: code(0x4a0)?,
        tick: code(0xf00 + 0x20 * RELAYED_TICK)?,
    })
}

/// Starts the tick; on the first core, before any guest.
pub fn start_tick() {
    own_codes().inspect(|codes| {
        irq_level(codes.timer, OWN_LEVEL);
    });
    TICK.start(TICK_COUNTS);
}

/// The timer's interrupt has been seen; `others` are told.
pub fn relay_tick(others: Set) {
    TICK.clear();
    others.for_each(|core| intc_shx3::raise(core, RELAYED_TICK));
}

/// What they were told has been seen.
pub fn clear_tick() {
    intc_shx3::clear(core(), RELAYED_TICK);
}

/// Lets this core get SPUMONE's own interrupts, the tick only with `tick`.
pub fn open_own(tick: bool) {
    intc_shx3::set_message_level(core(), MAIL, OWN_LEVEL);
    intc_shx3::set_message_level(core(), RELAYED_TICK, OWN_LEVEL);
    intc_shx3::set_message_level(core(), BELL, BELL_LEVEL);
    own_codes().filter(|_| tick).inspect(|codes| {
        irq_unmask(codes.timer, OWN_LEVEL);
    });
}

/// Tells `core` that a message waits.
pub fn raise_mail(core: u8) {
    intc_shx3::raise(core, MAIL);
}

/// This core has seen it.
pub fn clear_mail() {
    intc_shx3::clear(core(), MAIL);
}

/// Tells `core` that a virtual interrupt waits for one of its vCPUs.
pub fn raise_bell(core: u8) {
    intc_shx3::raise(core, BELL);
}

/// This core has seen it.
pub fn clear_bell() {
    intc_shx3::clear(core(), BELL);
}

/// The board cannot switch itself off.
pub fn power_off() {}
