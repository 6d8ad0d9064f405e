//! What was written is read back, and two profiles tell what moved.

use kernel_profile::{Builder, diff, show, show_name};
use monitor_api::VirtAddr;
use monitor_api::profile::{Contents, Kind, Paging, Profile};

fn kernel(version: &str, pid_offset: u32) -> Vec<u8> {
    let mut builder = Builder::new(version);
    builder.paging(Paging::ShThreeLevel, 12);
    let number = builder.number(4, false);
    let inner = builder.structure("list_head", 8, &[("next", 0, 4), ("prev", 4, 4)]);
    let task = builder.structure("task_struct", 64, &[("pid", pid_offset, 4)]);
    builder.member(task, "tasks", 8, inner);
    builder.bit_field(task, "frozen", 20, number, (3, 2));
    let to_task = builder.pointer(task);
    let table = builder.array(to_task, 4);
    builder.variable("init_task", 0x8c10_0000, 64, task);
    builder.variable("table", 0x8c20_0000, 16, table);
    builder.symbol("zeta", 0x8c00_1000, 0);
    builder.enumerator("PIDTYPE_PID", 0);
    builder.enumerator("EPERM", -1);
    builder.list("init_task.tasks", task, "tasks");
    builder.exact_region("calls", 0x8c30_0000, &[1, 2, 3, 4]);
    builder.digested_region(".text", 0x8c00_0000, &[7; 5000], 4096);
    builder.finish()
}

#[test]
fn everything_comes_back() {
    let bytes = kernel("Linux version 6.1", 4);
    let profile = Profile::open(&bytes).expect("just written");
    assert_eq!(
        (profile.banner(), profile.paging(), profile.page_shift()),
        ("Linux version 6.1", Paging::ShThreeLevel, 12)
    );
    let task = profile.symbol("init_task").and_then(|symbol| symbol.ty).expect("a variable");
    assert_eq!((task.name(), task.size()), ("task_struct", 64));
    let names: Vec<_> = task.members().map(|member| (member.name(), member.offset, member.bits)).collect();
    assert_eq!(names, [("pid", 4, None), ("tasks", 8, None), ("frozen", 20, Some((3, 2)))]);
    assert_eq!(task.path("tasks.prev").expect("a path").offset, 12);
    assert_eq!(task.path("tasks.last").map_err(|(ty, name)| (ty.name(), name)).unwrap_err(), ("list_head", "last"));
    let table = profile.symbol("table").and_then(|symbol| symbol.ty).expect("a variable");
    let Kind::Array(element, 4) = table.kind() else { panic!("{table:?} is no array of 4") };
    assert!(matches!(element.kind(), Kind::Pointer(Some(target)) if target == task));
    assert_eq!((profile.enumerator("EPERM"), profile.enumerator("EIO")), (Some(-1), None));
    let lists: Vec<_> = profile.lists().map(|list| (list.head, list.element.name(), list.link)).collect();
    assert_eq!(lists, [("init_task.tasks", "task_struct", "tasks")]);
}

#[test]
fn the_symbol_before_an_address_is_found() {
    let bytes = kernel("", 4);
    let profile = Profile::open(&bytes).expect("just written");
    let before = |address| profile.symbol_before(VirtAddr::new(address)).map(|symbol| symbol.name);
    assert_eq!(before(0x8c00_0fff), None);
    assert_eq!(before(0x8c00_1000), Some("zeta"));
    assert_eq!(before(0x8c1f_ffff), Some("init_task"));
    assert_eq!(before(0xffff_ffff), Some("table"));
}

#[test]
fn regions_hold_bytes_or_digests() {
    let bytes = kernel("", 4);
    let profile = Profile::open(&bytes).expect("just written");
    let regions: Vec<_> = profile.regions().collect();
    assert!(matches!(regions[0].contents, Contents::Bytes([1, 2, 3, 4])));
    let Contents::Digests(4096, digests) = regions[1].contents else { panic!("no digests") };
    assert_eq!((regions[1].name, regions[1].length, digests.len()), (".text", 5000, 2));
    // sha256sum of 4096 bytes of 7.
    let known = [0xc9, 0xac, 0x7b, 0x06];
    assert_ne!(digests[0], digests[1], "the last block is shorter");
    assert_eq!(digests[0][..4], known);
}

#[test]
fn a_difference_names_what_moved() {
    let (old, new) = (kernel("old", 4), kernel("new", 16));
    let (old, new) = (Profile::open(&old).expect("written"), Profile::open(&new).expect("written"));
    assert_eq!(diff(&old, &new), "  task_struct.pid: offset 4 -> 16\n");
    assert_eq!(diff(&old, &old), "");
}

#[test]
fn a_profile_is_shown_as_text() {
    let bytes = kernel("Linux version 6.1", 4);
    let profile = Profile::open(&bytes).expect("just written");
    let text = show(&profile);
    for part in
        ["Linux version 6.1", "3, 2 of them variables", "init_task.tasks: task_struct by tasks", "2 digests of 4096"]
    {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    let task = show_name(&profile, "task_struct").expect("known");
    assert!(task.contains("    20 frozen                       u32 bits 3..5"), "{task}");
    assert!(show_name(&profile, "nothing").is_err());
}

#[test]
fn what_is_no_kernel_is_refused_with_a_reason() {
    let error = kernel_profile::extract(b"#!/bin/sh").unwrap_err().to_string();
    assert!(error.contains("ELF"), "{error}");
}
