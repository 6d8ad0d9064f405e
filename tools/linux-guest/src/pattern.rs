//! The files that the guest generates and verifies: their sums, computed here and not there.

use std::fmt::Write as _;

use serde::Deserialize;
use sha2::{Digest, Sha256};

/// A file known by construction; `work pattern LENGTH SEED` in the guest makes the same.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    /// Bytes.
    pub length: usize,
    /// Where the generator starts; not 0.
    pub seed: u32,
}

impl Pattern {
    /// Marsaglia's xorshift with 32 bits of state (shifts 13, 17, 5); each word gives four bytes, the lowest first.
    #[must_use]
    pub fn bytes(self) -> Vec<u8> {
        let mut state = self.seed;
        let words = std::iter::repeat_with(|| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state
        });
        words.flat_map(u32::to_le_bytes).take(self.length).collect()
    }

    /// The name that tells the guest how to make it.
    #[must_use]
    pub fn name(self) -> String {
        format!("pattern.{}.{}", self.length, self.seed)
    }
}

/// The list that `sha256sum -c` reads.
#[must_use]
pub(crate) fn sums(patterns: &[Pattern]) -> String {
    let mut list = String::new();
    for pattern in patterns {
        for byte in Sha256::digest(pattern.bytes()) {
            let _ = write!(list, "{byte:02x}");
        }
        let _ = writeln!(list, "  {}", pattern.name());
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_is_the_published_one() {
        // Marsaglia, Xorshift RNGs (2003): seed 2463534242 gives 723471715 first, then 2497366906.
        let bytes = Pattern { length: 8, seed: 2_463_534_242 }.bytes();
        assert_eq!(bytes, [723_471_715_u32.to_le_bytes(), 2_497_366_906_u32.to_le_bytes()].concat());
    }

    #[test]
    fn odd_lengths_cut_the_last_word() {
        let whole = Pattern { length: 8, seed: 9 }.bytes();
        assert_eq!(Pattern { length: 7, seed: 9 }.bytes(), whole[..7]);
    }

    #[test]
    fn the_list_has_the_form_of_sha256sum() {
        // The sum of no bytes at all is that of FIPS 180-4's empty message.
        let list = sums(&[Pattern { length: 0, seed: 5 }]);
        assert_eq!(list, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  pattern.0.5\n");
    }
}
