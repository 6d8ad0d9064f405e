//! A monitor for the examples of the monitor API.

use monitor_api::{
    API_VERSION, AccessError, Alarm, Applies, Event, Finding, Monitor, Scan, Verdict, Version, View, VirtAddr,
};

/// Reports every task that waits for a disk: in [`Sample::linux`](crate::Sample::linux) `sh`.
#[derive(Clone, Copy, Debug)]
pub struct IoWait {
    /// The API that it says it was written for.
    pub needs: Version,
}

impl Default for IoWait {
    fn default() -> Self {
        Self { needs: API_VERSION }
    }
}

impl Monitor for IoWait {
    fn name(&self) -> &'static str {
        "io-wait"
    }

    fn about(&self) -> &'static str {
        "tasks that wait for a disk"
    }

    fn needs(&self) -> Version {
        self.needs
    }

    fn init(&mut self, view: &View<'_>) -> Result<Applies, AccessError> {
        let task = view.global("init_task")?;
        Ok(match task.field("in_iowait") {
            Ok(_) => Applies::Yes,
            Err(_) => Applies::No("the kernel does not count waits"),
        })
    }

    fn step(&mut self, view: &View<'_>, alarm: &mut Alarm<'_>) -> Result<Scan, AccessError> {
        for task in view.known_list("init_task.tasks")? {
            let task = task?;
            if task.get("in_iowait")? == 1 {
                alarm.raise(Finding::new("waits for a disk", task.address()).subject(task.name("comm")?));
            }
        }
        Ok(Scan::Complete)
    }

    fn event(&mut self, _: &View<'_>, event: Event, alarm: &mut Alarm<'_>) -> Result<(), AccessError> {
        if event == Event::Resumed {
            alarm.raise(Finding::new("waited while it was paused", VirtAddr::new(0)).verdict(Verdict::Report));
        }
        Ok(())
    }
}
