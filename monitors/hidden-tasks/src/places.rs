//! Where a Linux kernel knows tasks from (kernel/fork.c, kernel/pid.c, kernel/sched of Linux 6.1).

use monitor_api::{AccessError, Object, View};

/// What is done with each task.
type Visit<'f, 'v> = &'f mut dyn FnMut(Object<'v>) -> Result<(), AccessError>;

/// A walk over tasks.
pub(crate) type Walk = for<'v> fn(&View<'v>, Visit<'_, 'v>) -> Result<(), AccessError>;

/// Tasks that a set remembers one by one.
const REMEMBERED: usize = 128;

/// A set of tasks by their number and the sum of their scrambled addresses: enough to see that two sets differ. The first ones it
/// remembers, so that only what is missing costs another walk through the guest's memory.
#[derive(Clone, Debug)]
pub(crate) struct Bag {
    walk: Walk,
    count: usize,
    sum: u64,
    first: [u64; REMEMBERED],
}

impl Bag {
    /// An empty set; `walk` comes by everything that will be in it.
    pub(crate) fn new(walk: Walk) -> Self {
        Self { walk, count: 0, sum: 0, first: [0; REMEMBERED] }
    }

    pub(crate) fn equals(&self, other: &Self) -> bool {
        (self.count, self.sum) == (other.count, other.sum)
    }

    /// Was `task` in it, or is it now? The guest runs on, and may have made it since.
    pub(crate) fn has(&self, view: &View<'_>, task: Object<'_>) -> Result<bool, AccessError> {
        let address = task.address().get();
        let remembered = self.first.get(..self.count.min(REMEMBERED)).unwrap_or(&[]);
        if remembered.contains(&address) { Ok(true) } else { has(view, self.walk, task) }
    }

    pub(crate) fn add(&mut self, task: Object<'_>) -> Result<(), AccessError> {
        if let Some(place) = self.first.get_mut(self.count) {
            *place = task.address().get();
        }
        self.count += 1;
        // An odd number with its bits well mixed (2^64 divided by the golden ratio), then the upper half, so that no two small sets add up
        // alike by chance.
        let scrambled = task.address().get().wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.sum = self.sum.wrapping_add((scrambled ^ scrambled >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        Ok(())
    }
}

/// Does a walk come by `task` now?
pub(crate) fn has(view: &View<'_>, walk: Walk, task: Object<'_>) -> Result<bool, AccessError> {
    let mut there = false;
    walk(view, &mut |other| {
        there |= other.address() == task.address();
        Ok(())
    })?;
    Ok(there)
}

/// Every task but the idle ones: the threads of every process in the list.
pub(crate) fn every_task<'v>(view: &View<'v>, visit: Visit<'_, 'v>) -> Result<(), AccessError> {
    for process in view.known_list("init_task.tasks")? {
        let process = process?;
        let head = process.follow("signal")?.field("thread_head")?;
        for thread in view.list(head.address(), "task_struct", "thread_node")? {
            visit(thread?)?;
        }
    }
    Ok(())
}

/// Every task that has a process number.
pub(crate) fn every_numbered<'v>(view: &View<'v>, visit: Visit<'_, 'v>) -> Result<(), AccessError> {
    for pid in view.radix(view.global("init_pid_ns")?.field("idr.idr_rt")?)? {
        // Element 0 is PIDTYPE_PID, in the number's lists as in the task's links.
        let head = view.object("pid", pid?)?.field("tasks")?.element(0)?;
        for task in view.hash_list(head.address(), "task_struct", "pid_links")? {
            visit(task?)?;
        }
    }
    Ok(())
}

/// Every task in a run queue of the fair and of the real-time scheduler. Group scheduling is not built in, so each entity is a task.
pub(crate) fn every_queued<'v>(view: &View<'v>, visit: Visit<'_, 'v>) -> Result<(), AccessError> {
    let online = view.online_cpus()?;
    for cpu in (0..64).filter(|cpu| online >> cpu & 1 != 0) {
        let queue = view.per_cpu("runqueues", cpu)?;
        let root = queue.field("cfs.tasks_timeline.rb_root")?;
        for task in view.tree(root.address(), "task_struct", "se.run_node")? {
            visit(task?)?;
        }
        if queue.get("rt.rt_nr_running")? != 0 {
            let lists = queue.field("rt.active.queue")?;
            for priority in 0..lists.length()? {
                for task in view.list(lists.element(priority)?.address(), "task_struct", "rt.run_list")? {
                    visit(task?)?;
                }
            }
        }
    }
    Ok(())
}

/// The current task of each virtual CPU but for the idle ones, which have number 0 and are in no list.
pub(crate) fn every_running<'v>(view: &View<'v>, visit: Visit<'_, 'v>) -> Result<(), AccessError> {
    for vcpu in 0..view.vcpus() {
        if let Some(task) = running(view, vcpu)?
            && task.get("pid")? != 0
        {
            visit(task)?;
        }
    }
    Ok(())
}

/// The current task of a virtual CPU: Linux/SH has its `thread_info` in R7 of bank 1. `None` while another guest or none runs there.
fn running<'v>(view: &View<'v>, vcpu: usize) -> Result<Option<Object<'v>>, AccessError> {
    let Some(registers) = view.registers(vcpu) else { return Ok(None) };
    let info = monitor_api::VirtAddr::new(registers.bank1[7].into());
    let task = match view.object("thread_info", info)?.follow("task") {
        Ok(task) => task,
        // No thread_info there: the register belongs to somebody else.
        Err(AccessError::Unmapped { .. } | AccessError::OutOfRange { .. } | AccessError::Misaligned { .. }) => {
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    // Proof that it is one: the task's stack holds that thread_info.
    match task.pointer("stack") {
        Ok(stack) if stack == info => Ok(Some(task)),
        Ok(_) | Err(AccessError::Unmapped { .. } | AccessError::OutOfRange { .. } | AccessError::Misaligned { .. }) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
