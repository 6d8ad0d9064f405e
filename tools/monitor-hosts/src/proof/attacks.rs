//! Classic manipulations of a Linux kernel, done from outside by writing into the guest's memory, and whether a monitor finds them.
//!
//! They are harmless outside this guest: what a hook leads to is an address in the middle of nothing, and everything is undone.

use anyhow::{Context, Result, ensure};
use monitor_api::{AccessError, Budget, Guest, Host, Object, View, VirtAddr};

use super::guests::{Prepared, texts};
use crate::emulator::Emulator;
use crate::registry::all;
use crate::runner::{Watch, watch};
use crate::target::Target;

/// Words to write, by kernel address.
pub(super) type Writes = Vec<(VirtAddr, u32)>;

/// A technique.
pub struct Attack {
    /// In a few words.
    pub name: &'static str,
    /// Where it is described.
    pub reference: &'static str,
    /// The monitor that must find it, and what it must say.
    pub says: (&'static str, &'static str),
    /// What must already be so before the monitors begin.
    pub(super) before: fn(&Victim<'_>) -> Result<Writes, AccessError>,
    /// The manipulation.
    pub(super) spoil: fn(&Victim<'_>) -> Result<Writes, AccessError>,
}

/// What came of an attack.
#[derive(Clone, Debug)]
pub struct Detection {
    /// The technique.
    pub name: &'static str,
    /// Where it is described.
    pub reference: &'static str,
    /// The monitor that found it first.
    pub monitor: &'static str,
    /// What it said.
    pub said: String,
    /// Guest time from the manipulation to the finding, in nanoseconds.
    pub after: u64,
}

/// What an attacker has found.
pub(super) struct Victim<'v> {
    view: View<'v>,
    /// A process that sleeps.
    task: Object<'v>,
    /// Memory on the heap that nobody uses for the moment.
    heap: VirtAddr,
}

fn none(_: &Victim<'_>) -> Result<Writes, AccessError> {
    Ok(Writes::new())
}

fn word(at: VirtAddr, value: VirtAddr) -> (VirtAddr, u32) {
    (at, value.get() as u32)
}

impl Victim<'_> {
    /// A variable's member becomes a pointer to the heap.
    fn variable(&self, name: &str, path: &str) -> Result<Writes, AccessError> {
        Ok(vec![word(self.view.global(name)?.field(path)?.address(), self.heap)])
    }

    /// An entry of `/proc`.
    fn proc(&self, name: &str) -> Result<Object<'_>, AccessError> {
        let root = self.view.global("proc_root")?.field("subdir")?;
        for entry in self.view.tree(root.address(), "proc_dir_entry", "subdir_node")? {
            let entry = entry?;
            if entry.text("name")?.as_str() == name {
                return Ok(entry);
            }
        }
        Err(AccessError::NoSymbol { name: monitor_api::Name::new(name) })
    }

    /// The credentials of an ordinary user, in place.
    fn ordinary(&self) -> Result<Writes, AccessError> {
        let cred = self.task.follow("real_cred")?;
        let mut writes = Writes::new();
        for id in ["uid", "gid", "suid", "sgid", "euid", "egid", "fsuid", "fsgid"] {
            writes.push((cred.field(id)?.address(), 1000));
        }
        for set in ["cap_permitted", "cap_effective"] {
            let at = cred.field(set)?.address();
            writes.extend([(at, 0), (at.checked_add(4).unwrap_or(at), 0)]);
        }
        Ok(writes)
    }

    fn open_file(&self) -> Result<Object<'_>, AccessError> {
        let array = self.task.follow("files")?.follow("fdt")?.pointer("fd")?;
        self.view.object("file", self.view.pointer(array)?)
    }
}

/// All of them. References: Phrack articles by issue and number; Volatility's Linux plugins by name; MITRE ATT&CK by technique.
pub fn attacks() -> Vec<Attack> {
    let attack = |name, reference, says, spoil| Attack { name, reference, says, before: none, spoil };
    vec![
        attack(
            "system call table entry",
            "Phrack 52-18; ATT&CK T1014",
            ("text-integrity", text_integrity::TABLE),
            |victim| {
                // kill, number 37.
                let at = victim.view.symbol("sys_call_table")?.checked_add(4 * 37);
                Ok(vec![word(at.unwrap_or(victim.heap), victim.heap)])
            },
        ),
        attack(
            "inline hook in kernel text",
            "Suterusu (2013), inline hooks on x86 and ARM",
            ("text-integrity", text_integrity::CHANGED),
            |victim| Ok(vec![(victim.view.symbol("sys_reboot")?, 0x0009_0009)]),
        ),
        attack(
            "entry of a read-only table of operations",
            "adore-ng; Phrack 61-14",
            ("text-integrity", text_integrity::CHANGED),
            |victim| {
                let table = victim.proc("uptime")?.follow("proc_iops")?;
                Ok(vec![word(table.field("getattr")?.address(), victim.heap)])
            },
        ),
        attack("exception table entry", "Phrack 59-4", ("hooks", hooks::VECTOR), |victim| {
            // EXPEVT 0x180, an illegal instruction.
            let at = victim.view.symbol("exception_handling_table")?.checked_add(4 * (0x180 >> 5));
            Ok(vec![word(at.unwrap_or(victim.heap), victim.heap)])
        }),
        attack(
            "task unlinked from the task list",
            "Volatility 2 linux_psxview",
            ("hidden-tasks", hidden_tasks::UNLISTED),
            |victim| {
                let link = victim.task.field("tasks")?;
                let (next, prev) = (link.pointer("next")?, link.pointer("prev")?);
                let back = victim.view.object("list_head", next)?.field("prev")?.address();
                Ok(vec![word(prev, next), word(back, prev)])
            },
        ),
        attack(
            "process number taken away",
            "Volatility 3 pidhashtable",
            ("hidden-tasks", hidden_tasks::UNNUMBERED),
            |victim| {
                let head = victim.task.follow("thread_pid")?.field("tasks")?.element(0)?;
                Ok(vec![(head.field("first")?.address(), 0)])
            },
        ),
        attack(
            "credentials of init stolen",
            "Volatility 3 check_creds",
            ("credentials", credentials::SHARED),
            |victim| {
                let init = victim.view.known_list("init_task.tasks")?.next().unwrap_or(Ok(victim.task))?;
                let cred = init.pointer("real_cred")?;
                let at = |path| Ok::<_, AccessError>(victim.task.field(path)?.address());
                Ok(vec![word(at("real_cred")?, cred), word(at("cred")?, cred)])
            },
        ),
        Attack {
            name: "user id set to 0 in place",
            reference: "ATT&CK T1068",
            says: ("credentials", credentials::WRITTEN),
            before: |victim| victim.ordinary(),
            spoil: |victim| {
                let cred = victim.task.follow("real_cred")?;
                Ok(vec![(cred.field("uid")?.address(), 0), (cred.field("euid")?.address(), 0)])
            },
        },
        Attack {
            name: "commit_creds of the kernel's own",
            reference: "commit_creds(prepare_kernel_cred(0)); ATT&CK T1068",
            says: ("credentials", credentials::RAISED),
            before: |victim| victim.ordinary(),
            spoil: |victim| {
                // A struct cred of zeros with all capabilities on the heap: user 0, as prepare_kernel_cred makes it.
                let cred = victim.view.object("cred", victim.heap)?;
                let size = cred.ty().size();
                let at = |offset| victim.heap.checked_add(offset).unwrap_or(victim.heap);
                let mut writes: Writes = (0..size / 4).map(|number| (at(4 * number), 0)).collect();
                for set in ["cap_permitted", "cap_effective"] {
                    writes.push((cred.field(set)?.address(), u32::MAX));
                }
                let field = |path| Ok::<_, AccessError>(victim.task.field(path)?.address());
                writes.extend([word(field("real_cred")?, victim.heap), word(field("cred")?, victim.heap)]);
                Ok(writes)
            },
        },
        attack("operations of a /proc entry", "Volatility 2 linux_check_fop", ("hooks", hooks::TABLE), |victim| {
            Ok(vec![word(victim.proc("uptime")?.field("proc_ops")?.address(), victim.heap)])
        }),
        attack("show function of a /proc entry", "Phrack 58-6", ("hooks", hooks::TABLE), |victim| {
            Ok(vec![word(victim.proc("uptime")?.field("single_show")?.address(), victim.heap)])
        }),
        attack("operations of an open file", "Volatility 2 linux_check_fop", ("hooks", hooks::TABLE), |victim| {
            Ok(vec![word(victim.open_file()?.field("f_op")?.address(), victim.heap)])
        }),
        attack("operations of a file system", "adore-ng; Phrack 61-14", ("hooks", hooks::TABLE), |victim| {
            let first = victim.view.known_list("super_blocks")?.next().unwrap_or(Ok(victim.task))?;
            Ok(vec![word(first.field("s_op")?.address(), victim.heap)])
        }),
        attack(
            "operations of terminals (keylogger)",
            "Phrack 59-14; Volatility 3 tty_check",
            ("hooks", hooks::TABLE),
            |victim| {
                let first = victim.view.known_list("tty_drivers")?.next().unwrap_or(Ok(victim.task))?;
                Ok(vec![word(first.field("ops")?.address(), victim.heap)])
            },
        ),
        attack("program loader (binfmt)", "Petroni and Hicks, CCS 2007", ("hooks", hooks::POINTER), |victim| {
            victim.variable("elf_format", "load_binary")
        }),
        attack("handler of a sysctl", "Petroni and Hicks, CCS 2007", ("hooks", hooks::POINTER), |victim| {
            let table = victim.view.global("kern_table")?.element(0)?;
            Ok(vec![word(table.field("proc_handler")?.address(), victim.heap)])
        }),
        attack("restart function of the machine", "Petroni and Hicks, CCS 2007", ("hooks", hooks::POINTER), |victim| {
            victim.variable("machine_ops", "restart")
        }),
        attack("power-off function", "Petroni and Hicks, CCS 2007", ("hooks", hooks::POINTER), |victim| {
            Ok(vec![word(victim.view.global("pm_power_off")?.address(), victim.heap)])
        }),
        attack("operations of a directory", "adore-ng; Phrack 61-14", ("hooks", hooks::TABLE), |victim| {
            let first = victim.view.known_list("super_blocks")?.next().unwrap_or(Ok(victim.task))?;
            let inode = first.follow("s_root")?.follow("d_inode")?;
            Ok(vec![word(inode.field("i_fop")?.address(), victim.heap)])
        }),
        attack(
            "notifier that nobody registered",
            "Volatility 3 keyboard_notifiers",
            ("hooks", hooks::POINTER),
            |victim| {
                // A notifier_block on the heap whose function is on the heap, first in the chain.
                let chain = victim.view.global("reboot_notifier_list")?.field("head")?.address();
                let block = victim.view.object("notifier_block", victim.heap)?;
                let next = victim.view.pointer(chain)?;
                Ok(vec![
                    word(block.field("notifier_call")?.address(), victim.heap),
                    word(block.field("next")?.address(), next),
                    word(chain, victim.heap),
                ])
            },
        ),
    ]
}

/// Performs an attack on a guest at its shell, in which `sleep` runs, and waits for its monitor to find it; then undoes it.
///
/// # Errors
/// When it is not found.
pub fn detect(attack: &Attack, prepared: &Prepared, emulator: &mut Emulator) -> Result<Detection> {
    let profile = prepared.profile()?;
    let before = plan(emulator, prepared, attack.before)?;
    let undo_before = write(emulator, &before)?;
    let writes = plan(emulator, prepared, attack.spoil)?;
    let mut spoiled = Spoiled { emulator, writes, done: None };
    // One scan before it, and three in which it may be found.
    let summary = watch(&mut spoiled, profile, &mut all(), Watch { scans: 4, ..Watch::default() }, &mut |_| ());
    let (at, undo) = spoiled.done.take().context("the guest did not run")?;
    write(emulator, &undo)?;
    write(emulator, &undo_before)?;
    let raised = summary?.raised;
    let early: Vec<_> = raised.iter().filter(|raised| raised.at < at).cloned().collect();
    ensure!(early.is_empty(), "{}: raised before it was done: {}", attack.name, texts(&early));
    let found = raised.iter().find(|raised| (raised.monitor, raised.finding.what) == attack.says);
    let found = found
        .with_context(|| format!("{} was not found by {}; raised: {}", attack.name, attack.says.0, texts(&raised)))?;
    Ok(Detection {
        name: attack.name,
        reference: attack.reference,
        monitor: found.monitor,
        said: found.finding.to_string(),
        after: found.at - at,
    })
}

/// The detections as a table.
pub fn table(found: &[Detection]) -> String {
    let mut text =
        String::from("| technique | reference | monitor | guest time to the finding |\n| --- | --- | --- | --- |\n");
    for one in found {
        let ms = one.after as f64 / 1e6;
        text += &format!("| {} | {} | `{}` | {ms:.0} ms |\n", one.name, one.reference, one.monitor);
    }
    text
}

/// What an attack would write now.
pub(super) fn plan(
    emulator: &Emulator,
    prepared: &Prepared,
    writes: fn(&Victim<'_>) -> Result<Writes, AccessError>,
) -> Result<Writes> {
    let guest = Guest::attach(emulator.host(), prepared.profile()?)?;
    let budget = Budget::bytes(u64::MAX);
    let view = guest.view(&budget);
    for task in view.known_list("init_task.tasks")? {
        let task = task?;
        if task.name("comm")?.as_str() == "sleep" {
            // A kernel stack grows down towards its thread_info; a sleeping process is far from there.
            let heap = task.pointer("stack")?.checked_add(512).context("a stack at the end of memory")?;
            return Ok(writes(&Victim { view, task, heap })?);
        }
    }
    anyhow::bail!("no process `sleep` runs in the guest")
}

/// Writes words, and gives what undoes it.
pub(super) fn write(emulator: &mut Emulator, writes: &Writes) -> Result<Writes> {
    let mut undo = Writes::new();
    for (at, value) in writes {
        // All of them are in P1.
        let physical = at.get() as u32 & 0x1fff_ffff;
        let old = emulator.machine().read_memory(0, physical, 4).context("no memory there")?;
        let old: [u8; 4] = old.as_slice().try_into()?;
        undo.push((*at, u32::from_le_bytes(old)));
        emulator.machine_mut().write_memory(0, physical, &value.to_le_bytes()).context("no memory there")?;
    }
    undo.reverse();
    Ok(undo)
}

/// A guest that is manipulated before it runs on for the first time.
struct Spoiled<'e> {
    emulator: &'e mut Emulator,
    writes: Writes,
    /// When it was done, and what undoes it.
    done: Option<(u64, Writes)>,
}

impl Target for Spoiled<'_> {
    fn host(&self) -> &dyn Host {
        self.emulator.host()
    }

    fn pass(&mut self) -> Result<bool> {
        if self.done.is_none() {
            let undo = write(self.emulator, &self.writes)?;
            self.done = Some((self.emulator.host().now(), undo));
        }
        self.emulator.pass()
    }
}
