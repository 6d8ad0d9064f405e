//! A selection holds what is asked for, and what it leads to.

use kernel_profile::{Builder, Wanted};
use monitor_api::VirtAddr;
use monitor_api::profile::{Contents, Kind, Profile};

const SOURCE: &str = r#"
    /// view.global("in_a_comment")
    fn watch(view: &View<'_>) {
        let task = view.global("init_task")?.follow("files")?.get("count.counter")?;
        let group = view.object("group", task.address())?.field("hooks_")?;
        view.known_list("init_task.tasks")?;
        view.symbol("load_module")
    }
"#;

fn kernel() -> Builder {
    let mut builder = Builder::new("Linux version 6.1");
    let link = builder.structure("list_head", 8, &[("next", 0, 4), ("prev", 4, 4)]);
    let atomic = builder.structure("atomic_t", 4, &[("counter", 0, 4)]);
    let files = builder.structure("files_struct", 64, &[("lock", 0, 4)]);
    builder.member(files, "count", 4, atomic);
    let to_files = builder.pointer(files);
    let task = builder.structure("task_struct", 128, &[("state", 0, 4), ("flags", 4, 4)]);
    builder.member(task, "tasks", 8, link);
    builder.member(task, "files", 16, to_files);
    builder.structure("group", 64, &[("hooks_ipv4", 0, 4), ("other", 4, 4)]);
    let function = builder.function();
    let to_function = builder.pointer(function);
    let operations = builder.structure("operations", 12, &[("flags", 4, 4), ("size", 8, 4)]);
    builder.member(operations, "open", 0, to_function);
    builder.variable("init_task", 0x8c10_0000, 128, task);
    builder.variable("in_a_comment", 0x8c10_0100, 4, atomic);
    builder.variable("table", 0x8c10_0200, 12, operations);
    builder.variable("constant_table", 0x8c00_0100, 12, operations);
    builder.list("init_task.tasks", task, "tasks");
    builder.list("others", task, "tasks");
    builder.symbol("first", 0x8c00_0000, 4);
    builder.symbol("second", 0x8c00_0ff0, 4);
    builder.symbol("third", 0x8c00_1010, 4);
    builder.symbol("load_module.isra.0", 0x8c20_0000, 4);
    builder.symbol("sys_ni", 0x8c20_0010, 4);
    builder.symbol("far", 0x8c20_0020, 4);
    builder.digested_region(".text", 0x8c00_0000, &[7; 5000], 4096);
    builder.enumerator("load_module", 1);
    builder.enumerator("EIO", 5);
    builder
}

fn selected() -> Vec<u8> {
    let (mut builder, mut wanted) = (kernel(), Wanted::default());
    wanted.source(SOURCE).expect("it is Rust");
    builder.select(&wanted);
    builder.finish()
}

#[test]
fn what_is_asked_for_is_there_with_what_it_leads_to() {
    let bytes = selected();
    let profile = Profile::open(&bytes).expect("just written");
    let task = profile.symbol("init_task").and_then(|symbol| symbol.ty).expect("a variable");
    assert_eq!((task.name(), task.size(), profile.ty("task_struct")), ("task_struct", 128, None));
    let names: Vec<_> = task.members().map(|member| (member.name(), member.offset)).collect();
    assert_eq!(names, [("tasks", 8), ("files", 16)]);
    let Kind::Pointer(Some(files)) = task.member("files").expect("asked for").ty.kind() else { panic!("no pointer") };
    assert_eq!(files.path("count.counter").expect("asked for").offset, 4);
    assert_eq!(task.path("state").map_err(|(ty, name)| (ty.name(), name)).unwrap_err(), ("task_struct", "state"));
    let group = profile.ty("group").expect("asked for");
    assert_eq!(group.members().map(|member| member.name()).collect::<Vec<_>>(), ["hooks_ipv4"]);
    assert_eq!(profile.lists().map(|list| list.head).collect::<Vec<_>>(), ["init_task.tasks"]);
    assert_eq!((profile.enumerator("load_module"), profile.enumerator("EIO")), (Some(1), None));
}

#[test]
fn variables_with_functions_are_whole() {
    let bytes = selected();
    let profile = Profile::open(&bytes).expect("just written");
    let variables: Vec<_> = profile.variables_from(0).map(|(_, variable)| variable.name()).collect();
    assert_eq!(variables, ["init_task", "table"], "neither what a comment names nor what never changes");
    let table = profile.symbol("table").and_then(|symbol| symbol.ty).expect("a variable");
    assert_eq!(table.members().map(|member| member.name()).collect::<Vec<_>>(), ["open", "flags", "size"]);
}

#[test]
fn addresses_are_told_by_the_same_symbols() {
    let (whole, bytes) = (kernel().finish(), selected());
    let (whole, profile) = (Profile::open(&whole).expect("written"), Profile::open(&bytes).expect("written"));
    let before =
        |profile: &Profile<'_>, at| profile.symbol_before(VirtAddr::new(at)).map(|symbol| symbol.name.to_owned());
    // Blocks and pages of what never changes; what is asked for and what lies behind it.
    for at in [0x8c00_0000, 0x8c00_1000, 0x8c20_0008, 0x8c20_0018] {
        assert_eq!(before(&profile, at), before(&whole, at), "{at:x}");
    }
    assert_eq!(profile.symbols().filter(|symbol| ["third", "far"].contains(&symbol.name)).count(), 0);
}

#[test]
fn what_is_no_rust_is_refused() {
    assert!(Wanted::default().source("\"").is_err());
}

#[test]
fn the_longest_pieces_that_fit_keep_their_bytes() {
    let kept = |room| {
        let mut builder = Builder::new("");
        for (name, at, length) in
            [("short", 0x8c00_0000, 100), ("long", 0x8c00_1000, 3000), ("middle", 0x8c00_2000, 900)]
        {
            builder.digested_region(name, at, &vec![7; length], 4096);
        }
        builder.keep_bytes(room);
        let bytes = builder.finish();
        let profile = Profile::open(&bytes).expect("a profile");
        let whole = profile.regions().filter(|region| matches!(region.contents, Contents::Blocks(..)));
        whole.map(|region| region.name.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(kept(99), [""; 0]);
    assert_eq!(kept(2999), ["short", "middle"]);
    assert_eq!(kept(3100), ["short", "long"], "the middle one does not fit beside the long one");
    assert_eq!(kept(4000), ["short", "long", "middle"]);
}
