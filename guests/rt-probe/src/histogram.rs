//! Latencies in timer ticks.

use core::fmt;

const BUCKETS: usize = 256;

/// How often each latency was seen; what is too long shares the last bucket.
pub(crate) struct Histogram {
    counts: [u32; BUCKETS],
    min: u32,
    max: u32,
    sum: u64,
    total: u32,
}

impl Histogram {
    pub(crate) const fn new() -> Self {
        Self { counts: [0; BUCKETS], min: u32::MAX, max: 0, sum: 0, total: 0 }
    }

    pub(crate) fn add(&mut self, ticks: u32) {
        let bucket = (ticks as usize).min(BUCKETS - 1);
        if let Some(count) = self.counts.get_mut(bucket) {
            *count += 1;
        }
        self.min = self.min.min(ticks);
        self.max = self.max.max(ticks);
        self.sum += u64::from(ticks);
        self.total += 1;
    }

    /// The latency that all but `per_mille_above` thousandths stay at or below.
    fn quantile(&self, per_mille_above: u32) -> u32 {
        let mut above = self.total;
        let allowed = (u64::from(self.total) * u64::from(per_mille_above) / 1000) as u32;
        for (ticks, count) in (0..).zip(self.counts) {
            above -= count;
            if above <= allowed {
                return ticks;
            }
        }
        self.max
    }

    /// A table with one line for each latency that was seen.
    pub(crate) fn print(&self, out: &mut impl fmt::Write, name: &str, tick_ns: u32) -> fmt::Result {
        let mean = (self.sum * 10).checked_div(self.total.into()).unwrap_or(0);
        writeln!(
            out,
            "rt-probe: {name} latency in ticks of {tick_ns} ns: min {} median {} 99.9 % {} max {} mean {}.{}",
            self.min.min(self.max),
            self.quantile(500),
            self.quantile(1),
            self.max,
            mean / 10,
            mean % 10
        )?;
        for (ticks, count) in self.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let more = if ticks == BUCKETS - 1 { "+" } else { " " };
            writeln!(out, "rt-probe:   {name} {ticks:3}{more} {count}")?;
        }
        Ok(())
    }
}
