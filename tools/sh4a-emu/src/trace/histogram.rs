//! An exact histogram of cycle counts.

use std::collections::BTreeMap;

/// How often each value was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    counts: BTreeMap<u64, u64>,
    total: u64,
}

impl Histogram {
    /// Adds one value.
    pub fn add(&mut self, value: u64) {
        *self.counts.entry(value).or_default() += 1;
        self.total += 1;
    }

    /// How many values were added.
    pub fn count(&self) -> u64 {
        self.total
    }

    /// The smallest value.
    pub fn min(&self) -> Option<u64> {
        self.counts.keys().next().copied()
    }

    /// The largest value.
    pub fn max(&self) -> Option<u64> {
        self.counts.keys().next_back().copied()
    }

    /// The smallest value that at least `per_mille` of 1000 values do not exceed: 500 is the median, 999 the 99.9th percentile.
    pub fn quantile(&self, per_mille: u64) -> Option<u64> {
        let wanted = (self.total * per_mille.min(1000)).div_ceil(1000).max(1);
        let mut seen = 0;
        self.counts.iter().find_map(|(&value, &count)| {
            seen += count;
            (seen >= wanted).then_some(value)
        })
    }

    /// The mean.
    pub fn mean(&self) -> Option<f64> {
        let sum: f64 = self.counts.iter().map(|(&value, &count)| value as f64 * count as f64).sum();
        (self.total > 0).then(|| sum / self.total as f64)
    }

    /// Values and how often each was seen, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.counts.iter().map(|(&value, &count)| (value, count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_one_to_a_thousand() {
        let mut histogram = Histogram::default();
        assert_eq!(histogram.quantile(500), None);
        (1..=1000).for_each(|value| histogram.add(value));
        assert_eq!((histogram.min(), histogram.max()), (Some(1), Some(1000)));
        assert_eq!((histogram.quantile(500), histogram.quantile(999)), (Some(500), Some(999)));
        assert_eq!(histogram.mean(), Some(500.5));
    }
}
