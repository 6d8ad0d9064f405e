//! The block that the packer writes into the monitor guest's image at `__spumone_monitors`.

use super::policy::{Action, Rule};
use crate::format::Name;
use monitor_api::Verdict;
use zerocopy::little_endian::U32;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

/// Size of the block.
pub const BLOCK_BYTES: usize = 1024;
/// The most rules of a policy.
pub const MAX_RULES: usize = 32;

const MAGIC: [u8; 8] = *b"SPUMMON2";

/// What monitors may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes that a step may read.
    pub bytes: u32,
    /// Microseconds that a step may take.
    pub microseconds: u32,
    /// SPUMONE's ticks (4 ms) between two rounds of steps; 0: none, the monitors take all that nobody else wants.
    pub pause: u32,
}

impl Limits {
    /// Without a word in the system file: 1 MB, a second, every 90 ticks (360 ms): a tenth of a core of 600 MHz, and what takes two rounds is
    /// still found within a second. Monitors have only the time that nobody else wants, so a step may last longer than it works.
    pub const DEFAULT: Self = Self { bytes: 1_000_000, microseconds: 1_000_000, pause: 90 };
}

/// Seconds that the watched guest stands still for a dump that nobody fetches, without a word in the system file.
pub const DUMP_SECONDS: u32 = 60;

/// The block's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Bus address of the watched kernel's profile.
    pub profile: u32,
    /// Its length in bytes.
    pub profile_length: u32,
    /// What monitors may cost.
    pub limits: Limits,
    /// Seconds that the watched guest stands still for a dump that nobody fetches; 0: for ever.
    pub dump_seconds: u32,
    /// The policy.
    pub rules: heapless::Vec<Rule, MAX_RULES>,
}

#[derive(Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
struct RawHead {
    magic: [u8; 8],
    profile: U32,
    profile_length: U32,
    bytes: U32,
    microseconds: U32,
    pause: U32,
    dump_seconds: U32,
    rules: U32,
}

#[derive(Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
struct RawRule {
    monitor: [u8; Name::LEN],
    verdict: u8,
    action: u8,
    reserved: [u8; 2],
}

static_assertions::const_assert!(size_of::<RawHead>() + MAX_RULES * size_of::<RawRule>() <= BLOCK_BYTES);

/// Verdicts as bytes; 0 is never one that leads to anything.
pub(crate) const VERDICTS: [Verdict; 5] =
    [Verdict::Fine, Verdict::Report, Verdict::Pause, Verdict::Restore, Verdict::Restart];

impl Config {
    /// The block.
    pub fn encode(&self) -> [u8; BLOCK_BYTES] {
        let Limits { bytes, microseconds, pause } = self.limits;
        let head = RawHead {
            magic: MAGIC,
            profile: self.profile.into(),
            profile_length: self.profile_length.into(),
            bytes: bytes.into(),
            microseconds: microseconds.into(),
            pause: pause.into(),
            dump_seconds: self.dump_seconds.into(),
            rules: (self.rules.len() as u32).into(),
        };
        let mut block = [0; BLOCK_BYTES];
        // The block has room for all, see above; what `write_to_prefix` answers says nothing new.
        let _ = head.write_to_prefix(&mut block);
        let places = block.get_mut(size_of::<RawHead>()..).unwrap_or(&mut []);
        for (rule, place) in self.rules.iter().zip(places.chunks_exact_mut(size_of::<RawRule>())) {
            let verdict = VERDICTS.iter().position(|verdict| *verdict == rule.verdict).unwrap_or(0) as u8;
            let raw =
                RawRule { monitor: rule.monitor.to_bytes(), verdict, action: rule.action as u8, reserved: [0; 2] };
            let _ = raw.write_to(place);
        }
        block
    }

    /// What a block says; `None` if it is no such block: the image was not packed for this purpose.
    pub fn decode(block: &[u8]) -> Option<Self> {
        let (head, rest) = RawHead::read_from_prefix(block).ok()?;
        let count = usize::try_from(head.rules.get()).ok().filter(|count| *count <= MAX_RULES)?;
        if head.magic != MAGIC {
            return None;
        }
        let mut rules = heapless::Vec::new();
        for place in rest.chunks_exact(size_of::<RawRule>()).take(count) {
            let raw = RawRule::read_from_bytes(place).ok()?;
            let rule = Rule {
                monitor: Name::from_bytes(raw.monitor)?,
                verdict: *VERDICTS.get(usize::from(raw.verdict))?,
                action: Action::from_byte(raw.action)?,
            };
            rules.push(rule).ok()?;
        }
        let limits = Limits { bytes: head.bytes.get(), microseconds: head.microseconds.get(), pause: head.pause.get() };
        let (profile, profile_length) = (head.profile.get(), head.profile_length.get());
        let dump_seconds = head.dump_seconds.get();
        Some(Self { profile, profile_length, limits, dump_seconds, rules }).filter(|config| config.rules.len() == count)
    }
}
