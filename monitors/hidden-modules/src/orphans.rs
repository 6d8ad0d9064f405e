//! Memory without a module. For a moment there is such memory in a clean kernel: what a module needs only to begin is freed some time later,
//! behind the scenes.

/// Nanoseconds that it may stay; the kernel waits for a grace period of RCU, a few ticks.
const PATIENCE: u64 = 300_000_000;
/// How much memory is remembered.
const PLACES: usize = 32;

#[derive(Clone, Copy, Debug)]
struct Orphan {
    address: u64,
    since: u64,
    seen: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Orphans([Option<Orphan>; PLACES]);

impl Default for Orphans {
    fn default() -> Self {
        Self([None; PLACES])
    }
}

impl Orphans {
    /// True for memory that was there in the last scan too, and too long ago; on a dump the clock stands still, and the second scan has to do.
    pub(crate) fn stays(&mut self, address: u64, now: u64) -> bool {
        if let Some(known) = self.0.iter_mut().flatten().find(|known| known.address == address) {
            known.seen = true;
            return now == 0 || now.saturating_sub(known.since) >= PATIENCE;
        }
        if let Some(free) = self.0.iter_mut().find(|place| place.is_none()) {
            *free = Some(Orphan { address, since: now, seen: true });
        }
        false
    }

    pub(crate) fn end_scan(&mut self) {
        for place in &mut self.0 {
            *place = place.filter(|orphan| orphan.seen).map(|orphan| Orphan { seen: false, ..orphan });
        }
    }
}
