//! The governor on cores that are played: vCPUs want to run or not, and go where they are sent.

use proptest::prelude::*;
use spumone_core::cluster::CoreId;
use spumone_core::governor::{Bounds, Governor, Load, PATIENCE, View, WINDOW};
use spumone_core::system::MAX_CORES;
use spumone_core::vcpu::VcpuId;

const CORES: [CoreId; 4] = [CoreId(1), CoreId(2), CoreId(3), CoreId(0)];

struct Play {
    governor: Governor,
    places: Vec<(VcpuId, CoreId)>,
    loads: [Load; MAX_CORES],
    moves: usize,
}

impl Play {
    /// vCPU n on core n.
    fn new(bounds: Option<Bounds>) -> Self {
        let mut governor = Governor::new();
        bounds.into_iter().for_each(|bounds| governor.set_bounds(bounds));
        let places = (0..4).map(|n| (VcpuId(n), CoreId(n))).collect();
        Self { governor, places, loads: Default::default(), moves: 0 }
    }

    /// A tick at which the vCPUs of `busy` could run, and a more urgent guest has the cores of `urgent`.
    fn tick(&mut self, busy: &[u8], urgent: &[u8]) {
        for (load, core) in self.loads.iter_mut().zip(0..) {
            let here = |vcpu: &&u8| self.places.contains(&(VcpuId(**vcpu), CoreId(core)));
            load.demand = busy.iter().filter(here).count() as u32;
            load.samples += load.demand;
            load.urgent += u32::from(urgent.contains(&core));
        }
        let view = View { loads: self.loads, places: &self.places, cores: &CORES };
        for (vcpu, to) in self.governor.tick(&view) {
            self.moves += 1;
            self.places.iter_mut().filter(|(other, _)| *other == vcpu).for_each(|(_, place)| *place = to);
        }
    }

    fn ticks(&mut self, number: u32, busy: &[u8], urgent: &[u8]) {
        (0..number).for_each(|_| self.tick(busy, urgent));
    }

    fn used(&self) -> Vec<u8> {
        let mut used: Vec<u8> = self.places.iter().map(|(_, core)| core.0).collect();
        used.sort_unstable();
        used.dedup();
        used
    }
}

const ONE_TO_FOUR: Option<Bounds> = Some(Bounds { low: 1, high: 4 });

#[test]
fn an_idle_guest_is_packed_on_the_best_core() {
    let mut play = Play::new(ONE_TO_FOUR);
    play.ticks(4 * WINDOW, &[], &[]);
    assert_eq!(play.used(), [1]);
}

#[test]
fn work_spreads_within_a_few_ticks_and_each_core_gets_one() {
    let mut play = Play::new(ONE_TO_FOUR);
    play.ticks(4 * WINDOW, &[], &[]);
    play.ticks(u32::from(PATIENCE) + 1, &[0, 1, 2, 3], &[]);
    assert_eq!(play.used(), [0, 1, 2, 3]);
}

#[test]
fn two_busy_vcpus_have_two_cores_and_stay_where_they_are() {
    let mut play = Play::new(ONE_TO_FOUR);
    play.ticks(6 * WINDOW, &[0, 1], &[]);
    assert!(play.used().len() <= 3, "{:?}", play.used());
    let moves = play.moves;
    play.ticks(10 * WINDOW, &[0, 1], &[]);
    assert_eq!(play.moves, moves, "a steady load moves nobody");
}

#[test]
fn bounds_hold_and_may_change() {
    let mut play = Play::new(Some(Bounds { low: 2, high: 3 }));
    play.ticks(6 * WINDOW, &[], &[]);
    assert_eq!(play.used().len(), 2);
    play.ticks(WINDOW, &[0, 1, 2, 3], &[]);
    assert_eq!(play.used().len(), 3);
    play.governor.set_bounds(Bounds { low: 4, high: 4 });
    play.ticks(1, &[], &[]);
    assert_eq!(play.used().len(), 4);
}

#[test]
fn without_bounds_nobody_moves_but_to_a_core_that_stands_idle() {
    let mut play = Play::new(None);
    play.ticks(4 * WINDOW, &[0, 1, 2, 3], &[]);
    assert_eq!(play.moves, 0);
    // vCPU 0 was kept waiting on core 0 and went to core 1; the urgent guest is done now.
    play.places[0].1 = CoreId(1);
    play.ticks(2 * WINDOW, &[0, 1, 2, 3], &[0]);
    assert_eq!(play.moves, 0, "core 0 is taken");
    play.ticks(2 * WINDOW, &[0, 1, 2, 3], &[]);
    assert_eq!((play.moves, play.used()), (1, vec![0, 1, 2, 3]));
}

proptest! {
    #[test]
    fn bounds_hold_whatever_the_load_does(
        low in 1u8..=4,
        more in 0u8..=3,
        loads in proptest::collection::vec((proptest::collection::vec(0u8..4, 0..4), 1u32..60), 1..30),
    ) {
        let high = (low + more).min(4);
        let mut play = Play::new(Some(Bounds { low, high }));
        for (busy, ticks) in loads {
            let mut busy = busy;
            busy.sort_unstable();
            busy.dedup();
            play.ticks(ticks, &busy, &[]);
            prop_assert!((usize::from(low)..=usize::from(high)).contains(&play.used().len()));
        }
    }
}
