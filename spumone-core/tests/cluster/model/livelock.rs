//! Nothing goes round in circles: once nothing more comes from outside, every order of steps comes to rest.

use super::machine::{Machine, State};
use super::stimuli::Stimuli;
use crate::world::{Run, World};
use spumone_core::cluster::{Rules, Sound};
use std::collections::HashMap;
use std::hash::BuildHasher;
use std::marker::PhantomData;

/// How many actions the longest path has from a state, by its hash, to its end; nothing while that is being found out.
#[derive(Default)]
struct Lengths(HashMap<u64, Option<u32>>);

impl<R: Rules> Machine<R> {
    /// The longest path from here; nothing if one comes back to where it was.
    fn longest_from(&self, state: &State, lengths: &mut Lengths) -> Option<u32> {
        let name = lengths.0.hasher().hash_one(state);
        if let Some(known) = lengths.0.get(&name) {
            return *known;
        }
        lengths.0.insert(name, None);
        let mut actions = Vec::new();
        self.possible(state, &mut actions);
        let mut longest = 0;
        for action in actions {
            longest = longest.max(1 + self.longest_from(&self.after(state, action), lengths)?);
        }
        lengths.0.insert(name, Some(longest));
        Some(longest)
    }
}

/// The longest path of all, if each has an end.
pub(super) fn longest<R: Rules>(world: World, stimuli: Stimuli) -> Option<u32> {
    let machine = Machine::<R> { world, stimuli, rules: PhantomData };
    machine.longest_from(&machine.begin(), &mut Lengths::default())
}

#[test]
fn every_path_comes_to_rest() {
    let pair = World::new(2, &[(0, 0, Run::Running), (0, 1, Run::Running)]);
    let packed = World::new(2, &[(0, 0, Run::Running), (0, 0, Run::Ready)]);
    let ipis = Stimuli { sends: [1, 1, 0], departs: [1, 1, 0], devices: 1, ..Stimuli::NONE };
    let requests = Stimuli { departs: [1, 1, 0], moves: 2, stops: 1, starts: 1, ends: 1, ..Stimuli::NONE };
    let slices = Stimuli { sends: [1, 1, 0], moves: 1, slices: 1, ..Stimuli::NONE };
    for (world, stimuli) in [(pair.clone(), ipis), (pair, requests), (packed, slices)] {
        let longest = longest::<Sound>(world, stimuli);
        println!("longest path: {longest:?} actions");
        assert!(longest.is_some(), "a path comes back to where it was");
    }
}
