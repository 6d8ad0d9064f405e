//! A serial line that is written to a file.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use super::SerialBackend;

/// Appends what the guest transmits to a file.
#[derive(Debug)]
pub struct FileLog {
    file: File,
    failed: bool,
}

impl FileLog {
    /// Creates the file, or empties it.
    ///
    /// # Errors
    /// When it cannot be created.
    pub fn create(path: &Path) -> io::Result<Self> {
        Ok(Self { file: File::create(path)?, failed: false })
    }
}

impl SerialBackend for FileLog {
    fn write(&mut self, bytes: &[u8]) {
        if !self.failed
            && let Err(error) = self.file.write_all(bytes)
        {
            eprintln!("sh4a-emu: serial file: {error}; its output is lost from here on");
            self.failed = true;
        }
    }
}
