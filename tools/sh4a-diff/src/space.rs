//! All 65536 words, sorted: in the table for user mode, privileged, or nothing.

use crate::forms::{self, Class};
use crate::vector::{Subject, Vector};

/// What a word is while FPSCR.PR and SZ are as given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An instruction of user mode.
    User,
    /// An instruction of privileged mode.
    Privileged,
    /// An instruction under another FPSCR.PR or SZ only. The manual leaves it open what happens.
    OtherPrecision,
    /// No instruction.
    Illegal,
}

/// Sorts `word`.
pub fn classify(word: u16, pr: bool, sz: bool) -> Kind {
    match forms::find(word, pr, sz) {
        Some(form) if form.class == Class::User => Kind::User,
        Some(_) => Kind::Privileged,
        None if forms::all().iter().any(|form| form.matches(word)) => Kind::OtherPrecision,
        None => Kind::Illegal,
    }
}

/// Words that must be illegal in user mode: all of them, or `count` taken under `seed`.
pub fn sample(count: Option<usize>, seed: u64) -> Vec<u16> {
    let mut words: Vec<u16> = (0..=u16::MAX)
        .filter(|word| matches!(classify(*word, false, false), Kind::Illegal | Kind::Privileged))
        .collect();
    if let Some(count) = count {
        fastrand::Rng::with_seed(seed).shuffle(&mut words);
        words.truncate(count);
        words.sort_unstable();
    }
    words
}

/// Mask, value and reason of words that QEMU 7.2 executes although they are no instructions.
const LENIENT: &[(u16, u16, &str)] = &[
    (0xf0ff, 0x00ab, "QEMU 7.2 ignores bits 11:8 of synco; the manual has one code, 0x00ab"),
    (0xf1ff, 0xf1ad, "QEMU 7.2 takes fcnvsd with an odd register; the manual's bit 8 is 0"),
    (0xf1ff, 0xf1bd, "QEMU 7.2 takes fcnvds with an odd register; the manual's bit 8 is 0"),
];

/// Why QEMU is not asked how a vector ends, if so.
pub fn deviation(vector: &Vector) -> Option<&'static str> {
    if let Subject::Misaligned(_) = vector.subject {
        return Some("QEMU 7.2's user mode lets misaligned accesses pass; the manual: address error");
    }
    let word = vector.slot.unwrap_or(vector.word);
    LENIENT.iter().find(|(mask, value, _)| word & mask == *value).map(|(_, _, reason)| *reason)
}
