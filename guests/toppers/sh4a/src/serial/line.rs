//! The port itself: buffers, flow control, and what is behind them.

use super::{CRLF, FCRCV, FCSND};
use crate::machine::{self, LINE, LINE_LEVEL, Scif};
use crate::{console, interrupts};

/// Bytes a buffer.
const SIZE: usize = 256;
/// We ask the other side to stop with so many bytes waiting, and to go on with so few.
const HIGH: usize = 192;
const LOW: usize = 64;
const XON: u8 = 0x11;
const XOFF: u8 = 0x13;
/// serial.h: any character ends XOFF.
const FCANY: u32 = 0x0200;
const SCIF: Scif = Scif(LINE);

/// Who can go on after an interrupt.
#[derive(Default)]
pub struct Wanted {
    pub receive: bool,
    pub send: bool,
}

struct Ring {
    bytes: [u8; SIZE],
    head: usize,
    count: usize,
}

impl Ring {
    const EMPTY: Self = Self { bytes: [0; SIZE], head: 0, count: 0 };

    fn push(&mut self, byte: u8) -> bool {
        let room = self.count < SIZE;
        if room {
            self.bytes[(self.head + self.count) % SIZE] = byte;
            self.count += 1;
        }
        room
    }

    fn first(&self) -> Option<u8> {
        (self.count > 0).then(|| self.bytes[self.head % SIZE])
    }

    fn pop(&mut self) -> Option<u8> {
        let byte = self.first()?;
        self.head = (self.head + 1) % SIZE;
        self.count -= 1;
        Some(byte)
    }
}

/// The port.
pub struct Line {
    pub open: bool,
    pub ioctl: u32,
    /// On the SCIF, with interrupts; else on SPUMONE's console.
    hardware: bool,
    rx: Ring,
    tx: Ring,
    /// The reading baton is with the interrupt handler, because there was nothing.
    starved: bool,
    /// The writing baton is with the interrupt handler, because there was no room.
    full: bool,
    /// The other side sent XOFF.
    stopped: bool,
    /// We sent XOFF.
    held: bool,
    /// XON or XOFF to be sent before anything else.
    flow: Option<u8>,
}

impl Line {
    pub const CLOSED: Self = Self {
        open: false,
        ioctl: 0,
        hardware: false,
        rx: Ring::EMPTY,
        tx: Ring::EMPTY,
        starved: true,
        full: false,
        stopped: false,
        held: false,
        flow: None,
    };

    /// Opens it. The semaphores are as `end` and serial.cfg leave them.
    pub fn begin(&mut self, ioctl: u32) {
        self.open = true;
        self.ioctl = ioctl;
        (self.stopped, self.held, self.flow) = (false, false, None);
        self.hardware = LINE.intevt.iter().all(|&code| interrupts::enable(code, LINE_LEVEL));
        if self.hardware {
            SCIF.init(machine::pclk_khz());
            SCIF.receive_interrupt(true);
        }
    }

    /// Closes it; what was read ahead stays for the next opening.
    pub fn end(&mut self) {
        self.drain();
        self.open = false;
        if self.hardware {
            SCIF.receive_interrupt(false);
            SCIF.transmit_interrupt(false);
        }
    }

    pub fn counts(&self) -> [u32; 2] {
        [self.rx.count as u32, self.tx.count as u32]
    }

    /// The next byte read; none leaves the baton to the interrupt handler.
    pub fn next(&mut self) -> Option<u8> {
        let byte = self.rx.pop();
        self.starved = byte.is_none();
        if self.held && self.rx.count <= LOW {
            self.held = false;
            self.flow = Some(XON);
            self.kick();
        }
        byte
    }

    /// Whether there is more; if not, the baton is left.
    pub fn more(&mut self) -> bool {
        self.starved = self.rx.count == 0;
        !self.starved
    }

    /// Puts a byte into the sending buffer; false leaves the baton to the interrupt handler.
    pub fn push(&mut self, byte: u8) -> bool {
        let pair = byte == b'\n' && self.ioctl & CRLF != 0;
        self.full = self.tx.count + usize::from(pair) >= SIZE;
        if self.full {
            self.kick();
            return false;
        }
        if pair {
            self.tx.push(b'\r');
        }
        self.tx.push(byte)
    }

    /// Begins to send.
    pub fn kick(&mut self) {
        if self.hardware {
            SCIF.transmit_interrupt(true);
        } else {
            self.pump();
        }
    }

    /// The receive interrupt.
    pub fn received(&mut self) -> Wanted {
        while let Some(byte) = SCIF.receive() {
            self.accept(byte);
        }
        self.wanted()
    }

    /// The transmit interrupt.
    pub fn sent(&mut self) -> Wanted {
        while let Some(byte) = self.to_send() {
            if !SCIF.send(byte) {
                SCIF.sent();
                return self.wanted();
            }
            self.was_sent();
        }
        SCIF.sent();
        SCIF.transmit_interrupt(false);
        self.wanted()
    }

    /// Errors and breaks are forgotten.
    pub fn failed(&mut self) {
        SCIF.clear_errors();
    }

    /// What there is instead of interrupts on SPUMONE's console.
    pub fn poll(&mut self) -> Wanted {
        if self.hardware || !self.open {
            return Wanted::default();
        }
        if let Some(spumone) = machine::spumone() {
            while let Ok(byte) = spumone.console_read() {
                self.accept(byte as u8);
            }
        }
        self.pump();
        self.wanted()
    }

    /// Sends everything, by polling.
    pub fn drain(&mut self) {
        while let Some(byte) = self.tx.pop() {
            if self.hardware {
                while !SCIF.send(byte) {}
            } else {
                console::put(&[byte]);
            }
        }
    }

    fn accept(&mut self, byte: u8) {
        let obeyed = self.ioctl & FCSND != 0;
        if obeyed && byte == XOFF {
            self.stopped = true;
            return;
        }
        if obeyed && (byte == XON || self.ioctl & FCANY != 0) && self.stopped {
            self.stopped = false;
            self.kick();
        }
        if obeyed && byte == XON {
            return;
        }
        // Without room the byte is lost, as on any serial line.
        self.rx.push(byte);
        if self.ioctl & FCRCV != 0 && !self.held && self.rx.count >= HIGH {
            self.held = true;
            self.flow = Some(XOFF);
            self.kick();
        }
    }

    fn to_send(&self) -> Option<u8> {
        self.flow.or_else(|| self.tx.first().filter(|_| !self.stopped))
    }

    fn was_sent(&mut self) {
        if self.flow.take().is_none() {
            self.tx.pop();
        }
    }

    /// Gives SPUMONE's console what it takes.
    fn pump(&mut self) {
        let Some(spumone) = machine::spumone() else { return };
        while let Some(byte) = self.to_send() {
            if !spumone.console_write(&[byte]).is_ok_and(|taken| taken == 1) {
                return;
            }
            self.was_sent();
        }
    }

    fn wanted(&mut self) -> Wanted {
        let receive = self.starved && self.rx.count > 0;
        let send = self.full && self.tx.count <= SIZE / 2;
        self.starved &= !receive;
        self.full &= !send;
        Wanted { receive, send }
    }
}
