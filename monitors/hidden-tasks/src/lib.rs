//! Monitor: what the kernel says of its tasks in four places agrees.
//!
//! The list of tasks (`init_task.tasks`, with the threads of each), the table of process numbers (`init_pid_ns.idr`), the run queues, and the
//! current task of every CPU. A rootkit that unlinks a task from one of them (direct kernel object manipulation) leaves it in the others.
#![no_std]

mod places;

use monitor_api::{AccessError, Alarm, Applies, Finding, Monitor, Object, Scan, Suspects, View};

use places::{Bag, Walk, every_numbered, every_queued, every_running, every_task, has};

/// In the table of process numbers, but not in the list of tasks.
pub const UNLISTED: &str = "task hidden from the task list";
/// In the list of tasks, but not in the table of process numbers.
pub const UNNUMBERED: &str = "task without its process number";
/// Runs or is about to, but is not in the list of tasks.
pub const RUNNING: &str = "a task runs that is not in the task list";

/// Suspicions at a time.
const SUSPECTS: usize = 32;

/// The monitor. A difference counts when two scans running show the same one, and who is missing in one place is still in the other one after
/// that: forks and exits go on meanwhile.
#[derive(Clone, Debug, Default)]
pub struct HiddenTasks {
    suspects: Suspects<SUSPECTS>,
}

impl Monitor for HiddenTasks {
    fn name(&self) -> &'static str {
        "hidden-tasks"
    }

    fn about(&self) -> &'static str {
        "task list, table of process numbers, run queues and current tasks agree"
    }

    fn init(&mut self, view: &View<'_>) -> Result<Applies, AccessError> {
        *self = Self::default();
        if view.symbol("init_task").is_err() {
            return Ok(Applies::No("the kernel is no Linux"));
        }
        view.known_list("init_task.tasks")?;
        view.global("init_pid_ns")?.field("idr.idr_rt")?;
        Ok(Applies::Yes)
    }

    fn step(&mut self, view: &View<'_>, alarm: &mut Alarm<'_>) -> Result<Scan, AccessError> {
        let (mut listed, mut numbered) = (Bag::new(every_task), Bag::new(every_numbered));
        every_task(view, &mut |task| listed.add(task))?;
        every_numbered(view, &mut |task| numbered.add(task))?;
        let mut found = Found { view, suspects: &mut self.suspects, alarm };
        if !listed.equals(&numbered) {
            // Only now it is worth to look for each of them.
            every_numbered(view, &mut |task| found.unless(UNLISTED, task, &listed, every_numbered))?;
            every_task(view, &mut |task| found.unless(UNNUMBERED, task, &numbered, every_task))?;
        }
        every_queued(view, &mut |task| found.unless(RUNNING, task, &listed, every_queued))?;
        every_running(view, &mut |task| found.unless(RUNNING, task, &listed, every_running))?;
        self.suspects.end_scan();
        Ok(Scan::Complete)
    }
}

struct Found<'f, 'v, 'a> {
    view: &'f View<'v>,
    suspects: &'f mut Suspects<SUSPECTS>,
    alarm: &'f mut Alarm<'a>,
}

impl Found<'_, '_, '_> {
    /// Raises the alarm for a task that is not in `bag`, when that was so in the last scan too, and `from` still has it.
    fn unless(&mut self, what: &'static str, task: Object<'_>, bag: &Bag, from: Walk) -> Result<(), AccessError> {
        let there = bag.has(self.view, task)?;
        // A task's memory is used again, its number not so soon; and the last bits tell the three suspicions apart.
        let key = task.get("pid")? << 34
            | task.address().get() << 2
            | [UNLISTED, UNNUMBERED].iter().position(|known| *known == what).map_or(2, |at| at as u64);
        if !there && self.suspects.again(key) && has(self.view, from, task)? {
            let pid = task.get("pid")?;
            self.alarm.raise(Finding::new(what, task.address()).subject(task.name("comm")?).values(pid, pid));
        }
        Ok(())
    }
}
