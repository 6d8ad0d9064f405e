//! Instructions up to named points of a program, here and on stock QEMU.
//!
//! QEMU stops at a breakpoint of its gdb stub and its monitor says how many instructions it has executed (`info replay`), so that both
//! figures are of the same point to the instruction. Here the SCIF has QEMU's transmit flags ([`Config::qemus_serial_flags`]).

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::qemu::count;
use super::{BootPlan, OracleError, io};
use crate::machine::{Config, Machine, Stop};

const POLL: Duration = Duration::from_millis(20);

/// A point of a program: what it is called and the address of its instruction.
#[derive(Clone, Debug)]
pub struct Point {
    /// For people.
    pub name: String,
    /// Virtual address.
    pub address: u32,
}

/// What both had executed when they first came to a point after the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed {
    /// The point's name.
    pub name: String,
    /// Instructions here.
    pub here: u64,
    /// Instructions on QEMU.
    pub qemu: u64,
    /// Interrupts taken here until then.
    pub interrupts: u64,
}

impl Passed {
    /// Relative difference, QEMU's count as the base.
    pub fn difference(&self) -> f64 {
        (self.here as f64 - self.qemu as f64) / (self.qemu as f64).max(1.0)
    }
}

/// Boots `plan` on both and counts up to each of `points` in turn.
///
/// # Errors
/// When one of the boots fails, or does not come to a point.
pub fn count_to(qemu: &Path, plan: &BootPlan, points: &[Point]) -> Result<Vec<Passed>, OracleError> {
    let here = here(plan, points)?;
    let qemu = on_qemu(qemu, plan, points)?;
    let passed = |((point, (here, interrupts)), qemu): ((&Point, (u64, u64)), u64)| Passed {
        name: point.name.clone(),
        here,
        qemu,
        interrupts,
    };
    Ok(points.iter().zip(here).zip(qemu).map(passed).collect())
}

fn not_reached(who: &'static str, point: &Point, why: String) -> OracleError {
    OracleError::NotReached { who, until: point.name.clone(), why, tail: String::new() }
}

/// Instructions and interrupts.
fn here(plan: &BootPlan, points: &[Point]) -> Result<Vec<(u64, u64)>, OracleError> {
    let image = std::fs::read(&plan.image).map_err(io(plan.image.display().to_string()))?;
    let config = Config { icount_shift: plan.icount_shift, sh4a: false, qemus_serial_flags: true, ..Config::r2d() };
    let limit = config.cycles_per_second().saturating_mul(plan.timeout.as_secs().max(1));
    let mut machine = Machine::new(config);
    machine.load_kernel(&image, None)?;
    let mut counts = Vec::new();
    for point in points {
        machine.cpu_mut(0).add_breakpoint(point.address);
        let stop = machine.run(limit);
        if !matches!(stop, Stop::Breakpoint { .. }) {
            return Err(not_reached("sh4a-emu", point, format!("{stop:?}")));
        }
        machine.cpu_mut(0).remove_breakpoint(point.address);
        counts.push((machine.retired(), machine.board().observer().interrupts().values().sum()));
    }
    Ok(counts)
}

fn on_qemu(qemu: &Path, plan: &BootPlan, points: &[Point]) -> Result<Vec<u64>, OracleError> {
    let folder = tempfile::tempdir().map_err(io("a temporary folder"))?;
    let (socket, record) = (folder.path().join("gdb"), folder.path().join("record"));
    let mut command = Command::new(qemu);
    command.args(["-M", "r2d", "-display", "none", "-nic", "none", "-no-reboot", "-monitor", "none"]);
    command.args(["-serial", "null", "-serial"]).arg(format!("file:{}", folder.path().join("console").display()));
    command.arg("-icount").arg(format!("shift={},rr=record,rrfile={}", plan.icount_shift, record.display()));
    command.arg("-S").arg("-gdb").arg(format!("unix:{},server=on,wait=off", socket.display()));
    command.arg("-kernel").arg(&plan.image).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(io(qemu.display().to_string()))?;
    let result = connect(&socket, plan.timeout).and_then(|stream| converse(stream, plan, points));
    end(&mut child);
    result
}

fn end(child: &mut Child) {
    // It may have ended by itself already.
    let _ = child.kill();
    let _ = child.wait();
}

fn connect(socket: &Path, timeout: Duration) -> Result<UnixStream, OracleError> {
    let started = Instant::now();
    loop {
        match UnixStream::connect(socket) {
            Ok(stream) => return Ok(stream),
            Err(error) if started.elapsed() > timeout => return Err(io("QEMU's gdb stub")(error)),
            Err(_) => std::thread::sleep(POLL),
        }
    }
}

fn converse(stream: UnixStream, plan: &BootPlan, points: &[Point]) -> Result<Vec<u64>, OracleError> {
    stream.set_read_timeout(Some(plan.timeout)).map_err(io("QEMU's gdb stub"))?;
    let mut stub = Stub(stream);
    let mut counts = Vec::new();
    for point in points {
        let place = format!("0,{:x},2", point.address);
        stub.ask(&format!("Z{place}"))?;
        let stop = stub.ask("c")?;
        if !stop.starts_with('T') {
            return Err(not_reached("QEMU", point, stop));
        }
        stub.ask(&format!("z{place}"))?;
        let answer = stub.monitor("info replay")?;
        counts.push(count(&answer).ok_or(OracleError::NoCount(answer))?);
    }
    Ok(counts)
}

/// The other end of gdb's remote protocol: packets `$content#checksum`, each acknowledged with `+`.
struct Stub(UnixStream);

impl Stub {
    fn ask(&mut self, packet: &str) -> Result<String, OracleError> {
        let sum = packet.bytes().fold(0u8, u8::wrapping_add);
        write!(self.0, "${packet}#{sum:02x}").map_err(io("QEMU's gdb stub"))?;
        self.answer()
    }

    fn answer(&mut self) -> Result<String, OracleError> {
        while self.byte()? != b'$' {}
        let mut content = Vec::new();
        loop {
            match self.byte()? {
                b'#' => break,
                byte => content.push(byte),
            }
        }
        let _checksum = [self.byte()?, self.byte()?];
        self.0.write_all(b"+").map_err(io("QEMU's gdb stub"))?;
        Ok(String::from_utf8_lossy(&content).into_owned())
    }

    fn byte(&mut self) -> Result<u8, OracleError> {
        let mut byte = [0];
        self.0.read_exact(&mut byte).map_err(io("QEMU's gdb stub"))?;
        Ok(byte[0])
    }

    /// What a command of QEMU's monitor prints: `O` and hexadecimal bytes a packet, `OK` at the end.
    fn monitor(&mut self, command: &str) -> Result<String, OracleError> {
        let hex: String = command.bytes().map(|byte| format!("{byte:02x}")).collect();
        let mut answer = self.ask(&format!("qRcmd,{hex}"))?;
        let mut text = String::new();
        while let Some(bytes) = answer.strip_prefix('O').filter(|rest| *rest != "K") {
            let pairs = bytes.as_bytes().chunks(2).filter_map(|pair| std::str::from_utf8(pair).ok());
            text.extend(pairs.filter_map(|pair| u8::from_str_radix(pair, 16).ok()).map(char::from));
            answer = self.answer()?;
        }
        Ok(text)
    }
}
