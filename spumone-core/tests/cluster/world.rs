//! Cores as the protocol sees them, small enough to be a state of the model.

use heapless::Vec;
use spumone_core::cluster::{CoreId, Ending, Local, Message, Node, Notice, Op, Reply, Set, Shared};
use spumone_core::irq::Code;
use spumone_core::vcpu::{State, VcpuId};

/// The most cores of a world.
pub(crate) const CORES: usize = 3;
/// The most vCPUs of a world.
pub(crate) const VCPUS: usize = 3;

/// Room for what must fit about that many, and a notice.
const RING: usize = 3 * VCPUS + 1;

/// What a vCPU does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Run {
    Stopped,
    Ready,
    Running,
    Waiting,
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
}

/// What cores share.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Memory {
    pub(crate) location: [CoreId; VCPUS],
    pub(crate) pending: [u8; VCPUS],
    pub(crate) claimed: Set,
    pub(crate) stopped: Set,
    /// `[from][to]`
    pub(crate) rings: [[Vec<Message, RING>; CORES]; CORES],
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
    /// vCPUs whose source is unmasked on this core.
    pub(crate) open: Set,
    pub(crate) ended: Set,
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
}

/// All cores and what they share.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct World {
    pub(crate) memory: Memory,
    pub(crate) cores: Vec<Core, CORES>,
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
            open: Set::EMPTY,
            ended: Set::EMPTY,
            notices: 0,
            mistakes: 0,
            forgets_masks: false,
        };
        let core = |n| Core { node: Node::new(CoreId(n), all), site: site.clone() };
        let ends = guests[..vcpus.len()].iter().max().map_or(0, |&last| usize::from(last) + 1);
        let reserved = 2 * vcpus.len() + ends;
        let memory = Memory {
            location: [CoreId(0); VCPUS],
            pending: [0; VCPUS],
            claimed: Set::EMPTY,
            stopped: Set::EMPTY,
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
            at.site.vcpus[n] = Some(Vcpu { run, open: false, told: None });
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

    /// Carries an operation through as the hypervisor does.
    pub(crate) fn run(&mut self, core: usize, op: Op) -> Reply {
        let Core { node, site, .. } = &mut self.cores[core];
        let mut view = View { me: core, memory: &mut self.memory };
        let mut here = Here { site, blocks: view.memory.blocks };
        let reply = node.run(op, &mut here, &mut view);
        view.memory.blocks = here.blocks;
        reply
    }

    /// What `vcpu` does on `core`, if it is there.
    pub(crate) fn at(&self, core: usize, vcpu: usize) -> Option<Run> {
        self.cores[core].site.vcpus[vcpu].map(|vcpu| vcpu.run)
    }
}

impl Site {
    fn vcpu(&mut self, vcpu: VcpuId) -> &mut Vcpu {
        self.vcpus[vcpu.index()].as_mut().expect("the vCPU is here")
    }
}

/// What a step sees of its own core.
struct Here<'a> {
    site: &'a mut Site,
    blocks: [Option<Vcpu>; VCPUS],
}

impl Local for Here<'_> {
    fn state(&self, vcpu: VcpuId) -> State {
        match self.site.vcpus[vcpu.index()].expect("the vCPU is here").run {
            Run::Stopped => State::Stopped,
            Run::Ready => State::Ready,
            Run::Running => State::Running,
            Run::Waiting => State::Waiting,
            Run::Ended => State::Ended,
        }
    }

    fn guest(&self, vcpu: VcpuId) -> u8 {
        self.site.guests[vcpu.index()]
    }

    fn wake(&mut self, vcpu: VcpuId) {
        self.site.vcpu(vcpu).run = Run::Ready;
    }

    fn start(&mut self, vcpu: VcpuId, _: u32, _: u32) {
        // A guest that has begun unmasks its source, which the model makes part of the start.
        self.irq(vcpu, Code::new(0).expect("a code"), 0, vcpu.0 == 0);
        self.site.vcpu(vcpu).run = Run::Ready;
    }

    fn stop(&mut self, vcpu: VcpuId) {
        self.site.open.remove(vcpu.0);
        self.site.vcpu(vcpu).run = Run::Stopped;
    }

    fn depart(&mut self, vcpu: VcpuId) {
        let mut saved = *self.site.vcpu(vcpu);
        if saved.run == Run::Running {
            saved.run = Run::Ready;
        }
        saved.open = self.site.open.has(vcpu.0);
        if !self.site.forgets_masks {
            self.site.open.remove(vcpu.0);
        }
        if self.blocks[vcpu.index()].replace(saved).is_some() {
            self.mistake("it moves already");
        }
        self.site.vcpus[vcpu.index()] = None;
    }

    fn arrive(&mut self, vcpu: VcpuId) {
        match self.blocks[vcpu.index()].take() {
            Some(saved) => {
                self.site.vcpus[vcpu.index()] = Some(Vcpu { open: false, ..saved });
                self.irq(vcpu, Code::new(0).expect("a code"), 0, saved.open);
            }
            None => self.mistake("it does not move"),
        }
    }

    fn end(&mut self, vcpu: VcpuId) {
        self.site.open.remove(vcpu.0);
        self.site.vcpu(vcpu).run = Run::Ended;
    }

    fn ended(&mut self, guest: u8, _: Ending) {
        if self.site.ended.has(guest) {
            self.mistake("it has ended already");
        }
        self.site.ended.add(guest);
    }

    fn irq(&mut self, vcpu: VcpuId, _: Code, _: u8, on: bool) {
        if on {
            self.site.open.add(vcpu.0);
        } else {
            self.site.open.remove(vcpu.0);
        }
    }

    fn set_home(&mut self, vcpu: VcpuId, core: CoreId) -> bool {
        self.site.vcpu(vcpu).told = Some(core);
        true
    }

    fn set_syscall_core(&mut self, vcpu: VcpuId, core: Option<CoreId>) {
        self.site.vcpu(vcpu).told = core;
    }

    fn notice(&mut self, _: CoreId, _: Notice) {
        self.site.notices += 1;
    }

    fn mistake(&mut self, _: &'static str) {
        self.site.mistakes += 1;
    }
}

/// What a step sees of the shared memory.
struct View<'a> {
    me: usize,
    memory: &'a mut Memory,
}

impl View<'_> {
    fn access(&mut self) -> &mut Memory {
        self.memory
    }
}

impl Shared for View<'_> {
    fn location(&mut self, vcpu: VcpuId) -> CoreId {
        self.access().location[vcpu.index()]
    }

    fn set_location(&mut self, vcpu: VcpuId, core: CoreId) {
        self.access().location[vcpu.index()] = core;
        self.memory.hops[vcpu.index()].1 += u8::from(self.memory.claimed.has(vcpu.0));
    }

    fn post(&mut self, vcpu: VcpuId, bits: u8) {
        self.access().pending[vcpu.index()] |= bits;
    }

    fn pending(&mut self, vcpu: VcpuId) -> u8 {
        self.access().pending[vcpu.index()]
    }

    fn take(&mut self, vcpu: VcpuId) -> u8 {
        std::mem::take(&mut self.access().pending[vcpu.index()])
    }

    fn claim(&mut self, vcpu: VcpuId) -> bool {
        let free = !self.access().claimed.has(vcpu.0);
        self.memory.claimed.add(vcpu.0);
        free
    }

    fn release(&mut self, vcpu: VcpuId) {
        self.access().claimed.remove(vcpu.0);
        self.memory.hops[vcpu.index()] = (0, 0);
    }

    fn stopped(&mut self, vcpu: VcpuId) -> bool {
        self.access().stopped.has(vcpu.0)
    }

    fn set_stopped(&mut self, vcpu: VcpuId, stopped: bool) {
        let all = &mut self.access().stopped;
        if stopped {
            all.add(vcpu.0);
        } else {
            all.remove(vcpu.0);
        }
    }

    fn push(&mut self, to: CoreId, message: Message) -> bool {
        let me = self.me;
        let memory = self.access();
        let (entries, reserved) = memory.room;
        let limit = if message.must_fit() { entries } else { entries - reserved };
        let ring = &mut memory.rings[me][usize::from(to.0)];
        if ring.len() >= limit {
            return false;
        }
        ring.push(message).expect("the limit is below the capacity");
        if let Message::Request(request) = message {
            memory.hops[request.vcpu().index()].0 += 1;
        }
        true
    }

    fn pop(&mut self, from: CoreId) -> Option<Message> {
        let me = self.me;
        let ring = &mut self.access().rings[usize::from(from.0)][me];
        (!ring.is_empty()).then(|| ring.remove(0))
    }

    fn mail(&mut self, core: CoreId) {
        self.access().mail.add(core.0);
    }

    fn clear_mail(&mut self) {
        let me = self.me as u8;
        self.access().mail.remove(me);
    }

    fn ring(&mut self, core: CoreId) {
        self.access().bell.add(core.0);
    }

    fn clear_bell(&mut self) {
        let me = self.me as u8;
        self.access().bell.remove(me);
    }
}
