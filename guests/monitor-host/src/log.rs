//! Lines for SPUMONE's log.

use core::fmt::{Arguments, Write};

use spumone_abi::client::{Console, Spumone};

/// Longest line; the rest is cut.
const LINE: usize = 240;

struct Line {
    bytes: [u8; LINE],
    length: usize,
}

impl Write for Line {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        for byte in text.bytes() {
            let place = self.bytes.get_mut(self.length).ok_or(core::fmt::Error)?;
            *place = byte;
            self.length += 1;
        }
        Ok(())
    }
}

/// Writes a line at once, so that nobody else's output gets into it.
pub(crate) fn line(hypervisor: Spumone, text: Arguments<'_>) {
    let mut line = Line { bytes: [0; LINE], length: 0 };
    // What is too long is cut, and a console that fails cannot be told of it.
    let _ = line.write_fmt(text);
    let text = core::str::from_utf8(line.bytes.get(..line.length).unwrap_or_default()).unwrap_or("?");
    let _ = writeln!(Console(hypervisor), "monitors: {text}");
}
