//! The same image on stock QEMU's r2d.

use std::io::Read;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use anyhow::{Context, Result};

use super::Progress;

/// The serial ports of r2d as QEMU numbers them: the SCI, then the SCIF.
const PORTS: usize = 2;

/// How long [`Qemu::step`] waits for output.
const SLICE: Duration = Duration::from_millis(100);

/// A running QEMU whose serial ports come to us. It is ended when it is dropped.
pub(super) struct Qemu {
    child: Child,
    output: Receiver<(usize, Vec<u8>)>,
    /// Holds the sockets.
    _dir: tempfile::TempDir,
}

impl Qemu {
    /// Starts the image without a terminal.
    pub(super) fn headless(image: &Path, icount: Option<u32>) -> Result<Self> {
        let dir = tempfile::tempdir().context("no temporary folder")?;
        let (sender, output) = mpsc::channel();
        let mut command = machine(image, icount)?;
        for port in 0..PORTS {
            let path = dir.path().join(format!("serial{port}"));
            let listener = UnixListener::bind(&path).with_context(|| format!("cannot listen on {}", path.display()))?;
            command.arg("-chardev").arg(format!("socket,id=serial{port},path={}", path.display()));
            command.args(["-serial", &format!("chardev:serial{port}")]);
            let sender = sender.clone();
            std::thread::spawn(move || {
                let Ok((mut stream, _)) = listener.accept() else { return };
                let mut buffer = [0; 4096];
                while let Ok(count @ 1..) = stream.read(&mut buffer) {
                    if sender.send((port, buffer[..count].to_vec())).is_err() {
                        return;
                    }
                }
            });
        }
        let child = command.stdin(Stdio::null()).spawn().context("cannot start QEMU")?;
        Ok(Self { child, output, _dir: dir })
    }

    /// Passes on what came within a moment.
    pub(super) fn step(&mut self, mut feed: impl FnMut(usize, &[u8])) -> Result<Progress> {
        match self.output.recv_timeout(SLICE) {
            Ok((port, bytes)) => feed(port, &bytes),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => std::thread::sleep(SLICE),
        }
        let Some(status) = self.child.try_wait().context("cannot ask QEMU how it is")? else {
            return Ok(Progress::Running);
        };
        // The readers end when the sockets are closed, so this takes all of the rest.
        while let Ok((port, bytes)) = self.output.recv_timeout(SLICE) {
            feed(port, &bytes);
        }
        let how = if status.success() {
            "the machine switched itself off".to_owned()
        } else {
            format!("QEMU failed ({status})")
        };
        Ok(Progress::Ended { well: status.success(), how })
    }
}

impl Drop for Qemu {
    fn drop(&mut self) {
        // It may have ended by itself already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs the image at the user's terminal until it ends: `terminal` is the port that talks to the user, the others are
/// written to standard error.
pub(super) fn interactive(image: &Path, icount: Option<u32>, terminal: usize) -> Result<()> {
    let mut command = machine(image, icount)?;
    command.args(["-chardev", "stdio,id=terminal,mux=on,signal=off", "-chardev", "file,id=log,path=/dev/stderr"]);
    for port in 0..PORTS {
        command.args(["-serial", if port == terminal { "chardev:terminal" } else { "chardev:log" }]);
    }
    let status = command.status().context("cannot start QEMU")?;
    anyhow::ensure!(status.success(), "QEMU failed ({status})");
    Ok(())
}

fn machine(image: &Path, icount: Option<u32>) -> Result<Command> {
    let mut command = Command::new(provision::qemu()?.system);
    command.args([
        "-M",
        "r2d",
        "-cpu",
        "sh7751r",
        "-display",
        "none",
        "-nic",
        "none",
        "-monitor",
        "none",
        "-no-reboot",
    ]);
    if let Some(shift) = icount {
        command.args(["-icount", &format!("shift={shift}")]);
    }
    command.arg("-kernel").arg(image);
    Ok(command)
}
