//! The rules on which the protocol's argument rests, each of which the model breaks to see that somebody notices.

/// Choices of the protocol, fixed at compile time.
pub trait Rules {
    /// Messages that one [`super::Op::mail`] carries out; with more it raises its own mail again, so that what is more urgent
    /// gets its turn.
    const BATCH: u8 = 4;
    /// An interrupt is cleared before what it announces is looked at.
    const CLEAR_FIRST: bool = true;
    /// That the mail came is forgotten before the rings are looked at, so that mail that comes meanwhile is not.
    const FORGET_FIRST: bool = true;
    /// A message is posted before the vCPU's location is read.
    const POST_FIRST: bool = true;
    /// A vCPU's location changes before its arrival is announced.
    const LOCATE_FIRST: bool = true;
    /// Who arrives is looked at for messages that came on the way.
    const LOOK_ON_ARRIVAL: bool = true;
    /// Who gets the core is told of messages whose bell somebody else has cleared.
    const REPAY: bool = true;
    /// A request about a vCPU of the own core is claimed like any other.
    const CLAIM_OWN: bool = true;
    /// A vCPU of a guest that has ended while it was on its way ends when it arrives.
    const REMEMBER_ENDED: bool = true;
    /// A vCPU of a guest that was ordered to stand while it was on its way stands when it arrives.
    const REMEMBER_STANDING: bool = true;
    /// What was asked about a vCPU in an earlier life of its guest is dropped.
    const DROP_OLD: bool = true;
    /// An end of an earlier life is no end of this one.
    const TELL_LIVES_APART: bool = true;
}

/// The rules as they are.
#[derive(Clone, Copy, Debug)]
pub struct Sound;

impl Rules for Sound {}
