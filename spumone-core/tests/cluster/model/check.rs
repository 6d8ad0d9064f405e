//! The machine as a model of the checker, and the configurations that are checked through and through.

use super::machine::{Machine, State};
use super::promises;
use super::stimuli::{Action, Stimuli};
use crate::world::{Begin, Run, World};
use spumone_core::cluster::{Rules, Sound};
use stateright::{Checker, Expectation, Model, Property};
use std::marker::PhantomData;

impl<R: Rules + 'static> Model for Machine<R> {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![self.begin()]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        self.possible(state, actions);
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        Some(self.after(state, action))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("one owner", |_, state| promises::one_owner(state)),
            Property::always("nothing doubled", |_, state| promises::nothing_doubled(state)),
            Property::always("no mistake", |_, state| promises::no_mistake(state)),
            Property::always("requests arrive", |_, state| promises::requests_arrive(state)),
            Property::always("no deadlock", |model, state| model.goes_on(state) || promises::finished(state)),
            Property::always("no lost wake-up", |model, state| {
                model.goes_on(state) || promises::nobody_forgotten(state)
            }),
            Property::always("requests keep their order", |model, state| {
                model.goes_on(state) || promises::in_order(state)
            }),
            Property::always("ends are complete", |model, state| {
                model.goes_on(state) || promises::ends_are_complete(state)
            }),
            Property::always("who stands stands", |_, state| promises::who_stands_stands(state)),
            Property::always("wishes come true", |model, state| {
                model.goes_on(state) || promises::wishes_come_true(state)
            }),
            Property::sometimes("an order meets a vCPU on its way", |_, state| promises::order_on_the_way(state)),
            Property::sometimes("a message finds its vCPU on its way", |_, state| promises::message_on_the_way(state)),
            Property::sometimes("a more urgent guest comes between two steps", |_, state| {
                promises::between_steps(state)
            }),
            Property::sometimes("a request follows its vCPU", |_, state| promises::request_follows(state)),
            Property::sometimes("a request waits for its vCPU", |_, state| promises::request_waits(state)),
            Property::sometimes("a guest ends while its vCPU is on its way", |_, state| {
                promises::end_on_the_way(state)
            }),
        ]
    }
}

impl<R: Rules> Machine<R> {
    fn goes_on(&self, state: &State) -> bool {
        let mut actions = Vec::new();
        state.world.cores.iter().any(|core| core.op.is_some()) || {
            self.possible(state, &mut actions);
            !actions.is_empty()
        }
    }
}

/// What came out.
pub(super) struct Found {
    /// Promises that some order of steps breaks.
    pub(super) broken: Vec<&'static str>,
    /// Situations that some order of steps leads to.
    pub(super) reached: Vec<&'static str>,
    /// States that were looked at.
    pub(super) states: usize,
}

/// Looks at every order of steps; of a broken promise it prints one that breaks it.
pub(super) fn explore<R: Rules + 'static>(world: World, stimuli: Stimuli) -> Found {
    let checker = Machine::<R> { world, stimuli, rules: PhantomData }.checker().threads(2).spawn_bfs().join();
    let mut found = Found { broken: Vec::new(), reached: Vec::new(), states: checker.unique_state_count() };
    for property in checker.model().properties() {
        match (checker.discovery(property.name), property.expectation) {
            (None, _) => {}
            (Some(_), Expectation::Sometimes) => found.reached.push(property.name),
            (Some(path), _) => {
                println!("{}: {:?}", property.name, path.into_actions());
                found.broken.push(property.name);
            }
        }
    }
    found
}

/// No order breaks a promise, and the situations that make this hard do occur.
fn holds<R: Rules + 'static>(cores: usize, vcpus: &[Begin], stimuli: Stimuli, reached: &[&str]) {
    let found = explore::<R>(World::new(cores, vcpus), stimuli);
    println!("{} states, among them: {}", found.states, found.reached.join(", "));
    assert_eq!(found.broken, [""; 0]);
    for situation in reached {
        assert!(found.reached.contains(situation), "{situation}: never");
    }
}

const PAIR: [Begin; 2] = [(0, 0, Run::Running), (0, 1, Run::Running)];
const MESSAGE: &str = "a message finds its vCPU on its way";
const BETWEEN: &str = "a more urgent guest comes between two steps";
const FOLLOWS: &str = "a request follows its vCPU";
const WAITS: &str = "a request waits for its vCPU";
const ORDERS: &str = "an order meets a vCPU on its way";
const ENDS: &str = "a guest ends while its vCPU is on its way";

#[test]
fn ipis_both_ways_while_both_move() {
    let stimuli = Stimuli { sends: [1, 1, 0], departs: [2, 2, 0], devices: 2, ..Stimuli::NONE };
    holds::<Sound>(2, &PAIR, stimuli, &[MESSAGE]);
}

#[test]
fn requests_meet_moves() {
    let stimuli = Stimuli { sends: [1, 0, 0], departs: [1, 1, 0], moves: 2, ..Stimuli::NONE };
    holds::<Sound>(2, &PAIR, stimuli, &[MESSAGE, WAITS]);
}

#[test]
fn mail_is_raised_again_for_every_message() {
    struct Single;
    impl Rules for Single {
        const BATCH: u8 = 1;
    }
    let stimuli = Stimuli { departs: [1, 1, 0], moves: 1, ends: 1, notices: 2, ..Stimuli::NONE };
    holds::<Single>(2, &PAIR, stimuli, &[WAITS, ENDS]);
}

#[test]
fn stops_and_starts_meet_moves() {
    let stimuli = Stimuli { sends: [1, 0, 0], departs: [1, 1, 0], moves: 1, stops: 2, starts: 2, ..Stimuli::NONE };
    holds::<Sound>(2, &PAIR, stimuli, &[MESSAGE, WAITS]);
}

#[test]
fn an_end_meets_everything() {
    let stimuli = Stimuli { sends: [1, 0, 0], departs: [1, 1, 0], moves: 1, devices: 1, ends: 2, ..Stimuli::NONE };
    holds::<Sound>(2, &PAIR, stimuli, &[MESSAGE, WAITS, ENDS]);
}

#[test]
fn sources_change_while_their_owner_moves() {
    let stimuli = Stimuli { departs: [1, 1, 0], moves: 1, devices: 2, switches: 2, ..Stimuli::NONE };
    holds::<Sound>(2, &PAIR, stimuli, &[WAITS]);
}

#[test]
fn vcpus_share_a_core() {
    let stimuli = Stimuli { sends: [1, 1, 0], departs: [1, 0, 0], moves: 1, devices: 1, slices: 1, ..Stimuli::NONE };
    holds::<Sound>(2, &[(0, 0, Run::Running), (0, 0, Run::Ready)], stimuli, &[MESSAGE]);
}

#[test]
fn a_more_urgent_guest_has_the_core() {
    let stimuli = Stimuli { sends: [1, 1, 0], departs: [1, 1, 0], devices: 1, alarms: 2, ..Stimuli::NONE };
    holds::<Sound>(2, &[(0, 0, Run::Ready), (0, 1, Run::Running), (1, 0, Run::Running)], stimuli, &[MESSAGE, BETWEEN]);
}

#[test]
fn a_vcpu_goes_round_three_cores() {
    let stimuli = Stimuli { sends: [1, 0, 0], departs: [0, 2, 0], moves: 1, ..Stimuli::NONE };
    holds::<Sound>(3, &PAIR, stimuli, &[MESSAGE, FOLLOWS]);
}

#[test]
fn a_guest_ends_on_three_cores() {
    let stimuli = Stimuli { sends: [1, 0, 0], departs: [0, 1, 0], moves: 1, ends: 1, ..Stimuli::NONE };
    holds::<Sound>(3, &PAIR, stimuli, &[MESSAGE, FOLLOWS, ENDS]);
}

#[test]
fn three_vcpus_on_three_cores() {
    let stimuli = Stimuli { sends: [1, 0, 0], departs: [0, 1, 1], devices: 1, ..Stimuli::NONE };
    let three = [(0, 0, Run::Running), (0, 1, Run::Running), (0, 2, Run::Running)];
    holds::<Sound>(3, &three, stimuli, &[MESSAGE]);
}

#[test]
fn a_guest_stands_and_goes_on_while_its_vcpus_move() {
    let stimuli = Stimuli { sends: [1, 0, 0], departs: [1, 1, 0], pauses: 1, resumes: 1, ..Stimuli::NONE };
    holds::<Sound>(2, &PAIR, stimuli, &[MESSAGE, ORDERS]);
}

#[test]
fn a_guest_begins_anew_while_its_vcpus_move() {
    let stimuli = Stimuli { sends: [1, 0, 0], departs: [0, 1, 0], moves: 1, resets: 1, ..Stimuli::NONE };
    holds::<Sound>(2, &PAIR, stimuli, &[MESSAGE, ORDERS]);
}

#[test]
fn a_guest_restarts_itself_while_it_stops_and_starts() {
    let stimuli = Stimuli { departs: [1, 0, 0], devices: 1, stops: 1, starts: 1, restarts: 2, ..Stimuli::NONE };
    holds::<Sound>(2, &PAIR, stimuli, &[]);
}

#[test]
fn a_guest_ends_and_begins_anew_and_stands() {
    let stimuli = Stimuli { departs: [0, 1, 0], ends: 2, pauses: 1, resumes: 1, resets: 1, ..Stimuli::NONE };
    holds::<Sound>(2, &PAIR, stimuli, &[ENDS, ORDERS]);
}
