//! The states, and how one leads to others.

use super::stimuli::{Action, Ask, Guest, Stimuli};
use crate::world::{Run, VCPUS, World};
use spumone_core::cluster::{CoreId, Ending, Notice, Op, Request, Rules, Set, Wish};
use spumone_core::irq::Code;
use spumone_core::vcpu::VcpuId;
use std::marker::PhantomData;

/// The vCPU that owns the device.
pub(super) const OWNER: usize = 0;
/// The vCPU that stops and starts.
pub(super) const STOPPER: usize = 1;

/// A beginning, and what may happen from there under these rules.
pub(super) struct Machine<R> {
    pub(super) world: World,
    pub(super) stimuli: Stimuli,
    pub(super) rules: PhantomData<fn() -> R>,
}

/// A moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct State {
    pub(super) world: World,
    pub(super) left: Stimuli,
    /// How many there are.
    pub(super) vcpus: usize,
    /// The device asserts its line, which is level-triggered.
    pub(super) line: bool,
    /// For each target, the senders whose message it has not taken since they last sent it.
    pub(super) waits: [u8; VCPUS],
    /// For each target and sender, how often it sent more than the target took; messages may merge.
    pub(super) more: [[u8; VCPUS]; VCPUS],
    /// vCPUs that called `idle` while an interrupt was pending, and have taken none since: interrupts were off. The next time
    /// they take one first, or they would go round in circles by themselves.
    pub(super) late: Set,
    /// Cores whose operation in progress is to start a vCPU; starts that were answered with success; starts.
    pub(super) starting: Set,
    pub(super) starts: (u8, u8),
    /// The source is to be unmasked: what the last request said that was granted.
    pub(super) wanted: bool,
    /// What was asked for last: guest 0 stands. How often it is to begin anew, and has been loaded.
    pub(super) hold: bool,
    pub(super) renewals: (u8, u8),
    /// Who asks for that: whose operation in progress it is.
    pub(super) resetting: Set,
    /// A promise that was broken at the last action.
    pub(super) fault: Option<&'static str>,
}

impl State {
    pub(super) fn guest(&self, vcpu: usize) -> u8 {
        self.world.cores[0].site.guests[vcpu]
    }

    /// vCPUs of guest 0, to which IPIs go.
    pub(super) fn mates(&self) -> impl Iterator<Item = u8> + '_ {
        (0..self.vcpus).filter(|&vcpu| self.guest(vcpu) == 0).map(|vcpu| vcpu as u8)
    }

    /// How often each has begun anew, counted round.
    fn lives(&self) -> [u8; VCPUS] {
        std::array::from_fn(|vcpu| {
            self.world.cores.iter().find_map(|core| core.site.vcpus[vcpu]).map_or(0, |vcpu| vcpu.life)
        })
    }

    /// Every vCPU of guest 0 stands or has ended, and says so.
    pub(super) fn stands(&self) -> bool {
        self.mates().all(|vcpu| {
            let run = self.at(vcpu.into()).map(|(_, run)| run);
            self.world.memory.standing.has(vcpu) && matches!(run, Some(Run::Stands | Run::Ended))
        })
    }

    /// The core that has it, and what it does there.
    pub(super) fn at(&self, vcpu: usize) -> Option<(usize, Run)> {
        (0..self.world.cores.len()).find_map(|core| Some((core, self.world.at(core, vcpu)?)))
    }

    pub(super) fn ready(&self, core: usize) -> impl Iterator<Item = usize> + '_ {
        (0..VCPUS).filter(move |&vcpu| self.world.at(core, vcpu) == Some(Run::Ready))
    }

    /// Whoever has the core is interrupted and could go on.
    pub(super) fn pause(&mut self, core: usize) {
        if let Some(vcpu) = self.world.current(core) {
            self.world.set(core, vcpu, Run::Ready);
        }
    }

    /// Work waits on this core because a more urgent guest has it.
    pub(super) fn holds_work_up(&self, core: usize) -> bool {
        let at = &self.world.cores[core];
        let urgent = self.world.current(core).is_some_and(|vcpu| self.guest(vcpu) == 1);
        urgent && (at.op.is_some() || at.node.has_mail())
    }

    /// The device's interrupt reaches this core.
    pub(super) fn interrupts(&self, core: usize) -> bool {
        self.line && self.world.cores[core].site.open.has(OWNER as u8)
    }

    /// An interrupt is pending that `vcpu` would take if it had them on.
    pub(super) fn rings(&self, core: usize, vcpu: usize) -> bool {
        let bell = self.world.memory.bell.has(core as u8) && self.guest(vcpu) == 0;
        bell || vcpu == OWNER && self.interrupts(core)
    }
}

impl<R: Rules> Machine<R> {
    pub(super) fn begin(&self) -> State {
        let (world, left) = (self.world.clone(), self.stimuli);
        let vcpus =
            (0..VCPUS).filter(|&vcpu| (0..world.cores.len()).any(|core| world.at(core, vcpu).is_some())).count();
        State {
            world,
            left,
            vcpus,
            line: false,
            waits: [0; VCPUS],
            more: [[0; VCPUS]; VCPUS],
            late: Set::EMPTY,
            starting: Set::EMPTY,
            starts: (0, 0),
            wanted: true,
            hold: false,
            renewals: (0, 0),
            resetting: Set::EMPTY,
            fault: None,
        }
    }

    /// What comes of `action`.
    pub(super) fn after(&self, state: &State, action: Action) -> State {
        let mut next = state.clone();
        match action {
            Action::Step(core) => self.step(&mut next, core),
            Action::Mail(core) => next.world.mail_came::<R>(core),
            Action::Bell(core) => {
                let taker = next.world.current(core).map(|vcpu| VcpuId(vcpu as u8));
                if let Some(vcpu) = taker {
                    next.late.remove(vcpu.0);
                }
                self.launch(&mut next, core, taker.map_or_else(Op::bell, Op::take));
            }
            Action::Dispatch(core, vcpu) => {
                next.world.set(core, vcpu.into(), Run::Running);
                self.launch(&mut next, core, Op::switch(VcpuId(vcpu)));
            }
            Action::Interrupt(core) => match next.world.at(core, OWNER) {
                Some(Run::Running) => {
                    next.line = false;
                    next.late.remove(OWNER as u8);
                }
                Some(Run::Waiting) => next.world.set(core, OWNER, Run::Ready),
                _ => next.fault = Some("a device's interrupt comes where its owner is not"),
            },
            Action::Assert => {
                next.left.devices -= 1;
                next.line = true;
            }
            Action::Alarm(core) => {
                next.left.alarms -= 1;
                next.pause(core);
                let urgent = (0..VCPUS).find(|&vcpu| next.guest(vcpu) == 1).expect("somebody wakes");
                next.world.set(core, urgent, Run::Running);
            }
            Action::Ask(core, ask) => {
                let left = &mut next.left;
                let (left, wish) = match ask {
                    Ask::Pause => (&mut left.pauses, Wish::Pause),
                    Ask::Resume => (&mut left.resumes, Wish::Resume),
                    Ask::Reset => (&mut left.resets, Wish::Restart),
                };
                *left -= 1;
                if ask == Ask::Reset {
                    next.resetting.add(core as u8);
                } else {
                    next.hold = ask == Ask::Pause;
                }
                self.launch(&mut next, core, Op::ask(0, wish));
            }
            Action::Load(core) => {
                next.renewals.1 += 1;
                if !next.stands() {
                    next.fault = Some("memory is loaded while somebody is not known to stand");
                }
                next.world.cores[core].node.loaded();
            }
            Action::Guest(core, guest) => self.act(&mut next, core, guest),
        }
        self.settle(&mut next, action);
        next
    }

    /// A core that has nothing in progress and nobody running gives itself to whom it can, if there is no choice; whoever is
    /// given it is given it by the protocol.
    fn settle(&self, next: &mut State, action: Action) {
        let core = match action {
            Action::Assert | Action::Alarm(_) => return,
            Action::Step(core) | Action::Mail(core) | Action::Bell(core) => core,
            Action::Dispatch(core, _) | Action::Interrupt(core) | Action::Guest(core, _) => core,
            Action::Ask(core, _) | Action::Load(core) => core,
        };
        if next.world.cores[core].op.is_some() {
            return;
        }
        let urgent = next.world.current(core).is_some_and(|vcpu| next.guest(vcpu) == 1);
        if next.world.cores[core].node.has_mail() && !urgent {
            // The current vCPU is interrupted; to begin is no access.
            next.pause(core);
            next.world.cores[core].op = Some(Op::mail());
            return;
        }
        let node = &next.world.cores[core].node;
        if node.attends() && node.to_load().is_none() && !urgent {
            next.pause(core);
            next.world.cores[core].op = Some(Op::direct());
            return;
        }
        let mut ready = next.ready(core);
        let (only, more) = (ready.next(), ready.next());
        drop(ready);
        match (next.world.current(core), only, more) {
            (Some(vcpu), ..) if next.world.cores[core].node.owed().has(vcpu as u8) => self.dispatch(next, core, vcpu),
            (None, Some(vcpu), None) => self.dispatch(next, core, vcpu),
            _ => {}
        }
    }

    fn dispatch(&self, next: &mut State, core: usize, vcpu: usize) {
        next.world.set(core, vcpu, Run::Running);
        let owed = next.world.cores[core].node.owed().has(vcpu as u8);
        next.world.cores[core].op = Some(Op::switch(VcpuId(vcpu as u8)));
        if !owed {
            // It has no shared access, so it needs no turn of its own.
            self.step(next, core);
        }
    }

    /// To begin is no access, so the first step is taken at once.
    fn launch(&self, next: &mut State, core: usize, op: Op) {
        next.world.cores[core].op = Some(op);
        self.step(next, core);
    }

    fn act(&self, next: &mut State, core: usize, guest: Guest) {
        let vcpu = next.world.current(core).expect("a guest acts while it has a core");
        let me = VcpuId(vcpu as u8);
        let left = &mut next.left;
        let op = match guest {
            Guest::Idle => {
                if next.rings(core, vcpu) {
                    next.late.add(me.0);
                }
                next.world.set(core, vcpu, Run::Waiting);
                return;
            }
            Guest::Slice => {
                left.slices -= 1;
                next.world.set(core, vcpu, Run::Ready);
                return;
            }
            Guest::Send => {
                left.sends[vcpu] -= 1;
                let mut targets = Set::EMPTY;
                for other in next.mates().filter(|&other| other != me.0).collect::<Vec<_>>() {
                    targets.add(other);
                    next.waits[usize::from(other)] |= 1 << vcpu;
                    next.more[usize::from(other)][vcpu] += 1;
                }
                Op::send(targets, 1 << vcpu)
            }
            Guest::Depart { to } => {
                left.departs[vcpu] -= 1;
                next.pause(core);
                Op::depart(me, CoreId(to))
            }
            Guest::Move { vcpu, to } => {
                left.moves -= 1;
                Op::request(Request::Move { vcpu: VcpuId(vcpu), to: CoreId(to) })
            }
            Guest::Stop => {
                left.stops -= 1;
                Op::stop(me)
            }
            Guest::Start => {
                left.starts -= 1;
                next.starting.add(core as u8);
                let life = next.world.cores[core].site.life.into();
                Op::request(Request::Start { vcpu: VcpuId(STOPPER as u8), entry: life, arg: 0 })
            }
            Guest::Switch { on } => {
                left.switches -= 1;
                let code = Code::new(0).expect("a code");
                Op::request(Request::Irq { vcpu: VcpuId(OWNER as u8), code, level: 1, on })
            }
            Guest::End => {
                left.ends -= 1;
                Op::end(0, Ending::Exited(next.world.cores[core].site.life.into()))
            }
            Guest::Restart => {
                left.restarts -= 1;
                next.resetting.add(core as u8);
                Op::restart(me, 0)
            }
            Guest::Notify { to } => {
                left.notices -= 1;
                Op::notify(CoreId(to), Notice::Bounds { guest: 0, low: 1, high: 1 })
            }
        };
        self.launch(next, core, op);
        if let (Guest::Switch { on }, Some(_)) = (guest, &next.world.cores[core].op) {
            // Its first step claimed the vCPU, so its turn is now.
            next.wanted = on;
        }
    }

    /// A step, and what the vCPU that waits for the reply makes of it.
    fn step(&self, next: &mut State, core: usize) {
        let stopped = next.at(STOPPER).is_some_and(|(_, run)| run == Run::Stopped);
        let lives = next.lives();
        let reply = next.world.step::<R>(core);
        if reply.is_some() && next.resetting.remove(core as u8) && reply == Some(Ok(0)) {
            next.renewals.0 += 1;
        }
        let renewed = (0..VCPUS).filter(|&vcpu| next.lives()[vcpu] != lives[vcpu]).collect::<Vec<_>>();
        for vcpu in renewed {
            // Nobody waits for an answer to what was sent in an earlier life.
            next.waits[vcpu] = 0;
            next.more[vcpu] = [0; VCPUS];
            next.late.remove(vcpu as u8);
            next.starts = (0, 0);
        }
        if reply.is_some() && next.starting.remove(core as u8) && reply == Some(Ok(0)) {
            next.starts.0 += 1;
        }
        if stopped && next.at(STOPPER).is_some_and(|(_, run)| run == Run::Ready) {
            next.starts.1 += 1;
        }
        if let (Some(Ok(bits)), Some(vcpu)) = (reply, next.world.current(core)) {
            next.waits[vcpu] &= !bits;
            for sender in Set::from_bits(bits) {
                match next.more[vcpu][usize::from(sender)].checked_sub(1) {
                    Some(more) => next.more[vcpu][usize::from(sender)] = more,
                    None => next.fault = Some("a message is taken more often than it was sent"),
                }
            }
        }
    }
}
