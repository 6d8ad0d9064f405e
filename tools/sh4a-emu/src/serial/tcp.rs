//! A serial line on a TCP port of this host, one client at a time.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};

use super::SerialBackend;

/// Bytes that wait for a client's socket at most; more are lost, as on a line that nobody reads.
const BACKLOG: usize = 1 << 20;

/// A listening port.
#[derive(Debug)]
pub struct Tcp {
    listener: TcpListener,
    client: Option<TcpStream>,
    waiting: Vec<u8>,
}

impl Tcp {
    /// Listens on `port` of the loopback interface; 0 picks a free one.
    ///
    /// # Errors
    /// When the port is taken.
    pub fn listen(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        Ok(Self { listener, client: None, waiting: Vec::new() })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// When the socket does not tell.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    fn accept(&mut self) {
        if self.client.is_none()
            && let Ok((client, _)) = self.listener.accept()
            && client.set_nonblocking(true).is_ok()
        {
            let _ = client.set_nodelay(true);
            self.client = Some(client);
        }
    }

    fn flush(&mut self) {
        let Some(client) = &mut self.client else { return };
        match client.write(&self.waiting) {
            Ok(sent) => drop(self.waiting.drain(..sent)),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => self.client = None,
        }
    }
}

impl SerialBackend for Tcp {
    fn write(&mut self, bytes: &[u8]) {
        self.accept();
        self.waiting.extend_from_slice(bytes);
        let excess = self.waiting.len().saturating_sub(BACKLOG);
        self.waiting.drain(..excess);
        self.flush();
    }

    fn read(&mut self) -> Option<u8> {
        self.accept();
        if !self.waiting.is_empty() {
            self.flush();
        }
        let mut byte = [0];
        match self.client.as_mut()?.read(&mut byte) {
            Ok(1) => Some(byte[0]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => None,
            _ => {
                self.client = None;
                None
            }
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
    fn keeps_output_for_the_first_client_and_carries_input() {
        let mut line = Tcp::listen(0).expect("a free port");
        line.write(b"boot\n");
        let mut client = TcpStream::connect(line.address().expect("an address")).expect("connects");
        client.write_all(b"x").expect("typed");
        let byte = loop {
            if let Some(byte) = line.read() {
                break byte;
            }
        };
        assert_eq!(byte, b'x');
        let mut answer = [0; 5];
        client.read_exact(&mut answer).expect("shown");
        assert_eq!(&answer, b"boot\n");
    }
}
