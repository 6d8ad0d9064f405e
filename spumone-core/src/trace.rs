//! The trace rings, one a core: what happened last, as pairs of words, written by assembly and by Rust alike.
//!
//! Layout from the base of the memory that cores share (`docs/hypervisor.md` gives the address on each board), little endian
//! words; the header of core *n* is at 0x20 *n*, its events begin at 0x10000 + 0x4000 *n*:
//!
//! | offset in the header | content |
//! | --- | --- |
//! | 0x00 | magic `SPTR` (0x52545053) |
//! | 0x04 | version, 2 |
//! | 0x08 | address of the next event to be written, as the hypervisor addresses it |
//! | 0x0c | address of the first event: code, argument |
//! | 0x10 | number of events that fit, [`EVENTS`] |
//!
//! An event with code 0 was never written. A watcher of the stores (the emulator) sees the argument first, then the code.

/// Magic of the ring's header.
pub const MAGIC: u32 = 0x5254_5053;
/// Version of the format.
pub const VERSION: u32 = 2;
/// Events that fit; a power of two.
pub const EVENTS: u32 = 1024;
/// Bytes that a ring's events take.
pub const EVENTS_BYTES: u32 = EVENTS * 8;

/// Offset of a core's header.
pub const fn header_offset(core: u8) -> u32 {
    0x20 * core as u32
}

/// Offset of a core's first event, a multiple of twice [`EVENTS_BYTES`], so that the address of the next one wraps by clearing
/// a bit.
pub const fn events_offset(core: u8) -> u32 {
    0x1_0000 + 2 * EVENTS_BYTES * core as u32
}

/// Argument of [`Event::Switch`] when the core goes to sleep.
pub const IDLE: u32 = 0xff;

/// Something that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// 1: this vCPU got the core ([`IDLE`]: nobody).
    Switch(u32),
    /// 2: an interrupt for a less urgent vCPU came; IMASK was raised. INTEVT.
    Deferred(u32),
    /// 3: an interrupt that nobody owns came and was masked. INTEVT.
    Spurious(u32),
    /// 4: a source stood at a level outside its owner's partition and was set back. INTEVT.
    LevelCorrected(u32),
    /// 5: a guest began.
    Start(u32),
    /// 6: a guest ended; guest << 24 | low 24 bits of its status.
    Exit(u32),
    /// 7: a guest was parked.
    Park(u32),
    /// 0x80000000 | guest << 24 | low 24 bits of the guest's code: an event of a guest, with its argument.
    Guest {
        /// Number of the guest.
        guest: u8,
        /// Its code, 24 bits.
        code: u32,
        /// Its argument.
        arg: u32,
    },
}

impl Event {
    /// The two words in the ring.
    pub fn encode(self) -> (u32, u32) {
        match self {
            Self::Switch(arg) => (1, arg),
            Self::Deferred(arg) => (2, arg),
            Self::Spurious(arg) => (3, arg),
            Self::LevelCorrected(arg) => (4, arg),
            Self::Start(arg) => (5, arg),
            Self::Exit(arg) => (6, arg),
            Self::Park(arg) => (7, arg),
            Self::Guest { guest, code, arg } => (0x8000_0000 | u32::from(guest & 0x7f) << 24 | (code & 0xff_ffff), arg),
        }
    }

    /// The event that two words of the ring stand for.
    pub fn decode(code: u32, arg: u32) -> Option<Self> {
        Some(match code {
            1 => Self::Switch(arg),
            2 => Self::Deferred(arg),
            3 => Self::Spurious(arg),
            4 => Self::LevelCorrected(arg),
            5 => Self::Start(arg),
            6 => Self::Exit(arg),
            7 => Self::Park(arg),
            _ if code & 0x8000_0000 != 0 => {
                Self::Guest { guest: (code >> 24) as u8 & 0x7f, code: code & 0xff_ffff, arg }
            }
            _ => return None,
        })
    }
}

/// Why bytes are not a trace ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RingError {
    /// Fewer bytes than header and events take.
    Truncated,
    /// The magic or the version is another one.
    NotARing,
    /// The header's addresses do not fit the format.
    Inconsistent,
}

/// The events of `core`'s ring in a memory dump, oldest first; events of unknown codes are left out. `bytes` start at the base
/// of the shared memory.
///
/// # Errors
/// What keeps `bytes` from being a ring.
pub fn read_ring(bytes: &[u8], core: u8) -> Result<impl Iterator<Item = Event> + '_, RingError> {
    let word = |offset: u32| {
        let at = offset as usize;
        let word = bytes.get(at..at + 4).and_then(|word| word.try_into().ok());
        word.map(u32::from_le_bytes).ok_or(RingError::Truncated)
    };
    let (header, first) = (header_offset(core), events_offset(core));
    if word(header)? != MAGIC || word(header + 4)? != VERSION || word(header + 16)? != EVENTS {
        return Err(RingError::NotARing);
    }
    word(first + EVENTS_BYTES - 4)?;
    let next = word(header + 8)?.checked_sub(word(header + 12)?);
    let offset = next.filter(|offset| offset % 8 == 0 && *offset < EVENTS_BYTES);
    let oldest = offset.ok_or(RingError::Inconsistent)? / 8;
    Ok((0..EVENTS).filter_map(move |age| {
        let at = first + 8 * ((oldest + age) % EVENTS);
        Event::decode(word(at).ok()?, word(at + 4).ok()?)
    }))
}
