//! The test that an SH compiler must pass before anything is built with it.
//!
//! Debian 12's gcc 12.2 for sh4 loses loads and tests above `-O0`: two predicates of its pass `sh_treg_combine` are declared
//! `int` where they are `bool`. What it makes looks like a kernel and hangs without a word.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command;

/// Miscompiled when `*a` is not read or not tested.
const PROBE: &str = "int f(int *a) { if (*a) return 5; return 7; }\n";

/// Uses a helper of libgcc (a 64-bit division) and links without a C library.
const LINKED: &str = "unsigned long long q(unsigned long long a, unsigned long long b) { return a / b; }\n\
    void _start(void) { q(1, 1); for (;;); }\n";

/// Proves that `gcc` compiles, assembles and links; returns the two lines of assembly (load and test) that show it.
pub fn self_test(gcc: &Path) -> Result<[String; 2]> {
    let dir = tempfile::tempdir().context("no temporary folder")?;
    let (probe, linked) = (dir.path().join("probe.c"), dir.path().join("linked.c"));
    std::fs::write(&probe, PROBE)?;
    std::fs::write(&linked, LINKED)?;
    let assembly = command::capture(Command::new(gcc).args(["-O2", "-S", "-o", "-"]).arg(&probe))?;
    let evidence = load_and_test(&assembly, gcc)?;
    let mut link = Command::new(gcc);
    link.args(["-m4", "-O2", "-nostdlib", "-static", "-o"]).arg(dir.path().join("linked")).arg(&linked).arg("-lgcc");
    command::capture(&mut link).with_context(|| format!("{} compiles but does not link", gcc.display()))?;
    Ok(evidence)
}

fn load_and_test(assembly: &str, gcc: &Path) -> Result<[String; 2]> {
    let find =
        |what: &str| assembly.lines().find(|line| line.contains(what)).map(|line| line.trim().replace('\t', " "));
    match (find("@r4"), find("tst")) {
        (Some(load), Some(test)) => Ok([load, test]),
        _ => bail!(
            "{} miscompiles `if (*pointer)`: it drops the load or the test (known of Debian 12's gcc 12.2 for sh4)",
            gcc.display()
        ),
    }
}

/// Makes an executable script. Another process writes it: while this one holds it open for writing, a child that a
/// parallel test forks inherits the handle, and starting the script fails as "text file busy".
#[cfg(test)]
pub(crate) fn install_script(path: &Path, text: &str) {
    let draft = path.with_extension("draft");
    std::fs::write(&draft, text).expect("a writable folder");
    command::capture(Command::new("install").args(["-m", "755"]).args([&draft, path])).expect("install works");
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A compiler that prints `assembly` for -S and ends with `link_status` otherwise.
    fn fake(assembly: &str, link_status: i32) -> (tempfile::TempDir, std::path::PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("sh4-linux-gnu-gcc");
        let script =
            format!("#!/bin/sh\ncase \"$*\" in *' -S '*) cat <<'X'\n{assembly}\nX\n;; *) exit {link_status};; esac\n");
        install_script(&path, &script);
        (dir, path)
    }

    const GOOD: &str = "f:\n\tmov.l\t@r4,r1\n\ttst\tr1,r1\n\tbf\t.L2\n\trts\n\tmov\t#7,r0";
    /// What gcc 12.2.0-13cross1 makes of the probe: the whole function is `return 5`.
    const BAD: &str = "f:\n\trts\n\tmov\t#5,r0";

    #[test]
    fn a_good_compiler_shows_load_and_test() {
        let (_dir, gcc) = fake(GOOD, 0);
        assert_eq!(self_test(&gcc).unwrap(), ["mov.l @r4,r1", "tst r1,r1"]);
    }

    #[test]
    fn a_miscompiling_one_is_refused_by_name() {
        let (_dir, gcc) = fake(BAD, 0);
        let error = self_test(&gcc).unwrap_err().to_string();
        assert!(error.contains("sh4-linux-gnu-gcc") && error.contains("miscompiles"), "{error}");
    }

    #[test]
    fn half_of_the_evidence_is_not_enough() {
        let (_dir, gcc) = fake("f:\n\tmov.l\t@r4,r1\n\trts", 0);
        assert!(self_test(&gcc).is_err());
    }

    #[test]
    fn one_that_cannot_link_is_refused() {
        let (_dir, gcc) = fake(GOOD, 1);
        assert!(self_test(&gcc).unwrap_err().to_string().contains("does not link"));
    }

    #[test]
    fn one_that_does_not_start_is_refused() {
        assert!(self_test(Path::new("/nonexistent/gcc")).unwrap_err().to_string().contains("/nonexistent/gcc"));
    }
}
