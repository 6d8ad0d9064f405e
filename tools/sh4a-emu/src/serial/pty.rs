//! A serial line on a pseudo terminal, for `screen`, `picocom` and the like.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::os::fd::OwnedFd;
use std::path::PathBuf;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::pty::openpty;
use nix::sys::termios::{SetArg, cfmakeraw, tcgetattr, tcsetattr};
use nix::unistd::ttyname;

use super::SerialBackend;

/// The controlling side of a pseudo terminal.
#[derive(Debug)]
pub struct Pty {
    master: File,
    /// Kept open, so that the line survives a user who leaves.
    _slave: OwnedFd,
    path: PathBuf,
}

impl Pty {
    /// Opens one.
    ///
    /// # Errors
    /// When the host has no pseudo terminals left.
    pub fn open() -> nix::Result<Self> {
        let pair = openpty(None, None)?;
        let mut termios = tcgetattr(&pair.slave)?;
        cfmakeraw(&mut termios);
        tcsetattr(&pair.slave, SetArg::TCSANOW, &termios)?;
        fcntl(&pair.master, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        let path = ttyname(&pair.slave)?;
        Ok(Self { master: File::from(pair.master), _slave: pair.slave, path })
    }

    /// The device that a terminal program opens.
    pub fn path(&self) -> &std::path::Path {
        &self.path
    }
}

impl SerialBackend for Pty {
    fn write(&mut self, bytes: &[u8]) {
        // Nobody reads: like a line with nothing connected, the output is lost.
        let _ = self.master.write(bytes);
    }

    fn read(&mut self) -> Option<u8> {
        let mut byte = [0];
        match self.master.read(&mut byte) {
            Ok(1) => Some(byte[0]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => None,
            _ => None,
        }
    }

    fn is_live(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carries_bytes_both_ways() {
        let mut pty = Pty::open().expect("a pseudo terminal");
        let mut user = File::options().read(true).write(true).open(pty.path()).expect("its device");
        user.write_all(b"a\r").expect("typed");
        assert_eq!((pty.read(), pty.read(), pty.read()), (Some(b'a'), Some(b'\r'), None));
        pty.write(b"ok");
        let mut answer = [0; 2];
        user.read_exact(&mut answer).expect("shown");
        assert_eq!(&answer, b"ok");
    }
}
