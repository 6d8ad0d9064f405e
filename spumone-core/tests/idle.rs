//! `idle` without asking: the assembly's side, played by the fake exactly as `vectors.S` and `hypercall.S` do it, against the
//! rule of fixed priorities.

mod common;

use common::{Fake, LINUX, RT, configured, configured_with, guests};
use proptest::prelude::*;
use spumone_core::format::Name;
use spumone_core::hypervisor::{FaultReport, Hypervisor, Outcome};
use spumone_core::irq::Action;
use spumone_core::sched::Next;
use spumone_core::system::Irq;
use spumone_core::vcpu::{Resume, VcpuId};

const SET_VBR: u32 = 0;
const CONSOLE_WRITE: u32 = 10;
const GUEST_EXIT: u32 = 12;
const INFO_SWITCHES: [u32; 3] = [spumone_abi::SPUMONE_INFO_SWITCHES, 0, 0];
const INFO: u32 = 14;
/// The sources of guests 0 (the most urgent), 1 and 2.
const SOURCES: [u32; 3] = [0x460, 0x400, 0x420];

#[test]
fn the_interrupted_guest_goes_on_without_asking() {
    let (mut hypervisor, mut fake) = (configured(&guests()), Fake::new());
    hypervisor.start(&mut fake);
    assert_eq!(fake.idle(RT), Some(LINUX), "a guest that has not begun has a frame as well");
    fake.preempt(Some(LINUX), RT);
    assert_eq!(fake.idle(RT), Some(LINUX));
    assert_eq!(fake.idle(LINUX), None, "nobody is left: the sleeping core is the portable code's");
    assert_eq!(hypervisor.idle(&mut fake, Some(LINUX)), Next::Idle);
    fake.preempt(None, RT);
    assert_eq!(fake.idle(RT), None, "the sleeping core has no frame to go on from");
    // The start, two idles in assembly, one preemption; nobody is no vCPU.
    assert_eq!(hypervisor.hypercall(&mut fake, Some(RT), INFO, INFO_SWITCHES), Outcome::Return(4));
}

#[test]
fn a_log_that_waits_is_sent_at_the_next_idle() {
    let (mut hypervisor, mut fake) = (configured(&guests()), Fake::new());
    hypervisor.start(&mut fake);
    assert_eq!(fake.idle(RT), Some(LINUX));
    fake.preempt(Some(LINUX), RT);
    fake.room = 0;
    fake.memory.extend((0x8c00_0000..).zip(*b"slow\n"));
    hypervisor.hypercall(&mut fake, Some(RT), CONSOLE_WRITE, [0x8c00_0000, 5, 0]);
    assert_eq!(fake.idle(RT), None);
    fake.room = usize::MAX;
    assert_eq!(hypervisor.idle(&mut fake, Some(RT)), Next::Run(LINUX, Resume::Frame));
    assert!(fake.text(3).ends_with("[rt] slow\r\n"));
    fake.preempt(Some(LINUX), RT);
    assert_eq!(fake.idle(RT), Some(LINUX));
}

#[derive(Clone, Debug)]
enum Step {
    /// The current vCPU calls `idle`.
    Idle,
    /// This guest's source asks.
    Interrupt(usize),
    /// An interrupt that nobody owns.
    Spurious,
    /// The current vCPU makes a call that changes nothing.
    Call,
    /// The current vCPU writes a line while the log's port takes this much.
    Write(usize),
    /// The current guest ends.
    Exit,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => Just(Step::Idle),
        12 => (0..SOURCES.len()).prop_map(Step::Interrupt),
        1 => Just(Step::Spurious),
        2 => Just(Step::Call),
        1 => (0..20usize).prop_map(Step::Write),
        1 => Just(Step::Exit),
    ]
}

/// What a vCPU without the core has saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Saved {
    Frame,
    Call,
    Dead,
}

/// The machine: who has the core, what is saved, which sources ask.
struct Run {
    hypervisor: Hypervisor,
    fake: Fake,
    current: Option<VcpuId>,
    saved: [Saved; 3],
    pending: [bool; 3],
    over: bool,
}

impl Run {
    /// `fast`: does `idle` look at what was decided ahead?
    fn new() -> Self {
        let mut three = guests();
        let mut last = three[1];
        (last.id, last.priority, last.name) = (2, 5, Name::new("last").expect("a name"));
        (last.memory.start, last.entry) = (0x0c80_0000, 0x8c80_1000);
        three.push(last);
        let irqs = [(0u8, 12), (1, 3), (2, 2)].map(|(guest, level)| Irq {
            intevt: SOURCES[usize::from(guest)] as u16,
            guest,
            level,
        });
        let mut run = Self {
            hypervisor: configured_with(&three, &irqs),
            fake: Fake::new(),
            current: None,
            saved: [Saved::Frame; 3],
            pending: [false; 3],
            over: false,
        };
        let first = run.hypervisor.start(&mut run.fake);
        run.leave(first);
        run.vectors();
        run
    }

    /// A guest that has the core for the first time tells its vectors.
    fn vectors(&mut self) {
        if let Some(current) = self.current
            && !self.fake.vectors.iter().any(|(vcpu, ..)| *vcpu == current.0)
        {
            let base = 0x8c00_2000 + 0x40_0000 * u32::from(current.0);
            assert_eq!(
                self.hypervisor.hypercall(&mut self.fake, Some(current), SET_VBR, [base, 0, 0]),
                Outcome::Return(0)
            );
        }
    }

    fn leave(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Return(_) => {}
            Outcome::Leave(Next::Idle) => self.current = None,
            Outcome::Leave(Next::Run(vcpu, resume)) => {
                let saved = if resume == Resume::Frame { Saved::Frame } else { Saved::Call };
                assert_eq!(self.saved[vcpu.index()], saved, "resumed in another form than saved");
                self.current = Some(vcpu);
            }
            Outcome::Finished => self.over = true,
        }
    }

    fn save(&mut self, saved: Saved) {
        if let Some(current) = self.current {
            self.saved[current.index()] = saved;
        }
    }

    fn take(&mut self, step: &Step, fast: bool) {
        match *step {
            Step::Interrupt(guest) => self.pending[guest] = self.saved[guest] != Saved::Dead,
            Step::Spurious => {
                self.save(Saved::Frame);
                let out = self.hypervisor.interrupt(&mut self.fake, self.current, 0x500, FaultReport::default);
                self.leave(out);
            }
            _ => {}
        }
        let Some(current) = self.current else { return };
        match *step {
            Step::Idle => {
                self.save(Saved::Call);
                if let Some(next) = self.fake.idle(current).filter(|_| fast) {
                    assert_eq!(self.saved[next.index()], Saved::Frame, "went on from what is no frame");
                    self.current = Some(next);
                } else {
                    let next = self.hypervisor.idle(&mut self.fake, Some(current));
                    self.leave(Outcome::Leave(next));
                }
            }
            Step::Call | Step::Write(_) => {
                let (number, args) = match *step {
                    Step::Write(room) => {
                        self.fake.room = room;
                        (CONSOLE_WRITE, [0x8c00_0000, 12, 0])
                    }
                    _ => (INFO, INFO_SWITCHES),
                };
                let out = self.hypervisor.hypercall(&mut self.fake, Some(current), number, args);
                self.leave(out);
                self.fake.room = usize::MAX;
            }
            Step::Exit => {
                self.saved[current.index()] = Saved::Dead;
                self.pending[current.index()] = false;
                let out = self.hypervisor.hypercall(&mut self.fake, Some(current), GUEST_EXIT, [0; 3]);
                self.leave(out);
            }
            Step::Interrupt(_) | Step::Spurious => {}
        }
    }

    /// The core takes what asks, the highest level first, as the interrupt path does.
    fn settle(&mut self) {
        self.vectors();
        let mut held_back = [false; 3];
        while let Some(guest) = (0..3).find(|&guest| self.pending[guest] && !held_back[guest]) {
            match self.fake.action(self.current, SOURCES[guest]) {
                Action::Forward => self.pending[guest] = false,
                Action::Preempt(owner) => {
                    assert_eq!(self.saved[owner.index()], Saved::Call, "returned from a call that is none");
                    self.save(Saved::Frame);
                    self.fake.preempt(self.current, owner);
                    self.current = Some(owner);
                }
                Action::Defer => held_back[guest] = true,
                Action::Ask => {
                    self.save(Saved::Frame);
                    let report = FaultReport::default();
                    let out = self.hypervisor.interrupt(&mut self.fake, self.current, SOURCES[guest], || report);
                    self.leave(out);
                    self.vectors();
                }
            }
        }
    }
}

/// The rule: the most urgent vCPU that does not wait, or waits and has been asked for, has the core.
#[derive(Default)]
struct Rule {
    waits: [bool; 3],
    pending: [bool; 3],
    dead: [bool; 3],
}

impl Rule {
    fn take(&mut self, step: &Step) -> Option<VcpuId> {
        let current = self.current();
        match (step, current) {
            (Step::Interrupt(guest), _) => self.pending[*guest] = !self.dead[*guest],
            (Step::Idle, Some(current)) => self.waits[current] = true,
            (Step::Exit, Some(current)) => (self.dead[current], self.pending[current]) = (true, false),
            _ => {}
        }
        let current = self.current()?;
        (self.waits[current], self.pending[current]) = (false, false);
        Some(VcpuId(current as u8))
    }

    fn current(&self) -> Option<usize> {
        (0..3).find(|&guest| !self.dead[guest] && (!self.waits[guest] || self.pending[guest]))
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Never two owners, no vCPU lost, no wake-up lost; with the short way and without it.
    #[test]
    fn the_short_way_follows_the_rule(steps in prop::collection::vec((step(), any::<bool>()), 1..80)) {
        let (mut run, mut rule) = (Run::new(), Rule::default());
        for (at, (step, fast)) in steps.iter().enumerate() {
            run.take(step, *fast);
            let expected = rule.take(step);
            if run.over {
                break;
            }
            run.settle();
            prop_assert_eq!(run.current, expected, "step {}: {:?}", at, step);
        }
    }
}
