//! One core's part of the protocol.

use super::Reply;
use super::direct::Director;
use super::local::Local;
use super::message::Request;
use super::op::{Kind, Op};
use super::rules::{Rules, Sound};
use super::set::Set;
use super::shared::{CoreId, Shared};
use crate::error::Refusal;
use crate::system::MAX_GUESTS;
use crate::vcpu::{MAX_VCPUS, State, VcpuId};

/// State of the protocol on one core.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Node {
    pub(super) me: CoreId,
    /// The other cores that run an instance.
    pub(super) others: Set,
    /// vCPUs that this core has, ended ones too.
    pub(super) here: Set,
    /// Of those, the ones with messages whose bell was perhaps cleared on behalf of somebody else. None of them waits or has
    /// the core: whoever gives it the core rings again.
    pub(super) owed: Set,
    /// Of those, the ones that have had the core, with the bell rung, and have not taken their messages since: their interrupts are
    /// off, and another turn now would not help whoever waits for them.
    pub(super) told: Set,
    /// Guests that have ended.
    pub(super) ended: Set,
    /// Guests that were ordered to stand.
    pub(super) standing: Set,
    /// How often each guest has begun anew.
    pub(super) lives: [u8; MAX_GUESTS],
    /// vCPUs here that shall begin anew as soon as a request of their earlier life, which is on its way here, has come.
    pub(super) renewing: Set,
    /// The order that these leave unanswered.
    pub(super) unanswered: Option<u32>,
    /// The last order that was carried out here.
    pub(super) done: u32,
    /// The core that gives the orders, and what it knows, if this is it.
    pub(super) director: CoreId,
    pub(super) direct: Director,
    /// For each vCPU a request that came before the vCPU, which is on its way here.
    pub(super) held: [Option<Request>; MAX_VCPUS],
    /// The core whose ring is looked at first.
    pub(super) turn: u8,
    /// The mail interrupt came, and no [`Op::mail`] has begun since.
    pub(super) mail: bool,
}

/// How far a step has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// There is more to do.
    More,
    /// The operation is complete.
    Done(Reply),
}

/// The end of an operation that has nothing to say.
pub(super) const DONE: Step = Step::Done(Ok(0));

/// The end of a refused operation.
pub(super) fn refused(why: Refusal) -> Step {
    Step::Done(Err(why))
}

/// The reply of an operation whose steps `step` takes; `None` after more than `bound`.
fn drive(bound: u32, mut step: impl FnMut() -> Step) -> Option<Reply> {
    (0..bound).find_map(|_| match step() {
        Step::Done(reply) => Some(reply),
        Step::More => None,
    })
}

impl Node {
    /// The part of core `me` among `cores` (all that run an instance), of which `director` gives orders; without vCPUs.
    pub const fn new(me: CoreId, cores: Set, director: CoreId) -> Self {
        let others = cores.without(Set::from_bits(1 << (me.0 & 7)));
        let (here, owed, told, ended) = (Set::EMPTY, Set::EMPTY, Set::EMPTY, Set::EMPTY);
        let (standing, renewing, lives) = (Set::EMPTY, Set::EMPTY, [0; MAX_GUESTS]);
        let (held, direct) = ([None; MAX_VCPUS], Director::NONE);
        let (unanswered, done, turn, mail) = (None, 0, 0, false);
        Self {
            me,
            others,
            here,
            owed,
            told,
            ended,
            standing,
            lives,
            renewing,
            unanswered,
            done,
            director,
            direct,
            held,
            turn,
            mail,
        }
    }

    /// This core has `vcpu` from the start; its location says so too.
    pub fn adopt(&mut self, vcpu: VcpuId) {
        self.here.add(vcpu.0);
    }

    /// vCPUs that this core has, ended ones too.
    pub fn here(&self) -> Set {
        self.here
    }

    /// vCPUs that may get the core only with an [`Op::switch`], because messages wait for them and the bell may be silent.
    /// Paths that were decided ahead must not lead to them; of a waiting vCPU that is never true.
    pub fn owed(&self) -> Set {
        self.owed
    }

    /// The mail interrupt came: clears it. An [`Op::mail`] is due from now on, also if one is in progress. One shared access.
    pub fn mail_came<R: Rules>(&mut self, shared: &mut impl Shared) {
        if R::CLEAR_FIRST {
            shared.clear_mail();
        }
        self.mail = true;
    }

    /// An [`Op::mail`] is due.
    pub fn has_mail(&self) -> bool {
        self.mail
    }

    /// How often `guest` has begun anew.
    pub fn life(&self, guest: u8) -> u8 {
        self.lives.get(usize::from(guest)).copied().unwrap_or(0)
    }

    pub(super) fn has(&self, vcpu: VcpuId) -> bool {
        self.here.has(vcpu.0)
    }

    pub(super) fn knows(&self, core: CoreId) -> bool {
        core == self.me || self.others.has(core.0)
    }

    pub(super) fn held(&mut self, vcpu: VcpuId) -> Option<&mut Option<Request>> {
        self.held.get_mut(vcpu.index())
    }

    /// Messages wait for `vcpu`, which is here and gets the core, or goes on with it, by [`Op::switch`].
    pub(super) fn owe(&mut self, vcpu: VcpuId, local: &mut impl Local) {
        match local.state(vcpu) {
            State::Ended | State::Parked => return,
            State::Waiting => local.wake(vcpu),
            State::Ready if !self.told.has(vcpu.0) => local.urge(vcpu),
            State::Stopped | State::Ready | State::Running | State::Away => {}
        }
        self.owed.add(vcpu.0);
    }

    /// Carries `op`, or what is left of it, through, in at most [`Op::bound`] steps.
    ///
    /// # Errors
    /// Why it was refused, see [`Op`].
    pub fn run(&mut self, op: Op, local: &mut impl Local, shared: &mut impl Shared) -> Reply {
        let bound = op.bound::<Sound>();
        // What guests call for: the same as calling `step` again and again, in loops of their own that the compiler keeps in registers.
        let reply = match op.0 {
            Kind::Send(mut send) => drive(bound, || self.send::<Sound>(&mut send, local, shared)),
            Kind::Bell(mut bell) => drive(bound, || self.bell::<Sound>(&mut bell, local, shared)),
            Kind::Errand(mut errand) => drive(bound, || self.errand::<Sound>(&mut errand, local, shared)),
            Kind::Mail(mut mail) => drive(bound, || self.mail::<Sound>(&mut mail, local, shared)),
            Kind::Depart(mut departure) => drive(bound, || self.depart::<Sound>(&mut departure, local, shared)),
            other => {
                let mut op = Op(other);
                drive(bound, || self.step::<Sound>(&mut op, local, shared))
            }
        };
        reply.unwrap_or_else(|| {
            local.mistake("an operation between cores took more steps than it can");
            Err(Refusal::Again)
        })
    }

    /// Does the next step of `op`, with at most one shared access. A core has one operation in progress at a time.
    pub fn step<R: Rules>(&mut self, op: &mut Op, local: &mut impl Local, shared: &mut impl Shared) -> Step {
        match &mut op.0 {
            Kind::Send(send) => self.send::<R>(send, local, shared),
            Kind::Bell(bell) => self.bell::<R>(bell, local, shared),
            Kind::Switch(vcpu) => self.switch::<R>(*vcpu, shared),
            Kind::Mail(mail) => self.mail::<R>(mail, local, shared),
            Kind::Depart(departure) => self.depart::<R>(departure, local, shared),
            Kind::Errand(errand) => self.errand::<R>(errand, local, shared),
            Kind::Stop(vcpu) => self.stop(*vcpu, local, shared),
            Kind::End(end) => self.end(end, local, shared),
            Kind::Notify(notify) => self.notify(notify, local, shared),
            Kind::Ask(ask) => self.ask(ask, local, shared),
            Kind::Direct(direct) => self.direct::<R>(direct, local, shared),
        }
    }
}
