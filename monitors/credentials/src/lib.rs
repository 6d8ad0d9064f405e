//! Monitor: credentials are neither shared nor raised silently.
//!
//! Rules of Linux's `kernel/cred.c`: credentials in use never change (a change is a new `struct cred`), processes do not share them (a fork copies,
//! only threads share), and without CAP_SETUID nobody becomes root but by an exec.
#![no_std]

use monitor_api::{AccessError, Alarm, Applies, Finding, Monitor, Name, Object, Scan, Suspects, View, VirtAddr};

/// Two processes use one `struct cred`: the classic theft.
pub const SHARED: &str = "two processes share credentials";
/// A `struct cred` in use was written to.
pub const WRITTEN: &str = "credentials changed in place";
/// A process without the right to do so became root.
pub const RAISED: &str = "credentials raised without an exec";

/// Processes that are remembered.
const PROCESSES: usize = 256;
/// CAP_SETUID (include/uapi/linux/capability.h).
const CAP_SETUID: u64 = 1 << 7;

/// What is remembered of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Known {
    task: VirtAddr,
    /// Tells a new process at an old address from the old one.
    start: u64,
    execs: u64,
    cred: VirtAddr,
    rights: Rights,
}

/// What a `struct cred` allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rights {
    /// uid, euid, suid, fsuid.
    ids: [u32; 4],
    permitted: u64,
    effective: u64,
}

/// The monitor.
#[derive(Clone, Debug)]
pub struct Credentials {
    known: [Option<Known>; PROCESSES],
    suspects: Suspects<16>,
}

impl Default for Credentials {
    fn default() -> Self {
        Self { known: [None; PROCESSES], suspects: Suspects::new() }
    }
}

impl Monitor for Credentials {
    fn name(&self) -> &'static str {
        "credentials"
    }

    fn about(&self) -> &'static str {
        "credentials are neither shared nor raised silently"
    }

    fn init(&mut self, view: &View<'_>) -> Result<Applies, AccessError> {
        *self = Self::default();
        if view.symbol("init_task").is_err() {
            return Ok(Applies::No("the kernel is no Linux"));
        }
        Ok(if view.profile().ty("cred").is_some() {
            Applies::Yes
        } else {
            Applies::No("the kernel has no credentials")
        })
    }

    fn step(&mut self, view: &View<'_>, alarm: &mut Alarm<'_>) -> Result<Scan, AccessError> {
        let mut now = [None; PROCESSES];
        for (place, task) in now.iter_mut().zip(view.known_list("init_task.tasks")?) {
            // Twice, because a new cred is put into place by two stores.
            *place = Some(view.stable(3, |_| look(task?))?);
        }
        for process in now.iter().flatten() {
            let before = self
                .known
                .iter()
                .flatten()
                .find(|known| (known.task, known.start) == (process.task, process.start))
                .copied();
            self.shared(view, process, &now, alarm)?;
            if let Some(before) = before {
                changed(view, &before, process, alarm)?;
            }
        }
        self.known = now;
        self.suspects.end_scan();
        Ok(Scan::Complete)
    }
}

impl Credentials {
    /// A child that was just copied has its parent's for a moment, so this must be seen twice.
    fn shared(
        &mut self,
        view: &View<'_>,
        process: &Known,
        all: &[Option<Known>],
        alarm: &mut Alarm<'_>,
    ) -> Result<(), AccessError> {
        let others = all.iter().flatten().filter(|other| other.task != process.task && other.cred == process.cred);
        // The idle task's are in no list; kernel threads have copies of them.
        let init = view.symbol("init_cred").is_ok_and(|init| init == process.cred);
        // Named once, by the process that is later in the list.
        let earlier = all.iter().flatten().take_while(|other| other.task != process.task);
        if (init || others.count() > 0 && earlier.filter(|other| other.cred == process.cred).count() > 0)
            && self.suspects.again(process.task.get())
        {
            alarm.raise(Finding::new(SHARED, process.task).subject(comm(view, process)?).values(0, process.cred.get()));
        }
        Ok(())
    }
}

fn changed(view: &View<'_>, before: &Known, now: &Known, alarm: &mut Alarm<'_>) -> Result<(), AccessError> {
    let (was, is) = (before.rights.ids[1].into(), now.rights.ids[1].into());
    let finding = |what| -> Result<Finding, AccessError> {
        Ok(Finding::new(what, now.cred).subject(comm(view, now)?).values(was, is))
    };
    if before.cred == now.cred && before.rights != now.rights {
        alarm.raise(finding(WRITTEN)?);
    } else if before.execs == now.execs && before.rights.is_ordinary() && !now.rights.is_ordinary() {
        alarm.raise(finding(RAISED)?);
    }
    Ok(())
}

impl Rights {
    /// Neither root in any way nor able to become it.
    fn is_ordinary(&self) -> bool {
        self.ids.iter().all(|id| *id != 0) && self.permitted & CAP_SETUID == 0
    }
}

fn look(task: Object<'_>) -> Result<Known, AccessError> {
    let cred = task.follow("real_cred")?;
    let id = |name| cred.get(name).map(|id| id as u32);
    let mask = |name| cred.view().u64(cred.field(name)?.address());
    Ok(Known {
        task: task.address(),
        start: task.get("start_time")?,
        execs: task.get("self_exec_id")?,
        cred: cred.address(),
        rights: Rights {
            ids: [id("uid")?, id("euid")?, id("suid")?, id("fsuid")?],
            permitted: mask("cap_permitted")?,
            effective: mask("cap_effective")?,
        },
    })
}

fn comm(view: &View<'_>, process: &Known) -> Result<Name, AccessError> {
    view.object("task_struct", process.task)?.name("comm")
}
