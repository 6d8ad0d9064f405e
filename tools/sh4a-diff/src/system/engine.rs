//! The two machines.

use anyhow::{Context, Result, bail};
use sh4a_emu::machine::{Config, Machine, Stop};
use sh4a_emu::serial::SerialBackend;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A guard against a QEMU that hangs, far above what a run takes.
const PATIENCE: Duration = Duration::from_secs(60);
/// The same for ours, in instructions.
const LIMIT: u64 = 200_000_000;

/// The log that stock QEMU's machine writes.
pub(super) fn run_qemu(image: &[u8]) -> Result<Vec<u8>> {
    let folder = tempfile::tempdir()?;
    let (file, log) = (folder.path().join("image.bin"), folder.path().join("log"));
    std::fs::write(&file, image)?;
    let mut child = Command::new(provision::qemu()?.system)
        .args([
            "-M",
            "r2d",
            "-cpu",
            "sh7785",
            "-display",
            "none",
            "-nic",
            "none",
            "-monitor",
            "none",
            "-no-reboot",
            "-serial",
            "null",
        ])
        .arg("-kernel")
        .arg(&file)
        .arg("-serial")
        .arg(format!("file:{}", log.display()))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("cannot start qemu-system-sh4")?;
    let started = Instant::now();
    while child.try_wait()?.is_none() {
        if started.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            bail!("QEMU did not reach the end of the scenes");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(std::fs::read(&log)?)
}

/// Keeps what comes.
struct Keep(Arc<Mutex<Vec<u8>>>);

impl SerialBackend for Keep {
    fn write(&mut self, bytes: &[u8]) {
        if let Ok(mut log) = self.0.lock() {
            log.extend(bytes);
        }
    }
}

/// Ours.
pub(super) fn run_ours(image: &[u8]) -> Result<Vec<u8>> {
    let log = Arc::new(Mutex::new(Vec::new()));
    let mut machine = Machine::new(Config::r2d());
    machine.connect(1, Box::new(Keep(log.clone())));
    machine.load_kernel(image, None)?;
    match machine.run(LIMIT) {
        Stop::PowerOff => {}
        other => bail!("sh4a-emu did not reach the end of the scenes: {other:?}"),
    }
    let log = log.lock().map(|log| log.clone()).unwrap_or_default();
    Ok(log)
}
