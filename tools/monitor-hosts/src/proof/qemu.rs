//! Stock QEMU's r2d, and its gdb stub.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

use crate::gdb::GdbStub;

/// A machine that has not come so far by then never does.
const PATIENCE: Duration = Duration::from_secs(120);

/// A machine, which ends with this value.
pub(super) struct Qemu {
    child: Child,
    port: u16,
    console: PathBuf,
    _dir: TempDir,
}

impl Qemu {
    /// Boots a Linux.
    pub(super) fn start(image: &Path) -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let flat = dir.path().join("zImage");
        std::fs::copy(image, &flat).with_context(|| format!("no {}", image.display()))?;
        Self::with(dir, |qemu| qemu.arg("-kernel").arg(&flat))
    }

    /// Nothing but memory: the CPU never begins.
    pub(super) fn stopped() -> Result<Self> {
        Self::with(tempfile::tempdir()?, |qemu| qemu.arg("-S"))
    }

    fn with(dir: TempDir, more: impl FnOnce(&mut Command) -> &mut Command) -> Result<Self> {
        let console = dir.path().join("console");
        // Free now; taken by QEMU in a moment.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut qemu = Command::new(provision::qemu()?.system);
        qemu.args(["-M", "r2d", "-display", "none", "-nic", "none", "-monitor", "none", "-no-reboot"]);
        qemu.args(["-serial", "null", "-serial", &format!("file:{}", console.display())]);
        qemu.args(["-gdb", &format!("tcp:127.0.0.1:{port}")]).stdin(Stdio::null());
        let child = more(&mut qemu).spawn().context("cannot start QEMU")?;
        Ok(Self { child, port, console, _dir: dir })
    }

    pub(super) fn wait_for_shell(&mut self) -> Result<()> {
        let limit = Instant::now() + PATIENCE;
        while Instant::now() < limit {
            let text = std::fs::read(&self.console).unwrap_or_default();
            if text.windows(13).any(|window| window == b"SHELL-REACHED") {
                return Ok(());
            }
            self.lives()?;
            std::thread::sleep(Duration::from_millis(100));
        }
        bail!("Linux on QEMU did not reach its shell:\n{}", String::from_utf8_lossy(&std::fs::read(&self.console)?))
    }

    /// Its stub, as soon as that listens.
    pub(super) fn connect(&mut self, memory: (u64, u64), run_for: Duration) -> Result<GdbStub> {
        let limit = Instant::now() + PATIENCE;
        loop {
            let connected = GdbStub::connect(("127.0.0.1", self.port), memory, run_for);
            if connected.is_ok() || Instant::now() > limit {
                return connected;
            }
            self.lives()?;
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn lives(&mut self) -> Result<()> {
        let said = || String::from_utf8_lossy(&std::fs::read(&self.console).unwrap_or_default()).into_owned();
        ensure!(self.child.try_wait()?.is_none(), "QEMU ended:\n{}", said());
        Ok(())
    }
}

impl Drop for Qemu {
    fn drop(&mut self) {
        // It may have ended by itself already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Physical memory (first address and length) as QEMU itself writes it to a file.
pub(super) fn saved(stub: &mut GdbStub, memory: (u64, u64)) -> Result<Vec<u8>> {
    let dir = tempfile::tempdir()?;
    let file = dir.path().join("memory");
    stub.command(&format!("pmemsave {:#x} {:#x} \"{}\"", memory.0, memory.1, file.display()))?;
    std::fs::read(&file).context("QEMU wrote no memory")
}
