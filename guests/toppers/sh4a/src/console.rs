//! Polled output, for reports and low-level log output.

use crate::machine::{self, LINE, Scif};

/// `write!` to the console; line feeds get their carriage return.
pub struct Polled;

impl core::fmt::Write for Polled {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        for piece in text.split_inclusive('\n') {
            match piece.strip_suffix('\n') {
                Some(line) => {
                    put(line.as_bytes());
                    put(b"\r\n");
                }
                None => put(piece.as_bytes()),
            }
        }
        Ok(())
    }
}

/// Writes bytes as they are, and waits until they are out.
pub fn put(bytes: &[u8]) {
    let mut rest = bytes;
    match machine::spumone() {
        Some(spumone) => {
            while let Ok(taken) = spumone.console_write(rest)
                && taken as usize <= rest.len()
            {
                rest = &rest[taken as usize..];
                if rest.is_empty() {
                    return;
                }
            }
        }
        None => {
            for &byte in bytes {
                while !Scif(LINE).send(byte) {}
            }
        }
    }
}

/// One character of low-level output.
#[unsafe(no_mangle)]
extern "C" fn sys_putc(character: u8) {
    if character == b'\n' {
        put(b"\r");
    }
    put(&[character]);
}
