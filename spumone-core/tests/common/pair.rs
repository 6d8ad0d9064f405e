//! Two instances that share vCPUs, each on a fake machine.

use super::{Fake, LINUX_TIMER, MAIL, RT, RT_TIMER, World, configured_on, guests};
use spumone_core::format::Name;
use spumone_core::hypervisor::{FaultReport, Hypervisor, Outcome, Rest};
use spumone_core::sched::Next;
use spumone_core::system::{self, GuestFlags, Irq, Region};
use spumone_core::vcpu::{Resume, VcpuId};
use std::cell::RefCell;
use std::rc::Rc;

/// Linux's vCPUs.
pub(crate) const CPU0: VcpuId = VcpuId(1);
pub(crate) const CPU1: VcpuId = VcpuId(2);

pub(crate) struct Core {
    pub(crate) hypervisor: Hypervisor,
    pub(crate) fake: Fake,
    pub(crate) current: Option<VcpuId>,
}

impl Core {
    /// Leaves SPUMONE; a core without a guest does its work first.
    pub(crate) fn goes_to(&mut self, outcome: Outcome) -> Outcome {
        match outcome {
            Outcome::Leave(Next::Run(vcpu, _)) => self.current = Some(vcpu),
            Outcome::Leave(Next::Idle) => {
                self.current = None;
                return self.works();
            }
            Outcome::Return(_) | Outcome::Finished => {}
        }
        outcome
    }

    pub(crate) fn works(&mut self) -> Outcome {
        loop {
            match self.hypervisor.rest(&mut self.fake) {
                Rest::Work => {}
                Rest::Sleep | Rest::Log => return Outcome::Leave(Next::Idle),
                Rest::Leave(next) => return self.goes_to(Outcome::Leave(next)),
                Rest::Finished => return Outcome::Finished,
            }
        }
    }

    pub(crate) fn call(&mut self, number: u32, args: [u32; 3]) -> Outcome {
        let outcome = self.hypervisor.hypercall(&mut self.fake, self.current, number, args);
        self.goes_to(outcome)
    }

    pub(crate) fn idle(&mut self) -> Next {
        let next = self.hypervisor.idle(&mut self.fake, self.current);
        match self.goes_to(Outcome::Leave(next)) {
            Outcome::Leave(next) => next,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn interrupt(&mut self, intevt: u32) -> Outcome {
        let outcome = self.hypervisor.interrupt(&mut self.fake, self.current, intevt, FaultReport::default);
        self.goes_to(outcome)
    }
}

/// RT and Linux's vCPU 0 on core 0, Linux's vCPU 1 on core `second`; Linux has its timer, everything has begun.
pub(crate) fn two_cores(second: u8, flags: GuestFlags) -> (Rc<RefCell<World>>, [Core; 2]) {
    begun(second, flags, guests())
}

/// The same on cores 0 and 1, with a guest of this priority behind Linux in the table, which waits on core 1.
pub(crate) fn two_cores_beside(priority: u8) -> (Rc<RefCell<World>>, [Core; 2]) {
    let mut guests = guests();
    let (name, memory) = (Name::new("third").expect("a name"), Region { start: 0x0c80_0000, length: 0x40_0000 });
    let placement = [Some(1), None, None, None];
    guests.push(system::Guest {
        id: 2,
        name,
        memory,
        entry: 0x8c80_1000,
        priority,
        placement,
        console: None,
        ..guests[1]
    });
    begun(1, GuestFlags::empty(), guests)
}

fn begun(second: u8, flags: GuestFlags, mut guests: Vec<system::Guest>) -> (Rc<RefCell<World>>, [Core; 2]) {
    guests[1] = system::Guest {
        vcpus: 2,
        placement: [Some(0), Some(second), None, None],
        flags: guests[1].flags | flags,
        ..guests[1]
    };
    let irqs =
        [Irq { intevt: RT_TIMER as u16, guest: 0, level: 12 }, Irq { intevt: LINUX_TIMER as u16, guest: 1, level: 2 }];
    let world = Rc::new(RefCell::new(World::default()));
    let core =
        |core| Core { hypervisor: configured_on(core, 2, &guests, &irqs), fake: Fake::on(core, &world), current: None };
    let mut cores = [core(0), core(1)];
    let [zero, one] = &mut cores;
    zero.hypervisor.prepare_shared(&mut zero.fake);
    for core in [&mut *zero, &mut *one] {
        let first = core.hypervisor.start(&mut core.fake);
        core.goes_to(first);
    }
    assert_eq!(zero.current, Some(RT));
    if one.current.is_some() {
        one.idle();
    }
    assert_eq!(one.current, None);
    assert_eq!(zero.call(0, [0x8c00_2000, 0, 0]), Outcome::Return(0));
    assert_eq!(zero.idle(), Next::Run(CPU0, Resume::Frame));
    assert_eq!(zero.call(0, [0x8c40_2000, 0, 0]), Outcome::Return(0));
    assert_eq!(zero.call(8, [LINUX_TIMER, 2, 0]), Outcome::Return(0));
    assert_eq!(zero.call(4, [1, 0x8c40_3000, 77]), Outcome::Return(0));
    if second == 1 {
        assert_eq!(one.interrupt(MAIL), Outcome::Leave(Next::Run(CPU1, Resume::Frame)));
        assert_eq!(one.call(0, [0x8c40_2000, 0, 0]), Outcome::Return(0));
    }
    (world, cores)
}
