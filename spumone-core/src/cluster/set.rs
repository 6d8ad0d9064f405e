//! A set of small numbers.

/// A set of numbers below 8: vCPUs, cores or guests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Set(u8);

impl Set {
    /// Nothing.
    pub const EMPTY: Self = Self(0);

    /// The numbers whose bits are set.
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits)
    }

    /// A bit for each number.
    pub const fn bits(self) -> u8 {
        self.0
    }

    fn bit(number: u8) -> u8 {
        1u8.checked_shl(number.into()).unwrap_or(0)
    }

    /// True if `number` is in it.
    pub fn has(self, number: u8) -> bool {
        self.0 & Self::bit(number) != 0
    }

    /// Puts `number` in; numbers from 8 on never are.
    pub fn add(&mut self, number: u8) {
        self.0 |= Self::bit(number);
    }

    /// Takes `number` out; true if it was in.
    pub fn remove(&mut self, number: u8) -> bool {
        let had = self.has(number);
        self.0 &= !Self::bit(number);
        had
    }

    /// What is in this set and not in `other`.
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// True if nothing is in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many numbers are in it.
    pub const fn count(self) -> u32 {
        self.0.count_ones()
    }

    /// Takes the smallest number out.
    pub fn pop(&mut self) -> Option<u8> {
        let number = (!self.is_empty()).then(|| self.0.trailing_zeros() as u8)?;
        self.0 &= self.0.wrapping_sub(1);
        Some(number)
    }
}

impl Iterator for Set {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        self.pop()
    }
}
