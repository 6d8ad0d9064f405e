//! Cores as the protocol sees them, small enough to be a state of the model.

mod local;
mod shared;

use local::Here;
use shared::View;
use spumone_core::cluster::{CoreId, Message, Node, Op, Reply, Rules, Set, Sound, Step};
use spumone_core::vcpu::VcpuId;

/// The most cores of a world.
pub(crate) const CORES: usize = 3;
/// The most vCPUs of a world.
pub(crate) const VCPUS: usize = 3;

/// What a vCPU does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Run {
    Stopped,
    Ready,
    Running,
    Waiting,
    /// Its guest was ordered to stand.
    Stands,
    Ended,
}

/// What a core knows of a vCPU that it has; while it moves, its control block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Vcpu {
    pub(crate) run: Run,
    /// Its source shall be unmasked where it arrives; only while it moves.
    pub(crate) open: bool,
    /// Where the kernel part of its system calls runs, or its home: what the last such request said.
    pub(crate) told: Option<CoreId>,
    /// What it did before it stood.
    pub(crate) stood: Run,
    /// How often it has begun anew, counted round.
    pub(crate) life: u8,
}

/// What cores share.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Memory {
    pub(crate) location: [CoreId; VCPUS],
    pub(crate) pending: [u8; VCPUS],
    pub(crate) claimed: Set,
    pub(crate) stopped: Set,
    pub(crate) standing: Set,
    pub(crate) done: [u32; CORES],
    pub(crate) wishes: u32,
    /// `[from][to]`
    pub(crate) rings: [[Vec<Message>; CORES]; CORES],
    pub(crate) mail: Set,
    pub(crate) bell: Set,
    /// Control blocks of vCPUs on their way.
    pub(crate) blocks: [Option<Vcpu>; VCPUS],
    /// Entries of a ring, and how many of them notices leave free.
    pub(crate) room: (usize, usize),
    /// How often the request under way about a vCPU went from core to core, and the vCPU meanwhile.
    pub(crate) hops: [(u8, u8); VCPUS],
}

/// A core without its protocol.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Site {
    pub(crate) vcpus: [Option<Vcpu>; VCPUS],
    pub(crate) guests: [u8; VCPUS],
    /// How many vCPUs there are.
    pub(crate) there: u8,
    /// vCPUs whose source is unmasked on this core.
    pub(crate) open: Set,
    pub(crate) ended: Set,
    /// How often guest 0 has begun anew as far as this core knows.
    pub(crate) life: u8,
    pub(crate) notices: u8,
    pub(crate) mistakes: u8,
    /// Only with a broken `depart`: leaves the source unmasked where it was.
    pub(crate) forgets_masks: bool,
}

/// A core.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Core {
    pub(crate) node: Node,
    pub(crate) site: Site,
    pub(crate) op: Option<Op>,
    /// Steps that the operation in progress has taken.
    pub(crate) steps: u8,
}

/// All cores and what they share.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct World {
    pub(crate) memory: Memory,
    pub(crate) cores: Vec<Core>,
}

/// A vCPU at the beginning: its guest, its core, what it does.
pub(crate) type Begin = (u8, u8, Run);

impl World {
    /// Cores with vCPUs, of which vCPU 0 has its source unmasked.
    pub(crate) fn new(cores: usize, vcpus: &[Begin]) -> Self {
        let all = Set::from_bits((1 << cores) - 1);
        let guests = std::array::from_fn(|n| vcpus.get(n).map_or(0, |begin| begin.0));
        let site = Site {
            vcpus: [None; VCPUS],
            guests,
            there: vcpus.len() as u8,
            open: Set::EMPTY,
            ended: Set::EMPTY,
            life: 0,
            notices: 0,
            mistakes: 0,
            forgets_masks: false,
        };
        let core = |n| Core { node: Node::new(CoreId(n), all, CoreId(0)), site: site.clone(), op: None, steps: 0 };
        let ends = guests[..vcpus.len()].iter().max().map_or(0, |&last| usize::from(last) + 1);
        let reserved = 2 * vcpus.len() + ends + 2;
        let memory = Memory {
            location: [CoreId(0); VCPUS],
            pending: [0; VCPUS],
            claimed: Set::EMPTY,
            stopped: Set::EMPTY,
            standing: Set::EMPTY,
            done: [0; CORES],
            wishes: 0,
            rings: Default::default(),
            mail: Set::EMPTY,
            bell: Set::EMPTY,
            blocks: [None; VCPUS],
            room: (reserved + 1, reserved),
            hops: [(0, 0); VCPUS],
        };
        let mut world = Self { memory, cores: (0..cores as u8).map(core).collect() };
        for (n, &(_, core, run)) in vcpus.iter().enumerate() {
            let at = &mut world.cores[usize::from(core)];
            at.node.adopt(VcpuId(n as u8));
            at.site.vcpus[n] = Some(Vcpu { run, open: false, told: None, stood: run, life: 0 });
            if n == 0 {
                at.site.open.add(0);
            }
            world.memory.location[n] = CoreId(core);
            if run == Run::Stopped {
                world.memory.stopped.add(n as u8);
            }
        }
        world
    }

    /// The next step of the operation that `core` has in progress, and its reply if it was the last.
    pub(crate) fn step<R: Rules>(&mut self, core: usize) -> Option<Reply> {
        let Core { node, site, op, steps } = &mut self.cores[core];
        let mut view = View { me: core, memory: &mut self.memory, accesses: 0 };
        let mut here = Here { site, blocks: view.memory.blocks };
        let op_in_progress = op.as_mut().expect("an operation in progress");
        let bound = op_in_progress.bound::<R>();
        let step = node.step::<R>(op_in_progress, &mut here, &mut view);
        assert!(view.accesses <= 1, "a step is one shared access");
        view.memory.blocks = here.blocks;
        *steps += 1;
        assert!(u32::from(*steps) <= bound, "an operation takes no more steps than it may");
        match step {
            Step::More => None,
            Step::Done(reply) => {
                (*op, *steps) = (None, 0);
                Some(reply)
            }
        }
    }

    /// Carries an operation through as the hypervisor does.
    pub(crate) fn run(&mut self, core: usize, op: Op) -> Reply {
        let Core { node, site, .. } = &mut self.cores[core];
        let mut view = View { me: core, memory: &mut self.memory, accesses: 0 };
        let mut here = Here { site, blocks: view.memory.blocks };
        let reply = node.run(op, &mut here, &mut view);
        view.memory.blocks = here.blocks;
        reply
    }

    /// The mail interrupt comes.
    pub(crate) fn mail_came<R: Rules>(&mut self, core: usize) {
        let mut view = View { me: core, memory: &mut self.memory, accesses: 0 };
        self.cores[core].node.mail_came::<R>(&mut view);
        assert!(view.accesses <= 1, "a step is one shared access");
    }

    /// The mail interrupt comes, and what it is about is done.
    pub(crate) fn mail(&mut self, core: usize) -> Reply {
        self.mail_came::<Sound>(core);
        self.run(core, Op::mail())
    }

    /// What `vcpu` does on `core`, if it is there.
    pub(crate) fn at(&self, core: usize, vcpu: usize) -> Option<Run> {
        self.cores[core].site.vcpus[vcpu].map(|vcpu| vcpu.run)
    }

    /// The vCPU that has `core`.
    pub(crate) fn current(&self, core: usize) -> Option<usize> {
        (0..VCPUS).find(|&vcpu| self.at(core, vcpu) == Some(Run::Running))
    }

    /// Changes what `vcpu`, which is there, does.
    pub(crate) fn set(&mut self, core: usize, vcpu: usize, run: Run) {
        self.cores[core].site.vcpu(VcpuId(vcpu as u8)).run = run;
    }
}

impl Site {
    fn vcpu(&mut self, vcpu: VcpuId) -> &mut Vcpu {
        self.vcpus[vcpu.index()].as_mut().expect("the vCPU is here")
    }
}
