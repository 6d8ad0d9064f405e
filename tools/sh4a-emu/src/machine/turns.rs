//! Whose turn it is: which core runs next, and how far.

use crate::bus::CoreId;
use crate::device::Instant;
use crate::devices::intc::CORES;

/// A seeded turn in [`SHORT_EVERY`] is no longer than this many cycles: races need cores that change places in the middle of a few instructions.
const SHORT: u64 = 32;
const SHORT_EVERY: u64 = 4;

/// The clock of each core that has something to do.
pub(super) type Ready = [Option<Instant>; CORES];

#[derive(Clone, Copy, Debug)]
struct Turn {
    core: CoreId,
    /// The clock at which it is over.
    end: Instant,
    /// Nobody else had anything to do when it began.
    alone: bool,
}

/// Shares the host out among the cores. What comes out follows from the cores' clocks and the seed alone, not from how often or for how
/// long somebody asks.
#[derive(Clone, Debug)]
pub(super) struct Turns {
    quantum: u64,
    /// With a seed: chance decides.
    chance: Option<fastrand::Rng>,
    current: Option<Turn>,
}

impl Turns {
    /// Cores take turns, the one that is behind first, each until it is `quantum` cycles ahead of the slowest. With a seed any core that is
    /// not that far ahead may be next, for 1 to `quantum` cycles.
    pub(super) fn new(quantum: u64, seed: Option<u64>) -> Self {
        Self { quantum: quantum.max(1), chance: seed.map(fastrand::Rng::with_seed), current: None }
    }

    /// The turn that has begun ends as before.
    pub(super) fn set_quantum(&mut self, quantum: u64) {
        self.quantum = quantum.max(1);
    }

    /// The core to run now and the clock at which its turn ends; `None` if none is ready.
    pub(super) fn next(&mut self, ready: &Ready) -> Option<(CoreId, Instant)> {
        let slowest = ready.iter().flatten().min()?;
        let alone = ready.iter().flatten().count() == 1;
        let limit = slowest + self.quantum;
        if let Some(turn) = self.current
            && let Some(clock) = ready[turn.core]
        {
            // In fixed order others decide anew how far it may go: they may have begun to run, or stopped.
            let end = if self.chance.is_some() { turn.end } else { self.end_of(turn.core, ready) };
            if clock < end && (alone || !turn.alone) {
                self.current = Some(Turn { end, ..turn });
                return Some((turn.core, end));
            }
        }
        let core = match &mut self.chance {
            None => (0..CORES).filter(|&core| ready[core].is_some()).min_by_key(|&core| ready[core])?,
            Some(chance) => {
                let near = || (0..CORES).filter(|&core| ready[core].is_some_and(|clock| clock <= limit));
                near().nth(chance.usize(0..near().count()))?
            }
        };
        let end = match &mut self.chance {
            None => self.end_of(core, ready),
            Some(_) if alone => Instant::MAX,
            Some(chance) => {
                let longest = if chance.u64(0..SHORT_EVERY) == 0 { self.quantum.min(SHORT) } else { self.quantum };
                ready[core]?.saturating_add(chance.u64(1..=longest))
            }
        };
        self.current = Some(Turn { core, end, alone });
        Some((core, end))
    }

    /// In fixed order: a quantum ahead of the slowest of the others.
    fn end_of(&self, core: CoreId, ready: &Ready) -> Instant {
        let others = (0..CORES).filter(|&other| other != core).filter_map(|other| ready[other]);
        others.min().map_or(Instant::MAX, |slowest| slowest.saturating_add(self.quantum))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs every turn to its end, `steps` times; gives who ran until when.
    fn play(turns: &mut Turns, clocks: &mut Ready, steps: usize) -> Vec<(CoreId, Instant)> {
        let mut played = Vec::new();
        for _ in 0..steps {
            let (core, end) = turns.next(clocks).expect("somebody is ready");
            clocks[core] = Some(end);
            played.push((core, end));
        }
        played
    }

    #[test]
    fn fixed_order_lets_nobody_get_more_than_a_quantum_ahead() {
        let mut turns = Turns::new(10, None);
        let mut clocks = [Some(0); CORES];
        assert_eq!(play(&mut turns, &mut clocks, 5), [(0, 10), (1, 10), (2, 10), (3, 20), (0, 20)]);
        let mut clocks = [Some(0), None, Some(3), None];
        assert_eq!(play(&mut Turns::new(10, None), &mut clocks, 2), [(0, 13), (2, 23)]);
    }

    #[test]
    fn a_quantum_can_become_smaller_on_the_way() {
        let mut turns = Turns::new(10, None);
        let mut clocks = [Some(0), Some(0), None, None];
        assert_eq!(play(&mut turns, &mut clocks, 2), [(0, 10), (1, 20)]);
        turns.set_quantum(3);
        assert_eq!(play(&mut turns, &mut clocks, 3), [(0, 23), (1, 26), (0, 29)]);
    }

    #[test]
    fn a_core_alone_runs_until_another_wakes() {
        for seed in [None, Some(1)] {
            let mut turns = Turns::new(10, seed);
            assert_eq!(turns.next(&[None, Some(5), None, None]), Some((1, Instant::MAX)));
            let (_, end) = turns.next(&[Some(500), Some(500), None, None]).expect("two are ready");
            assert!((501..=510).contains(&end), "{end}");
        }
        assert_eq!(Turns::new(10, None).next(&[None; CORES]), None);
    }

    #[test]
    fn a_seed_gives_one_order_and_seeds_differ() {
        let order = |seed| play(&mut Turns::new(1000, Some(seed)), &mut [Some(0); CORES], 200);
        assert_eq!(order(7), order(7));
        assert_ne!(order(7), order(8));
    }

    #[test]
    fn chance_stays_within_two_quanta_and_forgets_nobody() {
        for seed in 0..50 {
            let (mut turns, mut clocks) = (Turns::new(100, Some(seed)), [Some(0); CORES]);
            for _ in 0..500 {
                play(&mut turns, &mut clocks, 1);
                let (least, most) = (clocks.iter().flatten().min(), clocks.iter().flatten().max());
                assert!(most.zip(least).is_some_and(|(most, least)| most - least <= 200), "seed {seed}: {clocks:?}");
            }
            assert!(clocks.iter().flatten().all(|&clock| clock > 1000), "seed {seed}: {clocks:?}");
        }
    }

    #[test]
    fn asking_more_often_changes_nothing() {
        for seed in [None, Some(3)] {
            let whole = play(&mut Turns::new(100, seed), &mut [Some(0); CORES], 300);
            let (mut turns, mut clocks, mut pieces) = (Turns::new(100, seed), [Some(0); CORES], Vec::new());
            while pieces.len() < whole.len() {
                let (core, end) = turns.next(&clocks).expect("all are ready");
                let clock = clocks[core].unwrap_or(0);
                clocks[core] = Some(end.min(clock + 7));
                if clock + 7 >= end {
                    pieces.push((core, end));
                }
            }
            assert_eq!(pieces, whole, "{seed:?}");
        }
    }
}
