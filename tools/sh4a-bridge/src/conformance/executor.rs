//! What runs an SH-4A Linux program.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// What a program did.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Everything that it wrote.
    pub output: Vec<u8>,
    /// Its exit status; `None` after a signal.
    pub status: Option<i32>,
}

/// A way to run a program: the command that the program's path is appended to.
#[derive(Clone, Debug)]
pub struct Executor {
    /// Its name in reports.
    pub name: String,
    /// Program and arguments.
    pub command: Vec<PathBuf>,
}

/// No case takes a tenth of it.
const LIMIT: Duration = Duration::from_secs(60);

impl Executor {
    /// The host itself.
    #[must_use]
    pub fn host() -> Self {
        Self { name: "host".into(), command: Vec::new() }
    }

    /// QEMU's user mode as an SH-4A.
    ///
    /// # Errors
    /// When there is no QEMU and none can be installed.
    pub fn qemu() -> Result<Self> {
        provision::qemu()?;
        let program = provision::which("qemu-sh4").context("QEMU is there but qemu-sh4 is not: install qemu-user")?;
        Ok(Self { name: "qemu-sh4".into(), command: vec![program, "-cpu".into(), "sh7785".into()] })
    }

    /// Our own emulator's user mode: the program `sh4a-user` of crate `sh4a-emu`.
    #[must_use]
    pub fn emulator(program: &Path) -> Self {
        Self { name: "sh4a-user".into(), command: vec![program.to_owned()] }
    }

    /// Runs `program` with arguments.
    ///
    /// # Errors
    /// When it cannot be started or does not end.
    pub fn run(&self, program: &Path, arguments: &[&str]) -> Result<Outcome> {
        let mut words = self.command.iter().map(PathBuf::as_path).chain([program]);
        let first = words.next().unwrap_or(program);
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
