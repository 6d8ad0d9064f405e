//! What a serial port is connected to on the host.

mod console;
mod file;
mod pty;
mod script;
mod spec;
mod tcp;

pub use console::{Console, HostControl};
pub use file::FileLog;
pub use pty::Pty;
pub use script::{Script, Transcript};
pub use spec::{SerialSpec, SpecError};
pub use tcp::Tcp;

/// The host's end of a serial line.
pub trait SerialBackend {
    /// Takes what the guest transmitted.
    fn write(&mut self, bytes: &[u8]);
    /// The next character for the guest, if there is one now.
    fn read(&mut self) -> Option<u8> {
        None
    }
    /// True while characters may still come from outside, at a time that the machine cannot know.
    fn is_live(&self) -> bool {
        false
    }
}

/// Connected to nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Null;

impl SerialBackend for Null {
    fn write(&mut self, _bytes: &[u8]) {}
}
