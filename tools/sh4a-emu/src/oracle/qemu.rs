//! A boot on stock QEMU.
//!
//! Instructions come from QEMU itself: under `-icount` with recording its monitor command `info replay` tells how many it has
//! executed. The figure is read right after the text has appeared, so it holds a few thousand instructions of the idle guest as well.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use super::{Boot, BootPlan, OracleError, io, tail};

const POLL: Duration = Duration::from_millis(2);
const COUNT: &str = "instruction count = ";

/// Boots `plan` on `qemu` (`qemu-system-sh4`). With `counted`, QEMU counts instructions, which slows it down; without, its time is
/// the one to compare with.
///
/// # Errors
/// When QEMU cannot be started, the text does not appear, or no count is given.
pub fn boot_on_qemu(qemu: &Path, plan: &BootPlan, counted: bool) -> Result<Boot, OracleError> {
    let folder = tempfile::tempdir().map_err(io("a temporary folder"))?;
    let console = folder.path().join("console");
    let mut command = Command::new(qemu);
    command.args(["-M", "r2d", "-display", "none", "-nic", "none", "-no-reboot", "-serial", "null", "-serial"]);
    command.arg(format!("file:{}", console.display())).args(["-monitor", "stdio", "-kernel"]).arg(&plan.image);
    if counted {
        let record = folder.path().join("record");
        command.arg("-icount").arg(format!("shift={},rr=record,rrfile={}", plan.icount_shift, record.display()));
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let started = Instant::now();
    let mut child = command.spawn().map_err(io(qemu.display().to_string()))?;
    let reached = wait_for(&console, plan, &mut child, started);
    let wall = started.elapsed();
    let answer = ask(&mut child, counted);
    let text = std::fs::read_to_string(&console).unwrap_or_default().replace('\r', "");
    reached.map_err(|why| OracleError::NotReached {
        who: "QEMU",
        until: plan.until.clone(),
        why,
        tail: tail(&text),
    })?;
    let instructions = if counted { Some(count(&answer).ok_or(OracleError::NoCount(answer))?) } else { None };
    Ok(Boot { console: text, instructions, wall })
}

fn wait_for(console: &Path, plan: &BootPlan, child: &mut Child, started: Instant) -> Result<(), String> {
    loop {
        let text = std::fs::read(console).unwrap_or_default();
        if String::from_utf8_lossy(&text).replace('\r', "").contains(&plan.until) {
            return Ok(());
        }
        if let Ok(Some(status)) = child.try_wait() {
            return Err(format!("it ended with {status}"));
        }
        if started.elapsed() > plan.timeout {
            return Err(format!("not within {} s", plan.timeout.as_secs()));
        }
        std::thread::sleep(POLL);
    }
}

/// Asks for the count, ends QEMU, and gives all that its monitor said.
fn ask(child: &mut Child, counted: bool) -> String {
    let say = |stdin: &mut ChildStdin, line: &str| stdin.write_all(line.as_bytes()).and_then(|()| stdin.flush());
    if let Some(mut stdin) = child.stdin.take() {
        // A QEMU that has ended already does not listen; its output tells the rest.
        let _ = if counted { say(&mut stdin, "info replay\n") } else { Ok(()) };
        let _ = say(&mut stdin, "quit\n");
    }
    let mut answer = Vec::new();
    if let Some(mut stdout) = child.stdout.take() {
        let _ = stdout.read_to_end(&mut answer);
    }
    let _ = child.wait();
    String::from_utf8_lossy(&answer).into_owned()
}

pub(super) fn count(answer: &str) -> Option<u64> {
    let (_, rest) = answer.split_once(COUNT)?;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_monitors_answer_is_understood() {
        let answer = "(qemu) info replay\r\nRecording execution 'rr.bin': instruction count = 94439366\r\n(qemu) quit";
        assert_eq!(count(answer), Some(94_439_366));
        assert_eq!(count("Record/replay is not active"), None);
    }

    #[test]
    fn a_missing_qemu_is_named() {
        let plan =
            BootPlan { image: "image".into(), until: "# ".into(), icount_shift: 0, timeout: Duration::from_secs(1) };
        let error = boot_on_qemu(Path::new("/nowhere/qemu-system-sh4"), &plan, false).expect_err("no such program");
        assert!(error.to_string().contains("/nowhere/qemu-system-sh4"), "{error}");
    }
}
