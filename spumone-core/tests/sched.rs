//! Who comes before what SPUMONE does about vCPUs that move.

use spumone_core::sched::{Next, Scheduler};
use spumone_core::vcpu::{Resume, State, VcpuId};

const RT: VcpuId = VcpuId(0);
const LINUX: VcpuId = VcpuId(1);
const BACKGROUND: VcpuId = VcpuId(2);

fn three() -> Scheduler {
    let mut sched = Scheduler::new();
    for (vcpu, priority) in [(RT, 20), (LINUX, 10), (BACKGROUND, 5)] {
        sched.add(vcpu, priority, State::Stopped);
        assert!(sched.start(vcpu));
    }
    sched
}

#[test]
fn only_guests_above_the_one_that_moves_are_urgent() {
    let mut sched = three();
    sched.set_common(10);
    assert!(sched.is_urgent(RT) && !sched.is_urgent(LINUX) && !sched.is_urgent(BACKGROUND));
    assert_eq!(sched.choose(true), Next::Run(RT, Resume::Frame));
    sched.idle();
    assert_eq!(sched.choose(true), Next::Idle);
    assert_eq!(sched.choose(false), Next::Run(LINUX, Resume::Frame));
}

#[test]
fn where_nobody_moves_whoever_is_above_another_is_urgent() {
    let sched = three();
    assert!(sched.is_urgent(RT) && sched.is_urgent(LINUX) && !sched.is_urgent(BACKGROUND));
}
