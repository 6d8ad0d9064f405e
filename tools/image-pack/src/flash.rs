//! Puts an image on a board: as S-records over a serial line, or byte for byte onto a device file.
//!
//! No board of this project was at hand, so only what needs no knowledge of a board's monitor is done (docs/caveats.md): the
//! user starts the monitor's S-record download, this side sends and obeys XON/XOFF.

use crate::describe::inspect;
use crate::format::{Format, unwrap};
use nix::sys::termios::{self, BaudRate, ControlFlags, InputFlags, SetArg};
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// How the image gets to the board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// S-records over a serial line: 115200 baud, 8 bits, no parity, XON/XOFF.
    SerialLine,
    /// The flat image, from the first byte of a device or file on.
    DeviceFile,
}

/// What will be done; show it before [`Plan::run`] touches the device.
#[derive(Debug)]
pub struct Plan {
    port: PathBuf,
    way: Way,
    data: Vec<u8>,
    device: File,
}

/// Why an image cannot be put on a board.
#[derive(Debug, thiserror::Error)]
pub enum FlashError {
    /// The image is not good; nothing was sent.
    #[error("the image is not good, nothing was sent: {0}")]
    Image(String),
    /// The port cannot be opened.
    #[error("cannot open {port}: {error}; check the name, the cable and your rights")]
    Open {
        /// The port.
        port: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Sending failed half-way.
    #[error("{port}: {error} after {sent} of {total} bytes; the board's flash may be half written, flash it again")]
    Send {
        /// The port.
        port: PathBuf,
        /// What the system says.
        error: io::Error,
        /// Bytes sent before.
        sent: usize,
        /// Bytes in all.
        total: usize,
    },
}

/// Checks the image (any format) and opens the port: a terminal device gets S-records, anything else the flat image.
///
/// # Errors
/// A bad image, a port that cannot be opened or set up.
pub fn plan(image: &[u8], port: &Path) -> Result<Plan, FlashError> {
    let description = inspect(image).map_err(FlashError::Image)?;
    let (_, flat) = unwrap(image).map_err(|error| FlashError::Image(error.to_string()))?;
    let failed = |error| FlashError::Open { port: port.into(), error };
    // Without O_NOCTTY the line's hang-up would end this program.
    let mut options = OpenOptions::new();
    let device = options.write(true).custom_flags(nix::fcntl::OFlag::O_NOCTTY.bits()).open(port).map_err(failed)?;
    let (way, format) =
        if device.is_terminal() { (Way::SerialLine, Format::Srec) } else { (Way::DeviceFile, Format::Bin) };
    if way == Way::SerialLine {
        set_up(&device).map_err(|error| failed(error.into()))?;
    }
    let data = format.wrap(&flat, description.board).map_err(|error| FlashError::Image(error.to_string()))?;
    Ok(Plan { port: port.into(), way, data, device })
}

/// 115200 baud, 8N1, no translation, XON/XOFF.
fn set_up(device: &File) -> nix::Result<()> {
    let mut line = termios::tcgetattr(device)?;
    termios::cfmakeraw(&mut line);
    line.input_flags.insert(InputFlags::IXON);
    line.control_flags.insert(ControlFlags::CLOCAL);
    termios::cfsetspeed(&mut line, BaudRate::B115200)?;
    termios::tcsetattr(device, SetArg::TCSANOW, &line)
}

impl Plan {
    /// How the image gets there.
    pub fn way(&self) -> Way {
        self.way
    }

    /// Bytes that will be sent.
    pub fn total(&self) -> usize {
        self.data.len()
    }

    /// Sends everything; `progress` hears how many bytes are through.
    ///
    /// # Errors
    /// The device refuses or goes away.
    pub fn run(mut self, mut progress: impl FnMut(usize)) -> Result<(), FlashError> {
        let total = self.data.len();
        let mut sent = 0;
        for chunk in self.data.chunks(4096) {
            if let Err(error) = self.device.write_all(chunk) {
                return Err(FlashError::Send { port: self.port, error, sent, total });
            }
            sent += chunk.len();
            progress(sent);
        }
        let ended = match self.way {
            Way::SerialLine => termios::tcdrain(&self.device).map_err(io::Error::from),
            Way::DeviceFile => self.device.sync_all(),
        };
        ended.map_err(|error| FlashError::Send { port: self.port, error, sent, total })
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (port, bytes) = (self.port.display(), self.data.len());
        match self.way {
            Way::SerialLine => {
                // 10 bits a character.
                let seconds = bytes.div_ceil(11_520);
                write!(f, "send {bytes} bytes of S-records to {port} at 115200 8N1 XON/XOFF, about {seconds} s; ")?;
                f.write_str("start the S-record download of the board's monitor first")
            }
            Way::DeviceFile => write!(f, "write {bytes} bytes to the start of {port}"),
        }
    }
}
