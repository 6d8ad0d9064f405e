//! On a guest of a few words: a kernel with a table of operations, a notifier chain and a module.

use hooks::{FOREIGN, Hooks, POINTER, TABLE, VBR, VECTOR};
use kernel_profile::Sample;
use monitor_api::Registers;

const TEXT: u32 = 0x8c00_1000;
const VECTORS: u32 = 0x8c00_3000;
const OPERATIONS: u32 = 0x8c00_3100;
const CHAIN: u32 = 0x8c00_3200;
const UNION: u32 = 0x8c00_3300;
const HEAP: u32 = 0x8c00_8000;
const MODULES: u32 = 0x8c00_3400;
const MODULE: u32 = 0x8c00_9000;
const MODULE_CODE: u32 = 0xc000_0000;
/// The list of program loaders, and one on the heap, whose function is its third word.
const FORMATS: u32 = 0x8c00_3600;
const FORMAT: u32 = 0x8c00_9100;
/// The first process, where it has its files; one on the heap, its table, its only slot, the file.
const INIT: u32 = 0x8c00_3500;
const TASK: u32 = 0x8c00_9200;
const FILES: u32 = 0x8c00_9300;
const SLOT: u32 = 0x8c00_9310;
const FILE: u32 = 0x8c00_9400;

fn guest() -> Sample {
    let mut guest = Sample::default();
    let builder = &mut guest.builder;
    for (name, at) in [
        ("_text", 0x8c00_1000),
        ("_stext", TEXT),
        ("_etext", 0x8c00_2000),
        ("__start_rodata", 0x8c00_2000),
        ("__end_rodata", 0x8c00_3000),
        ("_sinittext", 0x8c00_7000),
        ("_einittext", 0x8c00_7800),
        ("_end", HEAP),
        ("vbr_base", 0x8c00_1800),
        ("exception_handling_table", VECTORS),
        ("exception_table_end", VECTORS + 8),
    ] {
        builder.symbol(name, at, 0);
    }
    let link = builder.structure("list_head", 8, &[("next", 0, 4), ("prev", 4, 4)]);
    let task = builder.structure("task_struct", 12, &[]);
    builder.member(task, "tasks", 0, link);
    let void = builder.opaque("");
    let pointer = builder.pointer(void);
    let file = builder.structure("file", 8, &[]);
    for (member, offset) in [("f_op", 0), ("f_inode", 4)] {
        builder.member(file, member, offset, pointer);
    }
    let to_file = builder.pointer(file);
    let slots = builder.pointer(to_file);
    let table = builder.structure("fdtable", 8, &[("max_fds", 0, 4)]);
    builder.member(table, "fd", 4, slots);
    let table = builder.pointer(table);
    let files = builder.structure("files_struct", 12, &[]);
    builder.member(files, "fdt", 0, table);
    let files = builder.pointer(files);
    builder.member(task, "files", 8, files);
    builder.variable("init_task", INIT, 12, task);
    builder.list("init_task.tasks", task, "tasks");

    let layout = builder.structure("module_layout", 16, &[("size", 4, 4), ("text_size", 8, 4), ("ro_size", 12, 4)]);
    builder.member(layout, "base", 0, pointer);
    let module = builder.structure("module", 40, &[]);
    for (member, offset, ty) in [("list", 0, link), ("core_layout", 8, layout), ("init_layout", 24, layout)] {
        builder.member(module, member, offset, ty);
    }
    builder.variable("modules", MODULES, 8, link);
    builder.list("modules", module, "list");

    let function = builder.function();
    let function = builder.pointer(function);
    let to_module = builder.pointer(module);
    let operations = builder.structure("file_operations", 8, &[]);
    builder.member(operations, "owner", 0, to_module);
    builder.member(operations, "read", 4, function);
    builder.variable("own_fops", OPERATIONS, 8, operations);
    let format = builder.structure("linux_binfmt", 12, &[]);
    builder.member(format, "lh", 0, link);
    builder.member(format, "load_binary", 8, function);
    builder.variable("formats", FORMATS, 8, link);
    builder.list("formats", format, "lh");
    let notifier = builder.structure("notifier_block", 8, &[]);
    builder.member(notifier, "notifier_call", 0, function);
    let to_notifier = builder.pointer(notifier);
    builder.member(notifier, "next", 4, to_notifier);
    builder.variable("chain", CHAIN, 4, to_notifier);
    let either = builder.structure("either", 4, &[("number", 0, 4)]);
    builder.member(either, "function", 0, function);
    builder.variable("policy", UNION, 4, either);

    guest.link(INIT, &[]);
    guest.link(MODULES, &[MODULE]);
    guest.link(FORMATS, &[]);
    guest.fill(MODULE + 8, &[MODULE_CODE, 0x2000, 0x1000, 0x1000]);
    guest.fill(VECTORS, &[TEXT, TEXT + 4]);
    guest.put(OPERATIONS + 4, TEXT + 8);
    guest.put(UNION, 1);
    guest
}

fn found(guest: &Sample) -> Vec<(&'static str, u64)> {
    let mut monitor = Hooks::default();
    guest.begin(&mut monitor);
    guest.scan(&mut monitor).iter().map(|found| (found.what, found.at.get())).collect()
}

#[test]
fn a_kernel_as_it_was_built_raises_nothing() {
    assert_eq!(found(&guest()), []);
}

#[test]
fn a_pointer_may_lead_to_the_kernel_or_to_code_of_the_module_that_owns_it() {
    let code = u64::from(OPERATIONS) + 4;
    for (owner, function, expected) in [
        (0, 0, vec![]),
        (0, TEXT + 0x2000_0000, vec![]), // the same in P2
        (0, 0x8c00_7000, vec![]),        // code of the boot
        (0, HEAP, vec![(POINTER, code)]),
        (0, MODULE_CODE, vec![(FOREIGN, code)]),
        (MODULE, MODULE_CODE, vec![]),
        (MODULE, MODULE_CODE + 0x1000, vec![(POINTER, code)]), // its data
    ] {
        let mut guest = guest();
        guest.fill(OPERATIONS, &[owner, function]);
        assert_eq!(found(&guest), expected, "{owner:#x} {function:#x}");
    }
}

#[test]
fn a_module_that_was_unloaded_leaves_no_code() {
    let mut guest = guest();
    guest.fill(OPERATIONS, &[MODULE, MODULE_CODE]);
    guest.link(MODULES, &[]);
    assert_eq!(found(&guest), [(POINTER, u64::from(OPERATIONS) + 4)]);
}

#[test]
fn notifiers_are_followed() {
    let mut guest = guest();
    guest.put(CHAIN, HEAP);
    guest.fill(HEAP, &[MODULE_CODE, HEAP + 8, HEAP, 0]);
    assert_eq!(found(&guest), [(POINTER, u64::from(HEAP) + 8)]);
}

#[test]
fn exceptions_go_to_the_kernel_only() {
    let mut guest = guest();
    guest.put(VECTORS + 4, MODULE_CODE);
    guest.cpus = [0x8c00_1800, 0, HEAP].map(|vbr| Registers { vbr, ..Registers::default() }).to_vec();
    assert_eq!(found(&guest), [(VECTOR, u64::from(VECTORS) + 4), (VBR, 0x8c00_1800)]);
}

#[test]
fn what_may_be_freed_meanwhile_must_be_wrong_in_two_scans_running() {
    let (mut guest, mut monitor) = (guest(), Hooks::default());
    guest.link(FORMATS, &[FORMAT]);
    guest.begin(&mut monitor);
    // Where the function leads, and whether that is a finding.
    for (to, found) in [(TEXT, false), (HEAP, false), (TEXT, false), (HEAP, false), (HEAP + 4, false), (HEAP + 4, true)]
    {
        guest.put(FORMAT + 8, to);
        let raised: Vec<_> =
            guest.scan(&mut monitor).iter().map(|finding| (finding.what, finding.at.get() as u32)).collect();
        assert_eq!(raised, if found { vec![(POINTER, FORMAT + 8)] } else { vec![] }, "{to:#x}");
    }
}

/// Free memory has links to free memory: they are no files, and no tables either.
#[test]
fn what_was_freed_while_it_was_looked_at_is_not_held_against_it() {
    let mut guest = guest();
    guest.link(INIT, &[TASK]);
    guest.fill(FILES, &[FILES + 4, 1, SLOT]);
    guest.put(SLOT, FILE);
    guest.put(FILE, HEAP);
    for (gone, led) in [(TASK + 8, FILES), (SLOT, FILE)] {
        let mut monitor = Hooks::default();
        guest.begin(&mut monitor);
        for _ in 0..3 {
            guest.put(TASK + 8, FILES);
            guest.meanwhile(FILE, &[(gone, 0)]);
            assert_eq!(guest.scan(&mut monitor), [], "{gone:#x}");
            assert!(guest.worked_on());
            guest.put(gone, led);
        }
        assert_eq!(guest.scan(&mut monitor), [], "wrong for the first time");
        let raised: Vec<_> = guest.scan(&mut monitor).iter().map(|finding| (finding.what, finding.at.get())).collect();
        assert_eq!(raised, [(TABLE, FILE.into())], "it is still there");
    }
}
