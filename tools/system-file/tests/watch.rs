//! Guests of kind monitor: what a good file says, and a broken file a rule.

use monitor_api::Verdict;
use spumone_core::monitors::{Action, DUMP_SECONDS, Limits, decide};
use system_file::{Kind, parse};

const GOOD: &str = include_str!("../../../configs/rp1-smp-linux-monitors.toml");

#[test]
fn a_good_file_says_whom_it_watches_at_what_cost_and_what_follows() {
    let system = parse("test.toml", GOOD).unwrap_or_else(|bad| panic!("{}", bad.picture()));
    let guest = system.guests.iter().find(|guest| guest.kind == Kind::Monitor).expect("a monitor");
    assert!(!guest.essential, "nobody waits for it");
    let watch = guest.watch.as_ref().expect("what it watches");
    assert_eq!(system.guests[usize::from(watch.guest)].name.as_str(), "linux");
    assert_eq!(watch.limits, Limits { bytes: 1_000_000, microseconds: 1_000_000, pause: 90 });
    assert_eq!(decide(&watch.policy, "heartbeat", Verdict::Restart), Action::Restart);
    assert_eq!(decide(&watch.policy, "hooks", Verdict::Restart), Action::Report);
    assert_eq!(watch.dump_seconds, DUMP_SECONDS);
    let short = GOOD.lines().filter(|line| !line.starts_with("budget")).collect::<Vec<_>>().join("\n");
    let system = parse("test.toml", &short).unwrap_or_else(|bad| panic!("{}", bad.picture()));
    assert_eq!(system.guests[2].watch.as_ref().expect("what it watches").limits, Limits::DEFAULT);
    let patient = GOOD.replace("watches = ", "dump_wait = 0\nwatches = ");
    let system = parse("test.toml", &patient).unwrap_or_else(|bad| panic!("{}", bad.picture()));
    assert_eq!(system.guests[2].watch.as_ref().expect("what it watches").dump_seconds, 0);
}

/// `from` becomes `to`, wherever it is; the message says the third, the cure the fourth, and the line holds the fifth.
const CASES: &[[&str; 5]] = &[
    ["watches = \"linux\"", "watches = \"linus\"", "no guest is named `linus`", "did you mean `linux`?", "watches"],
    [
        "watches = \"linux\"",
        "watches = \"monitors\"",
        "watches one of another kind",
        "kernel is to be watched",
        "watches",
    ],
    ["watches = \"linux\"\n", "", "a guest of kind `monitor` watches nobody", "add `watches = ", "[[guest]]"],
    [
        "vcpus = 3",
        "watches = \"rt-probe\"\nvcpus = 3",
        "`watches` for a guest that is no monitor",
        "remove it",
        "watches",
    ],
    [
        "vcpus = 3",
        "budget = { bytes = 9 }\nvcpus = 3",
        "`budget` for a guest that is no monitor",
        "remove it",
        "budget",
    ],
    ["vcpus = 3", "dump_wait = 9\nvcpus = 3", "`dump_wait` for a guest that is no monitor", "remove it", "dump_wait"],
    [
        "placement = [1, 2, 3]",
        "placement = [0, 2, 3]",
        "core 0 is one of `linux`'s",
        "on other cores",
        "placement = [0]",
    ],
    ["priority = 1", "priority = 4", "priority 4 is above that of another guest", "the least priority", "priority = 4"],
    ["bytes = 1000000", "bytes = 100", "a budget of 100 bytes", "at least 4096 bytes", "budget"],
    ["bytes = 1000000", "byte = 1000000", "unknown key `byte` in budget", "did you mean `bytes`?", "budget"],
    ["verdict = \"restart\"", "verdict = \"rest\"", "unknown verdict `rest`", "known are report", "rest\""],
    ["action = \"restart\"", "action = \"reboot\"", "unknown action `reboot`", "did you mean `report`?", "reboot"],
    ["monitor = \"*\"", "monitor = \"\"", "`` is no name of a monitor", "`*` is all", "monitor = \"\""],
    ["monitor = \"*\", ", "", "policy has no `monitor`", "add `monitor = ", "verdict = \"report\""],
    [
        "image = \"monitors\"",
        "image = \"rt-probe\"\nparams = [1]",
        "`params` given to a guest of kind `monitor`",
        "`policy`",
        "params",
    ],
    [
        "kind = \"rtos\"\nimage = \"rt-probe\"",
        "kind = \"rtos\"\nimage = \"monitors\"",
        "belong together",
        "change",
        "\"monitors\"",
    ],
    ["watches = \"linux\"", "watches = \"linux\"\nvcpus = 2", "has one vCPU", "remove `vcpus`", "vcpus = 2"],
    [
        "watches = \"linux\"",
        "watches = \"linux\"\ninterrupts = [{ source = \"SCIF1\", level = 2 }]",
        "a guest of kind `monitor` has no interrupts",
        "another guest",
        "level = 2 }]",
    ],
    ["\"TMU3\"", "\"TMU4\"", "TMU4 is SPUMONE's own", "another channel", "TMU4"],
];

#[test]
fn each_rule_has_its_message() {
    for [from, to, says, cure, at] in CASES {
        assert!(GOOD.contains(from), "{from:?} is not in the good file");
        let text = GOOD.replace(from, to);
        let report = parse("test.toml", &text).expect_err(says);
        let found = report.problems().iter().find(|problem| problem.message.contains(says));
        let problem = found.unwrap_or_else(|| panic!("{says:?} is not among: {report}"));
        assert!(problem.cure.contains(cure), "{cure:?} is not the cure in: {report}");
        let line = text.lines().nth(report.place(problem).0 - 1).unwrap_or_default();
        assert!(line.contains(at), "{line:?} instead of one with {at:?}: {report}");
    }
}

#[test]
fn it_needs_a_board_with_several_cores() {
    let r2d = include_str!("../../../configs/r2d-rt.toml");
    let text = format!(
        "{r2d}\n[[guest]]\nname = \"m\"\nkind = \"monitor\"\nimage = \"monitors\"\n\
         memory = {{ start = 0x0c800000, size = 0x1000 }}\npriority = 0\nwatches = \"rt-probe\"\n"
    );
    let report = parse("test.toml", &text).expect_err("one core").to_string();
    assert!(report.contains("a guest of kind `monitor` needs a core of its own, and r2d has one"), "{report}");
}
