//! Running the makefiles of others: with progress, a log that stays, and no influence of the caller's environment.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use anyhow::{Context, Result};
use provision::cache::Cache;
use provision::command;
use provision::progress::Step;

/// The log of one build. It outlives the build's folder.
#[derive(Debug)]
pub(crate) struct Log {
    path: PathBuf,
    file: File,
}

impl Log {
    /// Starts `<cache>/logs/<name>.log` anew.
    pub(crate) fn new(name: &str) -> Result<Self> {
        let dir = Cache::user()?.root().join("logs");
        fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
        let path = dir.join(format!("{name}.log"));
        let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self { path, file })
    }

    /// Runs a command as a step called `title`. A failure shows the end of its output and names the log.
    pub(crate) fn run(&mut self, title: &str, command: &mut Command) -> Result<()> {
        let step = Step::new(title);
        let _ = writeln!(self.file, "$ {}", command::describe(command));
        let mut objects = 0;
        let done = command::watch(command, |line| {
            let _ = writeln!(self.file, "{line}");
            if let Some(what) = compiled(line) {
                objects += 1;
                step.note(&format!("{objects}: {what}"));
            }
        });
        done.with_context(|| format!("{title} failed; the whole log is {}", self.path.display()))?;
        step.done();
        Ok(())
    }
}

/// The file that a line of kbuild's output (`  CC      mm/slub.o`) is about.
fn compiled(line: &str) -> Option<&str> {
    let mut words = line.strip_prefix("  ")?.split_whitespace();
    let verb = words.next()?;
    words.next().filter(|_| verb.chars().all(|c| c.is_ascii_uppercase()))
}

/// A make that knows nothing but its arguments.
pub(crate) fn make(dir: &Path) -> Command {
    let jobs = thread::available_parallelism().map_or(2, usize::from);
    let mut make = clean("make");
    make.arg("-C").arg(dir).arg(format!("-j{jobs}"));
    make
}

/// A command without the variables that change what makefiles build, and with fixed times and names.
pub(crate) fn clean(program: &str) -> Command {
    let mut command = Command::new(program);
    for name in ["MAKEFLAGS", "MAKELEVEL", "MFLAGS", "ARCH", "CROSS_COMPILE", "KCONFIG_CONFIG", "CFLAGS", "LDFLAGS"] {
        command.env_remove(name);
    }
    command.env("LC_ALL", "C");
    command.env("SOURCE_DATE_EPOCH", "1640995200");
    command.env("KBUILD_BUILD_TIMESTAMP", "Sat Jan  1 00:00:00 UTC 2022").env("KBUILD_BUILD_VERSION", "1");
    command.env("KBUILD_BUILD_USER", "spumone").env("KBUILD_BUILD_HOST", "spumone");
    command
}

/// What the host must have to build them.
pub(crate) fn host_tools() -> Result<()> {
    provision::host_packages(&["make", "gcc", "libc6-dev", "bison", "flex", "bc", "perl", "xz-utils", "bzip2", "patch"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_kbuild_are_told_from_others() {
        assert_eq!(compiled("  CC      mm/slub.o"), Some("mm/slub.o"));
        assert_eq!(compiled("  HOSTCC  scripts/kallsyms"), Some("scripts/kallsyms"));
        assert_eq!(compiled("make[1]: Entering directory"), None);
        assert_eq!(compiled("  warning: something"), None);
    }
}
