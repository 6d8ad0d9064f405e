//! The conversation with gdb.

use std::io::{self, Write};
use std::marker::PhantomData;
use std::net::{Ipv4Addr, TcpListener, TcpStream};

use gdbstub::common::Signal;
use gdbstub::conn::ConnectionExt;
use gdbstub::stub::run_blocking::{BlockingEventLoop, Event, WaitForStopReasonError};
use gdbstub::stub::{DisconnectReason, GdbStub, MultiThreadStopReason};
use gdbstub::target::ext::breakpoints::WatchKind;

use super::target::{Debugged, Resume, tid};
use crate::device::Instant;
use crate::machine::{Machine, Stop};

/// Cycles between two looks at what gdb sends.
const SLICE: u64 = 200_000;

/// Why the conversation ended badly.
#[derive(Debug, thiserror::Error)]
pub enum GdbError {
    /// The port or the connection failed.
    #[error("gdb connection: {0}")]
    Connection(#[from] io::Error),
    /// gdb said something that the stub does not take.
    #[error("gdb protocol: {0}")]
    Protocol(String),
}

/// Waits for gdb on `port` of the loopback interface and lets it drive the machine; when gdb detaches, the machine runs on until
/// `limit`.
///
/// # Errors
/// When the port is taken or the connection fails.
pub fn serve(machine: &mut Machine, port: u16, limit: Instant) -> Result<Stop, GdbError> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    eprintln!("sh4a-emu: waiting for gdb: target remote {}", listener.local_addr()?);
    let (stream, _) = listener.accept()?;
    serve_stream(machine, stream, limit)
}

/// The same on a connection that exists already.
///
/// # Errors
/// When the connection fails.
pub fn serve_stream(machine: &mut Machine, stream: TcpStream, limit: Instant) -> Result<Stop, GdbError> {
    stream.set_nodelay(true)?;
    let mut target = Debugged { machine, limit, actions: std::collections::BTreeMap::new() };
    let connection: Connection = Box::new(Buffered { stream, out: Vec::new() });
    let reason = GdbStub::new(connection)
        .run_blocking::<Loop<'_>>(&mut target)
        .map_err(|error| GdbError::Protocol(error.to_string()))?;
    Ok(match reason {
        DisconnectReason::Disconnect => target.machine.run(limit),
        DisconnectReason::TargetExited(_) => Stop::PowerOff,
        DisconnectReason::TargetTerminated(_) => Stop::Limit,
        DisconnectReason::Kill => Stop::Host,
    })
}

/// A connection that sends a packet as a whole: the stub writes it byte by byte.
struct Buffered {
    stream: TcpStream,
    out: Vec<u8>,
}

impl gdbstub::conn::Connection for Buffered {
    type Error = io::Error;

    fn write(&mut self, byte: u8) -> io::Result<()> {
        self.out.push(byte);
        // A confirmation may be all for now: nothing follows it when the machine goes on.
        if self.out == b"+" { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Write::write_all(&mut self.stream, &self.out)?;
        self.out.clear();
        Ok(())
    }
}

impl ConnectionExt for Buffered {
    fn read(&mut self) -> io::Result<u8> {
        ConnectionExt::read(&mut self.stream)
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        ConnectionExt::peek(&mut self.stream)
    }
}

type Connection = Box<dyn ConnectionExt<Error = io::Error>>;
type Reason = MultiThreadStopReason<u32>;

struct Loop<'a>(PhantomData<Debugged<'a>>);

impl<'a> BlockingEventLoop for Loop<'a> {
    type Target = Debugged<'a>;
    type Connection = Connection;
    type StopReason = Reason;

    fn wait_for_stop_reason(
        target: &mut Debugged<'a>,
        connection: &mut Connection,
    ) -> Result<Event<Reason>, WaitForStopReasonError<std::convert::Infallible, io::Error>> {
        if let Some((&core, _)) = target.actions.iter().find(|(_, action)| **action == Resume::Step) {
            return Ok(Event::TargetStopped(step(target, core)));
        }
        loop {
            if connection.peek().map_err(WaitForStopReasonError::Connection)?.is_some() {
                return connection.read().map(Event::IncomingData).map_err(WaitForStopReasonError::Connection);
            }
            let slice = target.limit.min(target.machine.time() + SLICE);
            let stop = target.machine.run(slice);
            if stop == Stop::Limit && slice < target.limit {
                continue;
            }
            return Ok(Event::TargetStopped(reason(&stop)));
        }
    }

    fn on_interrupt(_target: &mut Debugged<'a>) -> Result<Option<Reason>, std::convert::Infallible> {
        Ok(Some(Reason::Signal(Signal::SIGINT)))
    }
}

fn step(target: &mut Debugged<'_>, core: usize) -> Reason {
    match target.machine.step(core) {
        None => Reason::DoneStep,
        Some(stop) => reason(&stop),
    }
}

fn reason(stop: &Stop) -> Reason {
    match *stop {
        Stop::PowerOff => Reason::Exited(0),
        Stop::Limit => Reason::Terminated(Signal::SIGXCPU),
        Stop::Crash(_) => Reason::Signal(Signal::SIGSEGV),
        Stop::Unmapped { .. } => Reason::Signal(Signal::SIGBUS),
        Stop::Halted | Stop::Host => Reason::Signal(Signal::SIGINT),
        Stop::Breakpoint { core, .. } => Reason::SwBreak(tid(core)),
        Stop::Watchpoint { core, addr, store } => {
            let kind = if store { WatchKind::Write } else { WatchKind::Read };
            Reason::Watch { tid: tid(core), kind, addr }
        }
    }
}
