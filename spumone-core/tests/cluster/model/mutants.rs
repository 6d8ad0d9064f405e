//! The checker notices: each rule of the protocol, broken, breaks a promise.

use super::check::explore;
use super::livelock::longest;
use super::stimuli::Stimuli;
use crate::world::{Run, World};
use spumone_core::cluster::{Rules, Sound};

/// Two cores with a vCPU each, both of one guest and both running.
fn pair() -> World {
    World::new(2, &[(0, 0, Run::Running), (0, 1, Run::Running)])
}

fn finds<R: Rules + 'static>(promise: &str, world: World, stimuli: Stimuli) {
    let found = explore::<R>(world, stimuli);
    assert!(found.broken.contains(&promise), "{promise}: {:?} after {} states", found.broken, found.states);
}

/// The same, and a core to which a vCPU can move out of the sender's sight.
fn three() -> World {
    World::new(3, &[(0, 0, Run::Running), (0, 1, Run::Running)])
}

/// A message to a vCPU that moves.
const MESSAGES: Stimuli = Stimuli { sends: [1, 0, 0], departs: [0, 1, 0], ..Stimuli::NONE };

#[test]
fn an_interrupt_cleared_after_the_look() {
    struct ClearLast;
    impl Rules for ClearLast {
        const CLEAR_FIRST: bool = false;
    }
    finds::<ClearLast>("no lost wake-up", pair(), Stimuli { sends: [2, 0, 0], ..Stimuli::NONE });
    finds::<ClearLast>("no deadlock", pair(), Stimuli { departs: [1, 0, 0], notices: 1, ..Stimuli::NONE });
}

#[test]
fn mail_forgotten_after_the_look() {
    struct ForgetLast;
    impl Rules for ForgetLast {
        const FORGET_FIRST: bool = false;
    }
    let urgent = World::new(2, &[(0, 1, Run::Running), (0, 1, Run::Ready), (1, 0, Run::Waiting)]);
    let stimuli = Stimuli { departs: [1, 1, 0], alarms: 1, ..Stimuli::NONE };
    finds::<ForgetLast>("no deadlock", urgent, stimuli);
}

#[test]
fn a_location_read_before_the_message_is_posted() {
    struct PostLast;
    impl Rules for PostLast {
        const POST_FIRST: bool = false;
    }
    finds::<PostLast>("no lost wake-up", three(), MESSAGES);
}

#[test]
fn a_location_changed_after_the_arrival_is_announced() {
    struct LocateLast;
    impl Rules for LocateLast {
        const LOCATE_FIRST: bool = false;
    }
    finds::<LocateLast>("no lost wake-up", three(), MESSAGES);
}

#[test]
fn nobody_looks_at_who_arrives() {
    struct NoLook;
    impl Rules for NoLook {
        const LOOK_ON_ARRIVAL: bool = false;
    }
    finds::<NoLook>("no lost wake-up", pair(), MESSAGES);
}

#[test]
fn a_bell_cleared_for_others_and_never_rung_again() {
    struct NoRepay;
    impl Rules for NoRepay {
        const REPAY: bool = false;
    }
    let packed = World::new(2, &[(0, 0, Run::Running), (0, 0, Run::Ready)]);
    finds::<NoRepay>("no lost wake-up", packed, Stimuli { sends: [1, 1, 0], ..Stimuli::NONE });
}

#[test]
fn a_request_that_overtakes_another() {
    struct Overtaking;
    impl Rules for Overtaking {
        const CLAIM_OWN: bool = false;
    }
    finds::<Overtaking>("requests keep their order", pair(), Stimuli { switches: 2, ..Stimuli::NONE });
}

#[test]
fn a_core_that_forgets_which_guests_have_ended() {
    struct Forgetful;
    impl Rules for Forgetful {
        const REMEMBER_ENDED: bool = false;
    }
    finds::<Forgetful>("ends are complete", pair(), Stimuli { departs: [0, 1, 0], ends: 1, ..Stimuli::NONE });
}

#[test]
fn a_source_left_unmasked_on_the_old_core() {
    let mut world = pair();
    world.cores[0].site.forgets_masks = true;
    let stimuli = Stimuli { departs: [1, 0, 0], devices: 1, ..Stimuli::NONE };
    finds::<Sound>("nothing doubled", world, stimuli);
}

#[test]
fn notices_that_fill_a_ring() {
    let mut world = pair();
    world.memory.room = (1, 0);
    let stimuli = Stimuli { departs: [1, 0, 0], notices: 1, ..Stimuli::NONE };
    finds::<Sound>("no mistake", world, stimuli);
}

#[test]
fn mail_that_is_raised_again_without_progress() {
    struct Stuck;
    impl Rules for Stuck {
        const BATCH: u8 = 0;
    }
    assert_eq!(longest::<Stuck>(pair(), Stimuli { notices: 1, ..Stimuli::NONE }), None);
}

#[test]
fn a_core_that_forgets_who_shall_stand() {
    struct Forgetful;
    impl Rules for Forgetful {
        const REMEMBER_STANDING: bool = false;
    }
    finds::<Forgetful>("wishes come true", pair(), Stimuli { departs: [0, 1, 0], pauses: 1, ..Stimuli::NONE });
}

#[test]
fn a_request_of_an_earlier_life_that_is_kept() {
    struct Keeping;
    impl Rules for Keeping {
        const DROP_OLD: bool = false;
    }
    let stimuli = Stimuli { stops: 1, starts: 1, resets: 1, ..Stimuli::NONE };
    let crossed = World::new(2, &[(0, 1, Run::Running), (0, 0, Run::Running)]);
    finds::<Keeping>("no mistake", crossed, stimuli);
}

#[test]
fn an_end_of_an_earlier_life_that_counts() {
    struct Alike;
    impl Rules for Alike {
        const TELL_LIVES_APART: bool = false;
    }
    finds::<Alike>("no mistake", pair(), Stimuli { ends: 1, resets: 1, ..Stimuli::NONE });
}
