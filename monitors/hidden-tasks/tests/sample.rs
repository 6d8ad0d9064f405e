//! On a guest of a few words with three tasks on two CPUs.

use hidden_tasks::{HiddenTasks, RUNNING, UNLISTED, UNNUMBERED};
use kernel_profile::Sample;
use monitor_api::Registers;

const IDLE: u32 = 0x8c00_0000;
/// Task, its `signal_struct`, its `struct pid`, its `thread_info`.
const TASKS: [(u32, u32, u32, u32); 3] = [
    (0x8c00_0100, 0x8c00_0180, 0x8c00_01a0, 0x8c00_1000),
    (0x8c00_0200, 0x8c00_0280, 0x8c00_02a0, 0x8c00_2000),
    (0x8c00_0300, 0x8c00_0380, 0x8c00_03a0, 0x8c00_3000),
];
/// `init_pid_ns`, its node of the XArray.
const NUMBERS: u32 = 0x8c00_0400;
const NODE: u32 = 0x8c00_0440;
/// Run queues: the variable, and CPU 1's copy.
const QUEUES: [u32; 2] = [0x8c00_0500, 0x8c00_0600];
/// Members of `task_struct`.
const THREAD: u32 = 8;
const PID_LINKS: u32 = 16;
const RUN_NODE: u32 = 24;
const RUN_LIST: u32 = 36;
const STACK: u32 = 44;
const SIGNAL: u32 = 48;
const PID: u32 = 60;

fn guest() -> Sample {
    let mut guest = Sample::default();
    let builder = &mut guest.builder;
    let void = builder.opaque("");
    let pointer = builder.pointer(void);
    let link = builder.structure("list_head", 8, &[("next", 0, 4), ("prev", 4, 4)]);
    let hlist = builder.structure("hlist_node", 8, &[("next", 0, 4), ("pprev", 4, 4)]);
    let hhead = builder.structure("hlist_head", 4, &[("first", 0, 4)]);
    let node = builder.structure("rb_node", 12, &[("__rb_parent_color", 0, 4), ("rb_right", 4, 4), ("rb_left", 8, 4)]);
    let signal = builder.structure("signal_struct", 8, &[]);
    builder.member(signal, "thread_head", 0, link);
    let to_signal = builder.pointer(signal);
    let fair = builder.structure("sched_entity", 12, &[]);
    builder.member(fair, "run_node", 0, node);
    let real_time = builder.structure("sched_rt_entity", 8, &[]);
    builder.member(real_time, "run_list", 0, link);
    let byte = builder.number(1, false);
    let name = builder.array(byte, 8);
    let links = builder.array(hlist, 1);
    let task = builder.structure("task_struct", 64, &[("pid", PID, 4)]);
    for (member, offset, ty) in [
        ("tasks", 0, link),
        ("thread_node", THREAD, link),
        ("pid_links", PID_LINKS, links),
        ("se", RUN_NODE, fair),
        ("rt", RUN_LIST, real_time),
        ("stack", STACK, pointer),
        ("signal", SIGNAL, to_signal),
        ("comm", 52, name),
    ] {
        builder.member(task, member, offset, ty);
    }
    let to_task = builder.pointer(task);
    builder.variable("init_task", IDLE, 64, task);
    builder.list("init_task.tasks", task, "tasks");
    let info = builder.structure("thread_info", 4, &[]);
    builder.member(info, "task", 0, to_task);

    let heads = builder.array(hhead, 1);
    let pid = builder.structure("pid", 4, &[]);
    builder.member(pid, "tasks", 0, heads);
    let slots = builder.array(pointer, 4);
    let xa_node = builder.structure("xa_node", 20, &[("shift", 0, 1)]);
    builder.member(xa_node, "slots", 4, slots);
    let xarray = builder.structure("xarray", 4, &[]);
    builder.member(xarray, "xa_head", 0, pointer);
    let idr = builder.structure("idr", 4, &[]);
    builder.member(idr, "idr_rt", 0, xarray);
    let namespace = builder.structure("pid_namespace", 4, &[]);
    builder.member(namespace, "idr", 0, idr);
    builder.variable("init_pid_ns", NUMBERS, 4, namespace);

    let root = builder.structure("rb_root", 4, &[("rb_node", 0, 4)]);
    let cached = builder.structure("rb_root_cached", 4, &[]);
    builder.member(cached, "rb_root", 0, root);
    let cfs = builder.structure("cfs_rq", 4, &[]);
    builder.member(cfs, "tasks_timeline", 0, cached);
    let queue = builder.array(link, 2);
    let active = builder.structure("rt_prio_array", 16, &[]);
    builder.member(active, "queue", 0, queue);
    let rt = builder.structure("rt_rq", 20, &[("rt_nr_running", 0, 4)]);
    builder.member(rt, "active", 4, active);
    let queue = builder.structure("rq", 24, &[]);
    builder.member(queue, "cfs", 0, cfs);
    builder.member(queue, "rt", 4, rt);
    builder.variable("runqueues", QUEUES[0], 24, queue);
    builder.symbol("__per_cpu_offset", 0x8c00_0700, 16);
    builder.symbol("__cpu_online_mask", 0x8c00_0710, 4);
    guest.fill(0x8c00_0700, &[0, QUEUES[1] - QUEUES[0], 0, 0, 3]);

    for (number, (task, signal, pid, info)) in TASKS.into_iter().enumerate() {
        guest.put(task + SIGNAL, signal);
        guest.link(signal, &[task + THREAD]);
        guest.put(pid, task + PID_LINKS);
        guest.put(NODE + 4 + 4 * number as u32, pid);
        guest.put(task + STACK, info);
        guest.put(info, task);
        guest.put(task + PID, 10 + number as u32);
    }
    guest.put(NUMBERS, NODE + 2);
    list(&mut guest, &[0, 1, 2]);
    // The second task waits on CPU 0, the third with a real-time priority on CPU 1, where the first runs.
    guest.put(QUEUES[0], TASKS[1].0 + RUN_NODE);
    guest.put(QUEUES[1] + 4, 1);
    guest.link(QUEUES[1] + 8, &[TASKS[2].0 + RUN_LIST]);
    guest.link(QUEUES[1] + 16, &[]);
    let mut running = Registers::default();
    running.bank1[7] = TASKS[0].3;
    guest.cpus = vec![Registers::default(), running];
    guest
}

/// Only these are in the list of tasks.
fn list(guest: &mut Sample, tasks: &[usize]) {
    let links: Vec<u32> = tasks.iter().map(|task| TASKS[*task].0).collect();
    guest.link(IDLE, &links);
}

fn twice(guest: &Sample) -> Vec<(&'static str, u64)> {
    let mut monitor = HiddenTasks::default();
    guest.begin(&mut monitor);
    assert!(guest.scan(&mut monitor).is_empty(), "a difference must be there twice");
    guest.scan(&mut monitor).iter().map(|found| (found.what, found.at.get())).collect()
}

#[test]
fn places_that_agree_raise_nothing() {
    assert_eq!(twice(&guest()), []);
}

#[test]
fn each_task_out_of_the_list_is_seen_where_it_is_still() {
    for (left, waits_or_runs) in [(0, "runs on CPU 1"), (1, "waits on CPU 0"), (2, "waits on CPU 1")] {
        let mut guest = guest();
        let stay: Vec<usize> = (0..3).filter(|task| *task != left).collect();
        list(&mut guest, &stay);
        let at = u64::from(TASKS[left].0);
        assert_eq!(twice(&guest), [(UNLISTED, at), (RUNNING, at)], "{waits_or_runs}");
    }
}

#[test]
fn a_run_queue_of_a_cpu_that_is_away_does_not_count() {
    let mut guest = guest();
    list(&mut guest, &[0, 1]);
    guest.put(NODE + 12, 0);
    assert_eq!(twice(&guest), [(RUNNING, TASKS[2].0.into())]);
    guest.put(0x8c00_0710, 1);
    assert_eq!(twice(&guest), []);
}

#[test]
fn a_task_without_its_number_is_in_the_list() {
    let mut guest = guest();
    guest.put(TASKS[1].2, 0);
    assert_eq!(twice(&guest), [(UNNUMBERED, TASKS[1].0.into())]);
}

/// What is raised, what leads to it, and what ends it.
type Case<'c> = (&'static str, &'c dyn Fn(&mut Sample), &'c [(u32, u32)]);

/// A suspicion asks for the task's number, right after it was not found: there it ends in the second scan.
#[test]
fn a_task_that_ends_while_it_is_looked_for_raises_nothing() {
    let [(first, ..), (task, _, pid, _), (last, ..)] = TASKS;
    let numbered_only = |guest: &mut Sample| {
        list(guest, &[0, 2]);
        guest.put(QUEUES[0], 0);
    };
    let listed_only = |guest: &mut Sample| guest.put(pid, 0);
    let waits_only = |guest: &mut Sample| {
        list(guest, &[0, 2]);
        guest.put(pid, 0);
    };
    let cases: [Case<'_>; 3] = [
        (UNLISTED, &numbered_only, &[(pid, 0)]),
        (UNNUMBERED, &listed_only, &[(first, last), (last + 4, first)]),
        (RUNNING, &waits_only, &[(QUEUES[0], 0)]),
    ];
    for (what, spoil, ends) in cases {
        let mut guest = guest();
        spoil(&mut guest);
        assert_eq!(twice(&guest), [(what, task.into())], "it stays");
        let mut monitor = HiddenTasks::default();
        guest.begin(&mut monitor);
        assert_eq!(guest.scan(&mut monitor), [], "{what}");
        guest.meanwhile(task + PID, ends);
        assert_eq!(guest.scan(&mut monitor), [], "{what}");
        assert!(guest.worked_on(), "{what}: nobody asked for its number");
    }
}
