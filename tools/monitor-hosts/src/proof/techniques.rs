//! Which manipulations the module in `guests/linux/attacks` can do, where each is described, and which monitor must find it.

/// A technique, done from inside.
#[derive(Clone, Copy, Debug)]
pub struct Inside {
    /// What is written to `/proc/attack`.
    pub word: &'static str,
    /// In a few words.
    pub technique: &'static str,
    /// Where it is described.
    pub reference: &'static str,
    /// The monitor that must find it, and what it must say.
    pub says: (&'static str, &'static str),
    /// What must be done (and taken back) before the monitors begin.
    pub before: Option<&'static str>,
}

const fn inside(
    word: &'static str,
    technique: &'static str,
    reference: &'static str,
    says: (&'static str, &'static str),
) -> Inside {
    Inside { word, technique, reference, says, before: None }
}

const CHANGED: (&str, &str) = ("text-integrity", text_integrity::CHANGED);
const VECTORS: (&str, &str) = ("hooks", hooks::VBR);
const MODULE: (&str, &str) = ("text-integrity", text_integrity::MODULE);
const POINTER: (&str, &str) = ("hooks", hooks::POINTER);
const TABLE: (&str, &str) = ("hooks", hooks::TABLE);

/// All of them. References: Phrack articles by issue and number; Volatility's plugins by name; MITRE ATT&CK by technique; Petroni and Hicks,
/// "Automated Detection of Persistent Kernel Control-Flow Attacks"; Wei, Payne, Giffin and Pu, "Soft-Timer Driven Transient Kernel Control Flow
/// Attacks and Defense".
pub const INSIDE: [Inside; 43] = [
    inside(
        "syscall-table",
        "system call table entry",
        "Phrack 52-18; Volatility 3 check_syscall",
        ("text-integrity", text_integrity::TABLE),
    ),
    inside("text-patch", "inline hook in kernel text", "Suterusu (2013), inline hooks on x86 and ARM", CHANGED),
    inside("module-patch", "inline hook in a module's text", "Phrack 68-11", MODULE),
    inside("page-remap", "page of a module's text leads elsewhere", "Phrack 63-8 (Shadow Walker)", MODULE),
    inside(
        "text-alias",
        "second mapping of kernel text",
        "what x86's text_poke() did by vmap()",
        ("mappings", mappings::ALIAS),
    ),
    inside("exception-table", "exception table entry", "Phrack 59-4; Volatility 3 check_idt", ("hooks", hooks::VECTOR)),
    inside("vbr", "exception vectors", "Phrack 68-6 (exception vectors)", VECTORS),
    inside("vbr-register", "vector base register", "Phrack 68-6 (exception vectors)", VECTORS),
    inside(
        "task-unlink",
        "task unlinked from the task list",
        "Volatility 2 linux_psxview",
        ("hidden-tasks", hidden_tasks::UNLISTED),
    ),
    inside(
        "pid-unlink",
        "process number taken away",
        "Volatility 3 pidhashtable",
        ("hidden-tasks", hidden_tasks::UNNUMBERED),
    ),
    inside(
        "cred-steal",
        "credentials of init stolen",
        "Volatility 3 check_creds",
        ("credentials", credentials::SHARED),
    ),
    Inside {
        before: Some("ordinary"),
        ..inside("cred-write", "user id set to 0 in place", "ATT&CK T1068", ("credentials", credentials::WRITTEN))
    },
    Inside {
        before: Some("ordinary"),
        ..inside(
            "cred-raise",
            "credentials of the kernel's own",
            "commit_creds(prepare_kernel_cred(0)); ATT&CK T1068",
            ("credentials", credentials::RAISED),
        )
    },
    inside(
        "module-unlink",
        "module unlinked from the list",
        "Phrack 61-3; Volatility 3 check_modules",
        ("hidden-modules", hidden_modules::UNLISTED),
    ),
    inside(
        "module-sysfs",
        "module taken out of sysfs",
        "Volatility 3 modxview",
        ("hidden-modules", hidden_modules::NOT_IN_SYSFS),
    ),
    inside(
        "module-vanish",
        "module taken out of everything",
        "Phrack 71-12; Volatility 3 hidden_modules",
        ("hidden-modules", hidden_modules::ORPHAN),
    ),
    inside("proc-ops", "operations of a /proc entry", "Volatility 2 linux_check_fop", TABLE),
    inside("proc-show", "show function of a /proc entry", "Phrack 58-6", TABLE),
    inside("tcp-seq", "sequence operations of /proc/net/tcp", "Volatility 3 check_afinfo", TABLE),
    inside("tcp-show", "show function of TCP's sequence operations", "Volatility 3 check_afinfo", CHANGED),
    inside("file-ops", "operations of an open file", "Volatility 2 linux_check_fop", TABLE),
    inside("super-ops", "operations of a file system", "adore-ng; Phrack 61-14", TABLE),
    inside("dir-ops", "operations of a directory", "adore-ng; Phrack 61-14", TABLE),
    inside("rodata-ops", "entry of a read-only table of operations", "adore-ng; Phrack 61-14", CHANGED),
    inside("tty-ops", "operations of terminals", "Phrack 59-14; Volatility 3 tty_check", TABLE),
    inside("ldisc", "line discipline (keylogger)", "Phrack 59-14; Volatility 3 tty_check", POINTER),
    inside(
        "ldisc-module",
        "line discipline, into a visible module",
        "Phrack 59-14; Volatility 3 tty_check",
        ("hooks", hooks::FOREIGN),
    ),
    inside("binfmt-elf", "program loader of the kernel's own", "Petroni and Hicks, CCS 2007", POINTER),
    inside("binfmt-own", "program loader that was added", "Petroni and Hicks, CCS 2007", POINTER),
    inside("reboot-notifier", "notifier of restarts", "Volatility 3 keyboard_notifiers", POINTER),
    inside("die-notifier", "notifier of exceptions", "Volatility 3 keyboard_notifiers", POINTER),
    inside("sysctl", "handler of a sysctl", "Petroni and Hicks, CCS 2007", POINTER),
    inside("power-off", "power-off function", "Petroni and Hicks, CCS 2007", POINTER),
    inside("softirq", "soft interrupt", "Petroni and Hicks, CCS 2007", POINTER),
    inside("irq-handler", "interrupt handler", "Phrack 59-4", POINTER),
    inside("timer", "timer", "Wei and others, ACSAC 2008", POINTER),
    inside("hrtimer", "high-resolution timer", "Wei and others, ACSAC 2008", POINTER),
    inside("delayed-work", "delayed work", "Wei and others, ACSAC 2008", POINTER),
    inside("clock-event", "handler of the clock's interrupt", "Petroni and Hicks, CCS 2007", POINTER),
    inside("netfilter", "netfilter hook", "Phrack 61-13; Volatility 3 netfilter", POINTER),
    inside("packet-tap", "taker of packets", "Phrack 55-12", POINTER),
    inside("tcp-receive", "operations of TCP sockets", "Petroni and Hicks, CCS 2007", POINTER),
    inside("protocol", "handler of a protocol", "Phrack 55-12", TABLE),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    /// The words of the module's tables, but for the one that is no manipulation.
    fn words() -> HashSet<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../guests/linux/attacks");
        let mut words = HashSet::new();
        for entry in fs::read_dir(folder).unwrap() {
            let text = fs::read_to_string(entry.unwrap().path()).unwrap();
            let table = text.lines().skip_while(|line| !line.ends_with("_attacks[] = {"));
            words.extend(table.filter_map(|line| Some(line.strip_prefix("\t{ \"")?.split('"').next()?.to_owned())));
        }
        assert!(words.remove("ordinary"));
        words
    }

    #[test]
    fn table_and_module_agree() {
        let ours: HashSet<String> = INSIDE.iter().map(|attack| attack.word.to_owned()).collect();
        assert_eq!(ours.len(), INSIDE.len());
        assert_eq!(ours, words());
    }
}
