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

    /// What is in both.
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What is in either.
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// True if more than one number is in it.
    pub const fn is_many(self) -> bool {
        self.0 & self.0.wrapping_sub(1) != 0
    }

    /// The smallest number.
    pub fn first(self) -> Option<u8> {
        let mut copy = self;
        copy.pop()
    }

    /// Takes the smallest number out.
    pub fn pop(&mut self) -> Option<u8> {
        // SH-4A has no instruction that counts zeros: eight remainders of a de Bruijn sequence tell eight bits apart.
        const NUMBERS: [u8; 8] = [0, 1, 6, 2, 7, 5, 4, 3];
        let rest = self.0 & self.0.wrapping_sub(1);
        let lowest = u32::from(self.0 ^ rest);
        self.0 = rest;
        if lowest == 0 {
            return None;
        }
        NUMBERS.get(((lowest * 0x1d) >> 5 & 7) as usize).copied()
    }
}

impl Iterator for Set {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        self.pop()
    }
}
