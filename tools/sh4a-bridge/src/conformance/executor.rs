//! What runs an SH-4A Linux program.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::levels::Processor;

/// What a program did.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Everything that it wrote.
    pub output: Vec<u8>,
    /// Its exit status; `None` after a signal.
    pub status: Option<i32>,
}

/// A way to run a program.
#[derive(Clone, Debug)]
pub struct Executor {
    /// Its name in reports.
    pub name: &'static str,
    kind: Kind,
    program: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Host,
    Qemu,
    Emulator,
}

/// No case takes a tenth of it.
const LIMIT: Duration = Duration::from_secs(60);

impl Executor {
    /// The host itself.
    #[must_use]
    pub fn host() -> Self {
        Self { name: "host", kind: Kind::Host, program: PathBuf::new() }
    }

    /// QEMU's user mode.
    ///
    /// # Errors
    /// When there is no QEMU and none can be installed.
    pub fn qemu() -> Result<Self> {
        provision::qemu()?;
        let program = provision::which("qemu-sh4").context("QEMU is there but qemu-sh4 is not: install qemu-user")?;
        Ok(Self { name: "qemu-sh4", kind: Kind::Qemu, program })
    }

    /// Our own emulator's user mode: the program `sh4a-user` of crate `sh4a-emu`.
    #[must_use]
    pub fn emulator(program: &Path) -> Self {
        Self { name: "sh4a-user", kind: Kind::Emulator, program: program.to_owned() }
    }

    /// Whether code that needs supervisor mode can run on it.
    #[must_use]
    pub fn has_supervisor(&self) -> bool {
        self.kind == Kind::Emulator
    }

    /// The command up to the program's path.
    fn command(&self, processor: Processor) -> Vec<&OsStr> {
        let options: &[&str] = match (self.kind, processor) {
            (Kind::Host, _) => return Vec::new(),
            (Kind::Qemu, Processor::Sh4a) => &["-cpu", "sh7785"],
            (Kind::Qemu, Processor::Sh7751r) => &["-cpu", "sh7751r"],
            (Kind::Emulator, Processor::Sh4a) => &[],
            (Kind::Emulator, Processor::Sh7751r) => &["--supervisor"],
        };
        [self.program.as_os_str()].into_iter().chain(options.iter().map(OsStr::new)).collect()
    }

    /// Runs `program`, built for `processor`, with arguments.
    ///
    /// # Errors
    /// When it cannot be started or does not end.
    pub fn run(&self, processor: Processor, program: &Path, arguments: &[&str]) -> Result<Outcome> {
        let command = self.command(processor);
        let mut words = command.into_iter().chain([program.as_os_str()]);
        let first = words.next().unwrap_or(program.as_os_str());
        let output = tempfile::NamedTempFile::new().context("no temporary file")?;
        let mut child = Command::new(first)
            .args(words)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(output.reopen().context("no temporary file")?)
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot run {}", first.display()))?;
        let started = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().context("cannot wait for a program")? {
                break status;
            }
            if started.elapsed() > LIMIT {
                let _ = child.kill();
                let _ = child.wait();
                bail!("{} does not end on {}", arguments.join(" "), self.name);
            }
            std::thread::sleep(Duration::from_millis(1));
        };
        let output = std::fs::read(output.path()).context("cannot read a program's output")?;
        Ok(Outcome { output, status: status.code() })
    }
}
