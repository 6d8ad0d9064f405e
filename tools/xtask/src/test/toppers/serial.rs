//! The serial driver against a host that commands, obeys and floods: the application `line`.

use std::cell::RefCell;
use std::rc::Rc;

use anyhow::{Context, Result, bail, ensure};
use sh4a_emu::machine::{Config, Machine, Stop};
use sh4a_emu::serial::{Script, SerialBackend};

use super::{Beside, app, system};
use crate::{image, toppers};

/// The guest's port.
const PORT: usize = 1;
const XON: u8 = 0x11;
const XOFF: u8 = 0x13;
/// Lines that each of the first two rounds writes, and bytes of the flood.
const LINES: usize = 100;
const FLOOD: usize = 1000;
/// 60 s.
const CYCLES: u64 = 36_000_000_000;

/// What the line has carried.
#[derive(Default)]
struct Seen {
    /// All that the guest sent.
    sent: Vec<u8>,
    /// We were asked to wait.
    held: bool,
    /// How often.
    holds: u32,
}

/// A script that does not type while the guest has sent XOFF.
struct Obedient {
    script: Script,
    seen: Rc<RefCell<Seen>>,
}

impl SerialBackend for Obedient {
    fn write(&mut self, bytes: &[u8]) {
        let mut seen = self.seen.borrow_mut();
        seen.sent.extend_from_slice(bytes);
        for &byte in bytes {
            match byte {
                XOFF => (seen.held, seen.holds) = (true, seen.holds + 1),
                XON => seen.held = false,
                other => self.script.write(&[other]),
            }
        }
    }

    fn read(&mut self) -> Option<u8> {
        if self.seen.borrow().held { None } else { self.script.read() }
    }
}

/// On the bare machine, or on SPUMONE.
pub(super) fn run(spumone: bool) -> Result<()> {
    let flood: String = (b'a'..=b'z').cycle().take(FLOOD).map(char::from).collect();
    let script = Script::new([
        ("line: number 20", "\u{13}"),
        ("line: held\n", "\u{11}"),
        ("line: number 20", "\u{13}"),
        ("line: held again\n", "x"),
        ("line: flood me\n", flood.as_str()),
        ("line: echo\n", "hello\n"),
        ("line: silence\n", "hello\n"),
    ]);
    let seen = Rc::new(RefCell::new(Seen::default()));
    let mut machine = Machine::new(Config::rp1());
    if spumone {
        machine.load_flash(&image::build(&system("line", "rp1", &[], Beside::Nobody)?)?).context("no room")?;
    } else {
        let program = toppers::build(&app("line"), "rp1")?;
        machine.load_kernel(&std::fs::read(program)?, None).context("no room")?;
    }
    machine.connect(PORT, Box::new(Obedient { script, seen: Rc::clone(&seen) }));
    let stop = machine.run(CYCLES);
    let seen = seen.borrow();
    let said = String::from_utf8_lossy(&seen.sent);
    ensure!(stop == Stop::Halted && said.contains("line: ok"), "{stop:?}\n{said}\n{}", machine.report());
    let plain: String = said.chars().filter(|c| !c.is_control() || *c == '\n').collect();
    // Nothing is lost, doubled or out of order for having been stopped.
    let mut rest = plain.as_str();
    for (held, other) in [("line: held\n", "line: held again\n"), ("line: held again\n", "line: held\n")] {
        let (round, after) = rest.split_at(rest.find(&format!("number {:02}\n", LINES - 1)).context("no last line")?);
        ensure!(round.contains(held) && !round.contains(other), "not stopped\n{said}");
        let expected: String = (0..LINES).map(|number| format!("line: number {number:02}\n")).collect();
        let (last, after) = after.split_at(after.find('\n').context("no end of line")? + 1);
        let written = round.replace(held, "") + last;
        ensure!(written == expected, "the lines are not those that were written\n{said}");
        rest = after;
    }
    ensure!(seen.holds > 0, "no XOFF in a flood of {FLOOD} bytes\n{said}");
    // With echo and CR LF, then without echo.
    if !said.contains("line: echo\r\nhello\r\nline: silence\r\nline: ok\r\n") {
        bail!("the echo is not what was typed\n{said}");
    }
    Ok(())
}
