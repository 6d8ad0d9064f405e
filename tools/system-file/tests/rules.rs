//! One broken file a rule: the message, the line it points at and the cure.

use proptest::prelude::*;
use system_file::{BadSystemFile, parse};

const GOOD: &str = include_str!("../../../configs/rp1-linux-rt.toml");
const R2D: &str = include_str!("../../../configs/r2d-linux-rt.toml");

/// `from` in the good file becomes `to`; the message must hold `says`, the cure `cure`, and the place must be the line of the
/// first `to` (or of `at`).
struct Case {
    from: &'static str,
    to: &'static str,
    at: &'static str,
    says: &'static str,
    cure: &'static str,
}

const fn case(from: &'static str, to: &'static str, says: &'static str, cure: &'static str) -> Case {
    Case { from, to, at: to, says, cure }
}

const fn case_at(
    from: &'static str,
    to: &'static str,
    at: &'static str,
    says: &'static str,
    cure: &'static str,
) -> Case {
    Case { from, to, at, says, cure }
}

const RT_MEMORY: &str = "{ start = 0x0c000000, size = 0x00400000 }";
const CASES: &[Case] = &[
    // Form.
    case("machine = \"rp1\"", "machine = rp1", "not TOML", "syntax"),
    case("cores = 1", "cores = \"one\"", "`cores` is not a whole number", "0xffffffff"),
    case("priority = 2", "priority = -2", "`priority` is not a whole number", "write a whole number"),
    case("priority = 2", "priority = 256", "priority above 255", "0 to 255"),
    case("console = \"SCIF1\"", "console = 1", "`console` is not a string", "write a string"),
    case("console = \"SCIF1\"", "essential = 1", "`essential` is not true or false", "write true or false"),
    case("console = \"SCIF1\"", "params = 1", "`params` is not an array", "write an array"),
    case("console = \"SCIF1\"", "params = [1, \"2\"]", "`params` is not a whole number", "write"),
    case(RT_MEMORY, "4096", "`memory` is not a table", "write a table"),
    // Unknown names, with the nearest one.
    case("machine = \"rp1\"", "machine = \"rp2\"", "unknown machine `rp2`", "did you mean `rp1`?"),
    case("machine = \"rp1\"", "machine = \"pc\"", "unknown machine `pc`", "known are rp1, r2d"),
    case("cores = 1", "core = 1", "unknown key `core` in the file", "did you mean `cores`?"),
    case("cmdline =", "command-line =", "unknown key `command-line` in guest", "known are name, "),
    case("size = 0x07c00000 }", "size = 0x07c00000, top = 1 }", "unknown key `top` in memory", "remove it"),
    case("\"TMU3\", level", "\"TMU3\", lvl = 1, level", "unknown key `lvl` in interrupts", "level"),
    case("kind = \"rtos\"", "kind = \"rots\"", "unknown kind of guest `rots`", "did you mean `rtos`?"),
    case("image = \"rt-probe\"", "image = \"rt-prob\"", "unknown guest image `rt-prob`", "did you mean `rt-probe`?"),
    case("\"TMU3\"", "\"TMU9\"", "unknown interrupt source `TMU9`", "did you mean `TMU"),
    case("\"TMU3\"", "\"DMAC0\"", "unknown interrupt source `DMAC0`", "known are TMU0, "),
    case("console = \"SCIF1\"", "console = \"SCFI1\"", "unknown serial port `SCFI1`", "did you mean `SCIF1`?"),
    case("log = \"SCIF3\"", "log = \"SCIF9\"", "unknown serial port `SCIF9`", "did you mean `SCIF"),
    case("console = \"SCIF1\"", "devices = [\"TMU3-9\"]", "unknown device `TMU3-9`", "did you mean `TMU3-5`?"),
    // What must be there.
    case_at("machine = \"rp1\"\n", "", "#", "the file has no `machine`", "machine = \"rp1\""),
    case_at("name = \"linux\"\n", "", "[[guest]]", "guest has no `name`", "name = "),
    case_at("kind = \"linux\"\n", "", "[[guest]]", "guest has no `kind`", "kind = "),
    case_at("image = \"linux\"\n", "", "[[guest]]", "guest has no `image`", "image = "),
    case_at("priority = 1\n", "", "[[guest]]", "guest has no `priority`", "priority = "),
    case_at(
        "memory = { start = 0x0c400000, size = 0x07c00000 }\n",
        "",
        "[[guest]]",
        "guest has no `memory`",
        "memory = ",
    ),
    case("start = 0x0c400000, size", "size", "memory has no `start`", "start = "),
    case_at(", size = 0x07c00000", "", "{ start = 0x0c400000", "memory has no `size`", "size = "),
    case("{ source = \"TMU3\", level = 12 }", "{ source = \"TMU3\" }", "interrupts has no `level`", "level = "),
    case("{ source = \"TMU3\", level = 12 }", "{ level = 12 }", "interrupts has no `source`", "source = "),
    // Numbers.
    case("cores = 1", "cores = 5", "`cores` is 5, but rp1 has 4", "choose 1 to 4"),
    case("cores = 1", "cores = 0", "`cores` is 0", "choose 1 to 4"),
    case("priority = 1", "vcpus = 2\npriority = 1", "2 vCPUs, but the system uses 1 core", "raise `cores`"),
    case("priority = 1", "vcpus = 2\npriority = 1", "2 vCPUs, but the system uses 1 core", "`placement = [0, 0]`"),
    case("priority = 1", "vcpus = 0\npriority = 1", "0 vCPUs, but a guest has 1 to 4", "choose 1 to 4"),
    case("priority = 1", "vcpus = 5\npriority = 1", "5 vCPUs, but a guest has 1 to 4", "choose 1 to 4"),
    case("priority = 1", "placement = [0, 0]\npriority = 1", "names 2 cores for 1 vCPUs", "one core for each"),
    case_at(
        "priority = 1",
        "vcpus = 3\nplacement = [0, 0]\npriority = 1",
        "placement = [0, 0]",
        "names 2 cores for 3 vCPUs",
        "two may share one",
    ),
    case_at(
        "image = \"linux\"\n",
        "image = \"linux-smp\"\nvcpus = 2\nplacement = [0, 0]\ngovernor = { min = 1, max = 2 }\n",
        "governor = {",
        "`governor` allows 1 to 2 cores, but the system uses 1",
        "choose 1 <= min <= max <= 1",
    ),
    case_at(
        "console = \"SCIF1\"\ninterrupts = [\n    { source = \"TMU3\"",
        "console = \"SCIF1\"\nvcpus = 2\nplacement = [0, 0]\ninterrupts = [\n    { source = \"TMU5\"",
        "\"TMU5\"",
        "TMU5 is SPUMONE's own",
        "another channel",
    ),
    case_at(
        "priority = 1",
        "governor = { min = 1, max = 1 }\npriority = 1",
        "governor = {",
        "`governor` for a guest with one vCPU",
        "raise `vcpus`",
    ),
    case("priority = 1", "placement = [1]\npriority = 1", "core 1 does not exist", "choose 0 to 0"),
    case_at(
        "image = \"linux\"\n",
        "image = \"linux\"\nvcpus = 2\nplacement = [0, 0]\n",
        "image = \"linux\"",
        "`linux` is a kernel for one vCPU, but the guest has 2",
        "use `linux-smp`, or remove `vcpus`",
    ),
    // Names and priorities.
    case_at(
        "name = \"rt-probe\"",
        "name = \"linux\"",
        "name = \"linux\"\nkind = \"rtos\"",
        "two guests are named `linux`",
        "own name",
    ),
    case("name = \"rt-probe\"", "name = \"rt probe\"", "`rt probe` is no legal name", "without blanks"),
    case("name = \"rt-probe\"", "name = \"seventeen-letters\"", "no legal name", "1 to 16"),
    case_at(
        "priority = 2",
        "priority = 1",
        "priority = 1\nconsole = \"SCIF1\"",
        "two guests have priority 1",
        "own priority",
    ),
    // Memory.
    case(
        RT_MEMORY,
        "{ start = 0x0c000000, size = 0x00401000 }",
        "overlaps another guest's 0x0c400000..=0x13ffffff",
        "move or shrink",
    ),
    case(
        RT_MEMORY,
        "{ start = 0x14000000, size = 0x00400000 }",
        "not in the memory of rp1, 0x0c000000..=0x13ffffff",
        "inside",
    ),
    case(RT_MEMORY, "{ start = 0x8c000000, size = 0x00400000 }", "not in the memory of rp1", "bus addresses"),
    case(RT_MEMORY, "{ start = 0xfffff000, size = 0xfffff000 }", "not in the memory of rp1", "inside"),
    case(RT_MEMORY, "{ start = 0x0c000000, size = 0x00000800 }", "whole pages", "multiples of 0x1000"),
    case(RT_MEMORY, "{ start = 0x0c000000, size = 0 }", "whole pages", "multiples of 0x1000"),
    // Interrupts.
    case(
        "\"TMU3\", level = 12",
        "\"TMU3\", level = 7",
        "level of TMU3 is outside 8..=15, the partition of kind `rtos`",
        "8 to 15",
    ),
    case("\"TMU3\", level = 12", "\"TMU3\", level = 16", "level of TMU3 is outside 8..=15", "8 to 15"),
    case("\"TMU3\", level = 12", "\"TMU3\", level = 0x10c", "level of TMU3 is outside 8..=15", "8 to 15"),
    case(
        "\"TMU1\", level = 2",
        "\"TMU1\", level = 8",
        "level of TMU1 is outside 1..=7, the partition of kind `linux`",
        "1 to 7",
    ),
    case("\"TMU1\", level = 2", "\"TMU1\", level = 0", "level of TMU1 is outside 1..=7", "1 to 7"),
    case("\"TMU3\", level = 12", "\"TMU2\", level = 9", "interrupt TMU2 is owned twice", "one guest, once"),
    case_at(
        "\"TMU1\"",
        "\"TMU0\"",
        "\"TMU0\", level = 2 },\n    { source = \"TMU2\"",
        "interrupt TMU0 is owned twice",
        "once",
    ),
    // Devices and consoles.
    case(
        "\"SCIF1\", level = 8",
        "\"SCIF3\", level = 8",
        "device SCIF3 has two owners: interrupt SCIF3 needs it, and SPUMONE's log",
        "one owner",
    ),
    case(
        "priority = 2",
        "devices = [\"TMU0-2\"]\npriority = 2",
        "device TMU0-2 has two owners: device TMU0-2 needs it, and interrupt TMU0",
        "one owner",
    ),
    // Arguments.
    case(
        "priority = 2",
        "cmdline = \"quiet\"\npriority = 2",
        "`cmdline` given to a guest of kind `rtos`",
        "use `params`",
    ),
    case("priority = 1", "params = [1]\npriority = 1", "`params` given to a guest of kind `linux`", "use `cmdline`"),
    case("panic=1", "panic=1\\n", "`cmdline` has a control character", "remove it"),
];

fn bad(text: &str) -> BadSystemFile {
    parse("test.toml", text).expect_err("a problem")
}

fn line_of(text: &str, what: &str) -> usize {
    let at = text.find(what).unwrap_or_else(|| panic!("no {what:?} in the file"));
    text[..at].matches('\n').count() + 1
}

#[test]
fn each_rule_has_its_message() {
    for Case { from, to, at, says, cure } in CASES {
        assert!(GOOD.contains(from), "{from:?} is not in the good file");
        let text = GOOD.replacen(from, to, 1);
        let report = bad(&text);
        let found = report.problems().iter().find(|problem| problem.message.contains(says));
        let problem = found.unwrap_or_else(|| panic!("{says:?} is not among: {report}"));
        assert!(problem.cure.contains(cure), "{cure:?} is not the cure in: {report}");
        let line = line_of(&text, at);
        assert_eq!(report.place(problem).0, line, "{report}");
    }
}

#[test]
fn a_timer_unit_has_one_owner() {
    let text = GOOD.replace("{ source = \"TMU3\", level = 12 }", "{ source = \"TMU2\", level = 12 }");
    let text = text.replacen("    { source = \"TMU2\", level = 2 },\n", "", 1);
    let report = bad(&text).to_string();
    assert!(
        report.contains("device TMU0-2 has two owners: interrupt TMU2 needs it, and interrupt TMU0 has it"),
        "{report}"
    );
}

#[test]
fn consoles_are_not_shared_except_the_log() {
    let shared = bad(&R2D.replacen("console = \"SCI\"", "console = \"SCIF\"", 1)).to_string();
    assert!(shared.contains("test.toml:28:11: two guests use SCIF as their console"), "{shared}");
    assert!(shared.contains("choose another port, or SCI, the port of SPUMONE's log"), "{shared}");
    let linux = bad(&R2D.replacen("console = \"SCIF\"", "console = \"SCI\"", 1)).to_string();
    assert!(linux.contains("Linux drives its console SCI itself, but SPUMONE logs there"), "{linux}");
    let owned = bad(&R2D.replacen("\"TMU3\", level = 12", "\"SCI\", level = 12", 1)).to_string();
    assert!(
        owned.contains("device SCI has two owners: interrupt SCI needs it, and SPUMONE's log on SCI has it"),
        "{owned}"
    );
    assert!(parse("test.toml", R2D).is_ok(), "the probe writes to the log's port");
}

#[test]
fn linux_gets_what_it_cannot_live_without() {
    let silent = bad(&GOOD.replacen("    { source = \"SCIF0\", level = 2 },\n", "", 1)).to_string();
    assert!(silent.contains("Linux's console is SCIF0, but nobody gives it the interrupt SCIF0"), "{silent}");
    let dumb = bad(&GOOD.replacen("console = \"SCIF0\"", "console = \"SCIF2\"", 1)).to_string();
    assert!(dumb.contains("SCIF2 has no interrupt that Linux could use"), "{dumb}");
    let text: String =
        GOOD.split_inclusive('\n').filter(|line| !line.contains("\"TMU") || line.contains("TMU3")).collect();
    let timeless = bad(&text).to_string();
    assert!(timeless.contains("owns no timer interrupt and would never tick"), "{timeless}");
}

#[test]
fn spumones_memory_is_nobodys() {
    let report =
        bad(&R2D.replacen("start = 0x0c100000, size = 0x00300000", "start = 0x0c0ff000, size = 0x00300000", 1));
    let text = report.to_string();
    assert!(text.contains("overlaps SPUMONE at 0x0c000000..=0x0c0fffff; start at 0xc100000 or above"), "{text}");
}

#[test]
fn images_are_for_boards() {
    let report = bad(&R2D.replacen("image = \"linux\"", "image = \"linux-smp\"", 1)).to_string();
    assert!(report.contains("`linux-smp` is for several cores, and r2d has one; use `linux`"), "{report}");
}

/// How many vCPUs share a core, and which cores are left over, is the user's affair.
#[test]
fn vcpus_go_where_the_file_says() {
    let smp = GOOD.replacen("image = \"linux\"", "image = \"linux-smp\"", 1);
    let placed = |cores: &str, vcpus: &str| {
        let text = smp.replacen("cores = 1", cores, 1).replacen("priority = 1", &format!("{vcpus}\npriority = 1"), 1);
        parse("test.toml", &text).unwrap_or_else(|bad| panic!("{}", bad.picture())).guests[0].placement.clone()
    };
    assert_eq!(placed("cores = 4", "vcpus = 4"), [0, 1, 2, 3]);
    assert_eq!(placed("cores = 4", "vcpus = 3\nplacement = [1, 2, 3]"), [1, 2, 3]);
    assert_eq!(placed("cores = 2", "vcpus = 4\nplacement = [0, 1, 0, 1]"), [0, 1, 0, 1]);
    assert_eq!(placed("cores = 1", "vcpus = 2\nplacement = [0, 0]"), [0, 0]);
    assert_eq!(placed("cores = 2", "placement = [1]"), [1]);
}

#[test]
fn counts_have_limits() {
    let none = bad("machine = \"rp1\"\n").to_string();
    assert!(none.contains("the file has no guest"), "{none}");
    let rt = &GOOD[GOOD.rfind("[[guest]]").expect("a guest")..];
    let many = format!("machine = \"rp1\"\n{}", rt.repeat(9));
    let report = bad(&many);
    assert!(report.to_string().contains("9 guests, but a system has at most 8; remove guests"), "{report}");
    let long = GOOD.replacen("panic=1", &"x".repeat(600), 1);
    let report = bad(&long).to_string();
    assert!(report.contains("`cmdline` has 622 bytes, Linux takes 511; shorten it"), "{report}");
}

#[test]
fn all_problems_come_at_once_and_in_order() {
    let text = GOOD.replace("machine", "mashine").replace("level = 12", "level = 3").replace("cores = 1", "cores = 9");
    let text = text.replacen("mashine = \"rp1\"", "machine = \"rp1\"\nmashine = 1", 1);
    let report = bad(&text);
    let messages: Vec<_> = report.problems().iter().map(|problem| problem.message.as_str()).collect();
    let want = ["unknown key `mashine`", "`cores` is 9", "level of TMU3 is outside"];
    assert_eq!(messages.len(), want.len(), "{report}");
    assert!(messages.iter().zip(want).all(|(message, want)| message.starts_with(want)), "{report}");
}

#[test]
fn display_and_picture_show_file_line_and_cure() {
    let report = bad(&GOOD.replacen("cores = 1", "cores = 9", 1));
    let want = "test.toml: 1 problem\ntest.toml:3:9: `cores` is 9, but rp1 has 4; choose 1 to 4";
    assert_eq!(report.to_string(), want);
    let picture = report.picture();
    for part in ["test.toml:3:9", "cores = 9", "`cores` is 9, but rp1 has 4", "choose 1 to 4"] {
        assert!(picture.contains(part), "{part:?} is not in\n{picture}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever happens to a good file: an answer, no panic, and every place lies in the file.
    #[test]
    fn mutations_never_panic(edits in prop::collection::vec((any::<prop::sample::Index>(), 0usize..12, "\\PC{0,8}"), 1..4)) {
        let mut text: Vec<char> = GOOD.chars().collect();
        for (at, remove, insert) in edits {
            let at = at.index(text.len());
            let end = (at + remove).min(text.len());
            text.splice(at..end, insert.chars());
        }
        let text: String = text.into_iter().collect();
        if let Err(report) = parse("test.toml", &text) {
            prop_assert!(!report.problems().is_empty());
            for problem in report.problems() {
                prop_assert!(report.place(problem).0 <= text.matches('\n').count() + 1);
            }
            let _ = (report.picture(), report.to_string());
        }
    }

    /// The same with whole tokens, which stay TOML more often.
    #[test]
    fn exchanged_tokens_never_panic(pairs in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..4)) {
        let mut tokens: Vec<&str> = GOOD.split_inclusive([' ', '\n']).collect();
        for (a, b) in pairs {
            let (a, b) = (a.index(tokens.len()), b.index(tokens.len()));
            tokens.swap(a, b);
        }
        if let Err(report) = parse("test.toml", &tokens.concat()) {
            let _ = report.picture();
        }
    }
}
