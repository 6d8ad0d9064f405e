//! On a guest of a few words.

use kernel_profile::Sample;
use text_integrity::{CHANGED, MODULE, TABLE, TextIntegrity};

const TEXT: u32 = 0x8c00_1000;
const CALLS: u32 = 0x8c00_3000;

#[test]
fn a_changed_block_and_a_changed_word_are_named() {
    let mut guest = Sample::default();
    let text = [9; 0x1800];
    guest.bytes(TEXT, &text);
    guest.builder.digested_region("text", TEXT, &text, 4096);
    guest.builder.symbol("sys_kill", 0x8c00_1004, 4);
    guest.fill(CALLS, &[0x8c00_1000, 0x8c00_1004]);
    let words = [0x8c00_1000u32, 0x8c00_1004].map(u32::to_le_bytes).concat();
    guest.builder.exact_region("sys_call_table", CALLS, &words);
    let mut monitor = TextIntegrity::default();
    guest.begin(&mut monitor);
    assert!(guest.scan(&mut monitor).is_empty());
    assert_eq!(guest.try_scan(&mut monitor, 6000), Ok(vec![]), "in small steps");

    guest.bytes(TEXT + 0x1003, &[8]);
    guest.put(CALLS + 4, 0xc000_0000);
    let found = guest.scan(&mut monitor);
    assert_eq!(
        found.iter().map(|found| (found.what, found.at.get())).collect::<Vec<_>>(),
        [(CHANGED, u64::from(TEXT) + 0x1000), (TABLE, u64::from(CALLS) + 4)]
    );
    assert_eq!(found[1].subject.as_str(), "sys_kill");
    assert_eq!(found[1].values, Some((0x8c00_1004, 0xc000_0000)));
}

/// A module at P1 addresses, which the loader would not use, but the monitor does not mind.
#[test]
fn a_module_is_compared_with_its_own_loading() {
    const HEAD: u32 = 0x8c00_0000;
    const ONE: u32 = 0x8c00_0100;
    const CODE: u32 = 0x8c00_4000;
    let mut guest = Sample::default();
    let builder = &mut guest.builder;
    let link = builder.structure("list_head", 8, &[("next", 0, 4), ("prev", 4, 4)]);
    let void = builder.opaque("");
    let pointer = builder.pointer(void);
    let layout = builder.structure("module_layout", 16, &[("size", 4, 4), ("text_size", 8, 4), ("ro_size", 12, 4)]);
    builder.member(layout, "base", 0, pointer);
    let folder = builder.structure("kernfs_node", 8, &[("id", 0, 8)]);
    let to_folder = builder.pointer(folder);
    let kobject = builder.structure("kobject", 4, &[]);
    builder.member(kobject, "sd", 0, to_folder);
    let mkobj = builder.structure("module_kobject", 4, &[]);
    builder.member(mkobj, "kobj", 0, kobject);
    let module = builder.structure("module", 80, &[("state", 0, 4)]);
    let byte = builder.number(1, false);
    let name = builder.array(byte, 16);
    for (member, offset, ty) in [
        ("list", 4, link),
        ("name", 12, name),
        ("mkobj", 28, mkobj),
        ("core_layout", 32, layout),
        ("init_layout", 48, layout),
    ] {
        builder.member(module, member, offset, ty);
    }
    builder.variable("modules", HEAD, 8, link);
    builder.list("modules", module, "list");
    builder.exact_region("nothing", HEAD, &[]);
    guest.link(HEAD, &[ONE + 4]);
    guest.bytes(ONE + 12, b"example");
    guest.put(ONE + 28, 0x8c00_0200);
    guest.fill(ONE + 32, &[CODE, 0x900, 0x400, 0x800]);

    let mut monitor = TextIntegrity::default();
    guest.begin(&mut monitor);
    assert!(guest.scan(&mut monitor).is_empty(), "seen for the first time");
    guest.put(CODE + 0x880, 1);
    assert_eq!(
        guest.try_scan(&mut monitor, 3000),
        Ok(vec![]),
        "its data may change, and a scan may take several steps"
    );
    guest.put(CODE + 0x7fc, 1);
    let found = guest.scan(&mut monitor);
    assert_eq!((found.len(), found[0].what, found[0].subject.as_str()), (1, MODULE, "example"));
    guest.put(0x8c00_0200, 2);
    assert!(guest.scan(&mut monitor).is_empty(), "loaded again");
    guest.put(CODE, 1);
    assert_eq!(guest.scan(&mut monitor)[0].what, MODULE);
}

#[test]
fn with_the_kernels_own_bytes_the_word_is_named() {
    let mut guest = Sample::default();
    let text: Vec<u8> = (0..0x1803).map(|at| at as u8).collect();
    guest.bytes(TEXT, &text);
    guest.builder.digested_region("text", TEXT, &text, 4096);
    guest.builder.symbol("do_exit", TEXT + 0x1100, 0x20);
    guest.builder.keep_bytes(usize::MAX);
    let mut monitor = TextIntegrity::default();
    guest.begin(&mut monitor);
    assert_eq!(guest.try_scan(&mut monitor, 6000), Ok(vec![]), "in small steps");

    guest.bytes(TEXT + 0x1109, &[0]);
    guest.bytes(TEXT + 0x1802, &[0xff]);
    let found = guest.scan(&mut monitor);
    let one = [(CHANGED, u64::from(TEXT) + 0x1108, "do_exit", Some((0x0b0a_0908, 0x0b0a_0008)))];
    let said = |found: &monitor_api::Finding| (found.what, found.at.get(), found.values);
    assert_eq!(found.iter().map(said).collect::<Vec<_>>(), one.map(|(what, at, _, values)| (what, at, values)));
    assert_eq!(found[0].subject.as_str(), "do_exit");

    guest.bytes(TEXT + 0x1109, &[9]);
    let found = guest.scan(&mut monitor);
    assert_eq!(
        found.iter().map(said).collect::<Vec<_>>(),
        [(CHANGED, u64::from(TEXT) + 0x1800, Some((0x02_0100, 0xff_0100)))]
    );
    assert_eq!(found[0].subject.as_str(), "text", "no symbol is known there");
}
