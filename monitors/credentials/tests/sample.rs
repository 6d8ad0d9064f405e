//! On a guest of a few words with two processes.

use credentials::{Credentials, RAISED, SHARED, WRITTEN};
use kernel_profile::Sample;

const IDLE: u32 = 0x8c00_0000;
const TASKS: [u32; 2] = [0x8c00_0100, 0x8c00_0200];
const CREDS: [u32; 2] = [0x8c00_0300, 0x8c00_0400];

fn guest() -> Sample {
    let mut guest = Sample::default();
    let builder = &mut guest.builder;
    let link = builder.structure("list_head", 8, &[("next", 0, 4), ("prev", 4, 4)]);
    let ids = [("uid", 0, 4), ("euid", 4, 4), ("suid", 8, 4), ("fsuid", 12, 4)];
    let cred = builder.structure("cred", 32, &ids);
    let set = builder.number(8, false);
    builder.member(cred, "cap_permitted", 16, set);
    builder.member(cred, "cap_effective", 24, set);
    let to_cred = builder.pointer(cred);
    let task = builder.structure("task_struct", 48, &[("start_time", 8, 8), ("self_exec_id", 16, 4)]);
    let byte = builder.number(1, false);
    let name = builder.array(byte, 16);
    builder.member(task, "tasks", 0, link);
    builder.member(task, "real_cred", 20, to_cred);
    builder.member(task, "comm", 24, name);
    builder.variable("init_task", IDLE, 48, task);
    builder.list("init_task.tasks", task, "tasks");
    guest.link(IDLE, &TASKS);
    for (task, cred) in TASKS.into_iter().zip(CREDS) {
        guest.put(task + 20, cred);
        guest.bytes(task + 24, b"example");
        guest.fill(cred, &[1000, 1000, 1000, 1000]);
    }
    guest
}

/// What the scan after a change says that came after a clean one; and the scan after that.
fn after(change: impl FnOnce(&mut Sample)) -> [Vec<(&'static str, u64)>; 2] {
    let mut guest = guest();
    let mut monitor = Credentials::default();
    guest.begin(&mut monitor);
    assert!(guest.scan(&mut monitor).is_empty());
    change(&mut guest);
    [(); 2].map(|()| guest.scan(&mut monitor).iter().map(|found| (found.what, found.at.get())).collect())
}

#[test]
fn credentials_changed_in_place_are_named_once() {
    assert_eq!(after(|guest| guest.put(CREDS[1], 0)), [vec![(WRITTEN, CREDS[1].into())], vec![]]);
    assert_eq!(after(|guest| guest.put(CREDS[1] + 16, 1)), [vec![(WRITTEN, CREDS[1].into())], vec![]]);
}

#[test]
fn root_comes_by_an_exec_or_not_at_all() {
    let become_root = |guest: &mut Sample, execs| {
        guest.put(TASKS[0] + 20, 0x8c00_0500);
        guest.put(TASKS[0] + 16, execs);
    };
    assert_eq!(after(|guest| become_root(guest, 0)), [vec![(RAISED, 0x8c00_0500)], vec![]]);
    assert_eq!(after(|guest| become_root(guest, 1)), [vec![], vec![]]);
}

#[test]
fn a_new_process_at_an_old_address_is_another() {
    let change = |guest: &mut Sample| {
        guest.put(TASKS[0] + 8, 77);
        guest.put(CREDS[0], 0);
    };
    assert_eq!(after(change), [vec![], vec![]]);
}

#[test]
fn shared_credentials_must_be_seen_twice() {
    // The process that has another's is the later in the list.
    let shared = vec![(SHARED, u64::from(TASKS[1]))];
    assert_eq!(after(|guest| guest.put(TASKS[1] + 20, CREDS[0])), [vec![], shared]);
}
