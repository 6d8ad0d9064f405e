//! The serial port that SPUMONE's log shares with guests.
//!
//! Nobody waits for the port: bytes go into a ring and from there to the port whenever SPUMONE runs and the port takes
//! them. A guest's output enters the ring line by line behind its name. Each guest may fill the ring only up to a mark that
//! leaves room for the log, and is told how many of its bytes were taken, so a guest that floods waits for itself.

use crate::system::MAX_GUESTS;
use core::fmt;
use heapless::{Deque, Vec};

/// Bytes that wait for the port.
const RING: usize = 4096;
/// Room in the ring that is the log's alone.
const RESERVE: usize = 1024;
/// A guest's line is broken here.
const LINE: usize = 120;

/// The shared port.
#[derive(Default)]
pub struct SharedConsole {
    ring: Deque<u8, RING>,
    lines: [Vec<u8, LINE>; MAX_GUESTS],
    lost: u32,
}

impl SharedConsole {
    /// Nothing written yet.
    pub const fn new() -> Self {
        Self { ring: Deque::new(), lines: [const { Vec::new() }; MAX_GUESTS], lost: 0 }
    }

    /// Output of a guest; the result is how many of the bytes were taken.
    pub fn guest_output(&mut self, guest: u8, name: &str, bytes: &[u8]) -> usize {
        let mut taken = 0;
        for &byte in bytes {
            let Some(line) = self.lines.get(usize::from(guest)) else { break };
            let ends = byte == b'\n' || line.len() + 1 >= LINE;
            // "[name] " and "\r\n" around a line.
            if ends && self.ring.len() + line.len() + name.len() + 6 > RING - RESERVE {
                break;
            }
            self.add(guest, byte);
            if ends {
                self.finish_line(guest, name);
            }
            taken += 1;
        }
        taken
    }

    fn add(&mut self, guest: u8, byte: u8) {
        if byte != b'\n'
            && byte != b'\r'
            && let Some(line) = self.lines.get_mut(usize::from(guest))
        {
            // `guest_output` ends a line before it is full.
            let _ = line.push(byte);
        }
    }

    /// Shows what a guest has written of a line that it does not end any more.
    pub fn finish_line(&mut self, guest: u8, name: &str) {
        let Some(line) = self.lines.get_mut(usize::from(guest)).map(core::mem::take) else { return };
        for part in [b"[", name.as_bytes(), b"] ", &line, b"\r\n"] {
            self.raw(part);
        }
    }

    /// Shows an unfinished line, if there is one.
    pub fn flush_line(&mut self, guest: u8, name: &str) {
        if self.lines.get(usize::from(guest)).is_some_and(|line| !line.is_empty()) {
            self.finish_line(guest, name);
        }
    }

    /// Lines that another core's log has made.
    pub fn relay(&mut self, bytes: &[u8]) {
        self.raw(bytes);
    }

    fn raw(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if self.ring.push_back(byte).is_err() {
                self.lost = self.lost.saturating_add(1);
            }
        }
    }

    /// A line of SPUMONE's own. What does not fit is lost and counted.
    pub fn log(&mut self, text: fmt::Arguments<'_>) {
        if self.lost > 0 && self.ring.len() + 64 < RING {
            let lost = core::mem::take(&mut self.lost);
            // Writing to the ring never fails.
            let _ = fmt::write(self, format_args!("spumone: {lost} bytes of log lost\n"));
        }
        let _ = fmt::write(self, format_args!("spumone: {text}\n"));
    }

    /// True if nothing waits for the port.
    pub fn is_empty(&self) -> bool {
        self.ring.is_empty()
    }

    /// Hands bytes to `port`, which says how many it took, until it takes no more or nothing is left. True if nothing is left.
    pub fn drain(&mut self, mut port: impl FnMut(&[u8]) -> usize) -> bool {
        loop {
            let (first, _) = self.ring.as_slices();
            if first.is_empty() {
                return true;
            }
            let (offered, taken) = (first.len(), port(first).min(first.len()));
            for _ in 0..taken {
                self.ring.pop_front();
            }
            if taken < offered {
                return false;
            }
        }
    }
}

impl fmt::Write for SharedConsole {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for line in text.split_inclusive('\n') {
            match line.strip_suffix('\n') {
                Some(whole) => {
                    self.raw(whole.as_bytes());
                    self.raw(b"\r\n");
                }
                None => self.raw(line.as_bytes()),
            }
        }
        Ok(())
    }
}
