//! A guest with several CPUs.

use anyhow::{Context, Result, ensure};
use hidden_tasks::RUNNING;
use monitor_api::{AccessError, Budget, Guest, View, VirtAddr};

use super::attacks::{Writes, write};
use super::guests::{Prepared, texts};
use crate::emulator::Emulator;
use crate::registry::by_name;
use crate::runner::{Watch, watch_until};
use crate::target::Target;

/// Times that the guest is looked at for a task that waits for another CPU than the first.
const LOOKS: u32 = 200;

/// In a guest at work a task that is in the run queue of another CPU than the first is taken out of the list of tasks and loses its number:
/// only that run queue still shows it. The guest is lost.
///
/// # Errors
/// When `hidden-tasks` does not find it.
pub fn hidden_on_another_cpu(prepared: &Prepared, guest: &mut Emulator) -> Result<()> {
    let mut looks = (0..LOOKS).map(|_| -> Result<Option<(VirtAddr, Writes)>> {
        guest.pass()?;
        let attached = Guest::attach(guest.host(), prepared.profile()?)?;
        let budget = Budget::bytes(u64::MAX);
        Ok(queued(&attached.view(&budget))?)
    });
    let found = looks.find_map(Result::transpose).context("no task waits on another CPU than the first")?;
    let (task, writes) = found?;
    write(guest, &writes)?;
    let mut monitors = [by_name("hidden-tasks")?];
    let how = Watch { scans: 200, ..Watch::default() };
    let summary = watch_until(guest, prepared.profile()?, &mut monitors, how, &mut |_| (), &|summary| {
        !summary.raised.is_empty()
    })?;
    let found = summary.raised.iter().any(|raised| (raised.finding.what, raised.finding.at) == (RUNNING, task));
    ensure!(found, "the task at {task} was not found; raised: {}", texts(&summary.raised));
    Ok(())
}

/// A busy process in the run queue of a CPU from the second on, and what takes it out of the list and of the table of numbers.
fn queued(view: &View<'_>) -> Result<Option<(VirtAddr, Writes)>, AccessError> {
    for task in view.known_list("init_task.tasks")? {
        let task = task?;
        let cpu = view.object("thread_info", task.pointer("stack")?)?.get("cpu")?;
        if task.name("comm")?.as_str() != "work" || cpu == 0 || task.get("se.on_rq")? == 0 {
            continue;
        }
        let link = task.field("tasks")?;
        let (next, prev) = (link.pointer("next")?, link.pointer("prev")?);
        let back = view.object("list_head", next)?.field("prev")?.address();
        let number = task.follow("thread_pid")?.field("tasks")?.element(0)?.field("first")?.address();
        let writes = vec![(prev, next.get() as u32), (back, prev.get() as u32), (number, 0)];
        return Ok(Some((task.address(), writes)));
    }
    Ok(None)
}
