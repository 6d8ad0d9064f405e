//! How a user names a serial back end: `N=stdio`, `N=stdout`, `N=file:PATH`, `N=pty`, `N=tcp:PORT`, `N=null`.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::str::FromStr;

use super::{Console, FileLog, HostControl, Null, Pty, SerialBackend, Tcp};

/// A port and what it is connected to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SerialSpec {
    /// Number of the port.
    pub port: usize,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Stdio,
    Stdout,
    File(PathBuf),
    Pty,
    Tcp(u16),
    Null,
}

/// What is wrong with the text.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SpecError {
    /// No port number.
    #[error("{0:?} names no port; write for example 0=stdio")]
    Port(String),
    /// Unknown back end.
    #[error("{0:?} is no serial back end; choose stdio, stdout, file:PATH, pty, tcp:PORT or null")]
    Kind(String),
}

impl FromStr for SerialSpec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        let (port, kind) = text.split_once('=').ok_or_else(|| SpecError::Port(text.to_owned()))?;
        let port = port.parse().map_err(|_| SpecError::Port(text.to_owned()))?;
        let bad = || SpecError::Kind(kind.to_owned());
        let kind = match kind.split_once(':') {
            None => match kind {
                "stdio" => Kind::Stdio,
                "stdout" => Kind::Stdout,
                "pty" => Kind::Pty,
                "null" => Kind::Null,
                _ => return Err(bad()),
            },
            Some(("file", path)) if !path.is_empty() => Kind::File(path.into()),
            Some(("tcp", number)) => Kind::Tcp(number.parse().map_err(|_| bad())?),
            Some(_) => return Err(bad()),
        };
        Ok(Self { port, kind })
    }
}

impl SerialSpec {
    /// True if it takes the terminal's input.
    pub fn is_stdio(&self) -> bool {
        self.kind == Kind::Stdio
    }

    /// True if a person may sit at the other end.
    pub fn is_interactive(&self) -> bool {
        match self.kind {
            Kind::Stdio => std::io::stdin().is_terminal(),
            Kind::Pty | Kind::Tcp(_) => true,
            Kind::Stdout | Kind::File(_) | Kind::Null => false,
        }
    }

    /// Opens the back end; says on standard error where a pseudo terminal or port is.
    ///
    /// # Errors
    /// When the host refuses it.
    pub fn open(&self, control: HostControl) -> std::io::Result<Box<dyn SerialBackend>> {
        Ok(match &self.kind {
            Kind::Stdio => Box::new(Console::open(control)),
            Kind::Stdout => Box::new(Console::output_only()),
            Kind::File(path) => Box::new(FileLog::create(path)?),
            Kind::Null => Box::new(Null),
            Kind::Pty => {
                let pty = Pty::open()?;
                eprintln!("sh4a-emu: serial {} is {}", self.port, pty.path().display());
                Box::new(pty)
            }
            Kind::Tcp(number) => {
                let tcp = Tcp::listen(*number)?;
                eprintln!("sh4a-emu: serial {} is {}", self.port, tcp.address()?);
                Box::new(tcp)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read() {
        let parse = |text: &str| text.parse::<SerialSpec>();
        assert_eq!(parse("1=tcp:5555"), Ok(SerialSpec { port: 1, kind: Kind::Tcp(5555) }));
        assert_eq!(parse("0=file:/tmp/x"), Ok(SerialSpec { port: 0, kind: Kind::File("/tmp/x".into()) }));
        assert_eq!(parse("stdio"), Err(SpecError::Port("stdio".into())));
        assert_eq!(parse("0=tcp:x"), Err(SpecError::Kind("tcp:x".into())));
        assert_eq!(parse("0=printer"), Err(SpecError::Kind("printer".into())));
    }
}
