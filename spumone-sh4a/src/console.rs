//! The board's boot console, polled and waited for: for the boot stage, for a bad system table and for a panic.

use crate::board;
use core::fmt::{self, Write};

struct BootConsole;

impl fmt::Write for BootConsole {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for line in text.split_inclusive('\n') {
            match line.strip_suffix('\n') {
                Some(whole) => {
                    send(whole.as_bytes());
                    send(b"\r\n");
                }
                None => send(line.as_bytes()),
            }
        }
        Ok(())
    }
}

fn send(mut bytes: &[u8]) {
    let Some(serial) = board::serial(board::BOOT_PORT) else { return };
    while !bytes.is_empty() {
        bytes = bytes.get(serial.write(bytes)..).unwrap_or(&[]);
    }
}

/// Prints on the boot console and waits until it is out.
pub fn print(text: fmt::Arguments<'_>) {
    // Writing to it never fails.
    let _ = BootConsole.write_fmt(text);
}
