//! A serial line on the terminal that the emulator was started from, with QEMU's keys.

use std::io::{self, IsTerminal, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use nix::sys::termios::{LocalFlags, SetArg, Termios, cfmakeraw, tcgetattr, tcsetattr};

use super::SerialBackend;

/// Ctrl-A.
const ESCAPE: u8 = 1;
const HELP: &str = "\r\nC-a h  this help\r\nC-a x  end the emulator\r\nC-a C-a  send C-a\r\n";

/// Ends a machine's run from outside; clones control the same machine.
#[derive(Clone, Debug, Default)]
pub struct HostControl(Arc<AtomicBool>);

impl HostControl {
    /// Lets the current or next run come back with [`crate::machine::Stop::Host`].
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(crate) fn take_stop(&self) -> bool {
        self.0.load(Ordering::Relaxed) && self.0.swap(false, Ordering::Relaxed)
    }
}

/// Standard input and output.
pub struct Console {
    /// `None`: output only.
    input: Option<Receiver<u8>>,
    keys: Keys,
    ended: bool,
    /// The terminal's settings before it became raw.
    before: Option<Termios>,
}

/// What a typed character means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Send(u8),
    Help,
    Stop,
    Nothing,
}

/// Finds the escape sequences in what is typed.
#[derive(Clone, Debug, Default)]
struct Keys {
    escaped: bool,
    control: HostControl,
}

impl Keys {
    fn typed(&mut self, byte: u8) -> Key {
        if !std::mem::take(&mut self.escaped) {
            if byte == ESCAPE {
                self.escaped = true;
                return Key::Nothing;
            }
            return Key::Send(byte);
        }
        match byte {
            b'x' | b'X' => Key::Stop,
            b'h' | b'H' | b'?' => Key::Help,
            ESCAPE => Key::Send(ESCAPE),
            _ => Key::Nothing,
        }
    }
}

impl Console {
    /// Takes the terminal; if it is one, it is raw until the console is dropped.
    pub fn open(control: HostControl) -> Self {
        let (sender, input) = channel();
        std::thread::spawn(move || {
            let mut byte = [0];
            while let Ok(1) = io::stdin().lock().read(&mut byte) {
                if sender.send(byte[0]).is_err() {
                    return;
                }
            }
        });
        let keys = Keys { escaped: false, control };
        Self { input: Some(input), keys, ended: false, before: raw_terminal() }
    }

    /// Shows output, takes no input.
    pub fn output_only() -> Self {
        Self { input: None, keys: Keys::default(), ended: true, before: None }
    }
}

fn raw_terminal() -> Option<Termios> {
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        return None;
    }
    let before = tcgetattr(&stdin).ok()?;
    let mut raw = before.clone();
    cfmakeraw(&mut raw);
    raw.local_flags.remove(LocalFlags::ISIG);
    raw.output_flags = before.output_flags;
    tcsetattr(&stdin, SetArg::TCSANOW, &raw).ok()?;
    Some(before)
}

impl SerialBackend for Console {
    fn write(&mut self, bytes: &[u8]) {
        let mut out = io::stdout().lock();
        // A reader that went away is no reason to end the guest.
        let _ = out.write_all(bytes).and_then(|()| out.flush());
    }

    fn read(&mut self) -> Option<u8> {
        loop {
            let byte = match self.input.as_ref()?.try_recv() {
                Ok(byte) => byte,
                Err(TryRecvError::Empty) => return None,
                Err(TryRecvError::Disconnected) => {
                    self.ended = true;
                    return None;
                }
            };
            match self.keys.typed(byte) {
                Key::Send(byte) => return Some(byte),
                Key::Help => self.write(HELP.as_bytes()),
                Key::Stop => self.keys.control.stop(),
                Key::Nothing => {}
            }
        }
    }

    fn is_live(&self) -> bool {
        !self.ended
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            let _ = tcsetattr(io::stdin(), SetArg::TCSANOW, before);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_qemus() {
        let mut keys = Keys::default();
        let typed = |keys: &mut Keys, bytes: &[u8]| bytes.iter().map(|&byte| keys.typed(byte)).collect::<Vec<_>>();
        assert_eq!(typed(&mut keys, b"a\x03"), [Key::Send(b'a'), Key::Send(3)]);
        assert_eq!(typed(&mut keys, b"\x01x"), [Key::Nothing, Key::Stop]);
        assert_eq!(
            typed(&mut keys, b"\x01h\x01\x01q"),
            [Key::Nothing, Key::Help, Key::Nothing, Key::Send(1), Key::Send(b'q')]
        );
    }
}
