//! Samples of one quantity and the numbers that describe them.

/// Samples of one quantity, in its own unit (instructions, mostly).
#[derive(Clone, Debug, Default)]
pub struct Distribution {
    sorted: Vec<u64>,
}

impl FromIterator<u64> for Distribution {
    fn from_iter<I: IntoIterator<Item = u64>>(samples: I) -> Self {
        let mut sorted: Vec<u64> = samples.into_iter().collect();
        sorted.sort_unstable();
        Self { sorted }
    }
}

impl Distribution {
    /// How many samples there are.
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// True when nothing was measured.
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// The samples in ascending order.
    pub fn sorted(&self) -> &[u64] {
        &self.sorted
    }

    /// The smallest sample.
    pub fn min(&self) -> Option<u64> {
        self.sorted.first().copied()
    }

    /// The largest sample.
    pub fn max(&self) -> Option<u64> {
        self.sorted.last().copied()
    }

    /// The lower median.
    pub fn median(&self) -> Option<u64> {
        self.permille(500)
    }

    /// The smallest sample that at least `permille` / 1000 of all samples do not exceed (nearest rank).
    pub fn permille(&self, permille: u32) -> Option<u64> {
        let rank = (self.sorted.len() as u64 * u64::from(permille.min(1000))).div_ceil(1000).max(1);
        self.sorted.get(rank as usize - 1).copied()
    }

    /// `min a, median b, 99.9 % c, max d (n samples)`, or `no samples`.
    pub fn summary(&self) -> String {
        match (self.min(), self.median(), self.permille(999), self.max()) {
            (Some(min), Some(median), Some(p999), Some(max)) => {
                format!("min {min}, median {median}, 99.9 % {p999}, max {max} ({} samples)", self.len())
            }
            _ => "no samples".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nearest_rank_on_a_thousand() {
        // With samples 1..=1000 the nearest-rank permille p is p itself: p samples do not exceed it.
        let d: Distribution = (1..=1000).rev().collect();
        assert_eq!((d.min(), d.median(), d.permille(999), d.max()), (Some(1), Some(500), Some(999), Some(1000)));
    }

    #[test]
    fn nothing_measured_is_said() {
        let d = Distribution::default();
        assert!(d.is_empty());
        assert_eq!(d.median(), None);
        assert_eq!(d.summary(), "no samples");
    }

    proptest! {
        #[test]
        fn permille_covers_its_share(samples in prop::collection::vec(0u64..1000, 1..200), p in 0u32..=1000) {
            let d: Distribution = samples.iter().copied().collect();
            let value = d.permille(p).unwrap();
            let not_above = samples.iter().filter(|s| **s <= value).count();
            let below = samples.iter().filter(|s| **s < value).count();
            prop_assert!(not_above * 1000 >= samples.len() * p as usize);
            prop_assert!(below == 0 || below * 1000 < samples.len() * p as usize);
        }
    }
}
