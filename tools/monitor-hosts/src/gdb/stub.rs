//! The host that asks a gdb stub.

use std::cell::RefCell;
use std::collections::HashMap;
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use monitor_api::{AccessError, Clock, Host, Memory, PhysAddr, Processors, Registers};

use super::packet::{Line, unhex};
use super::registers;
use crate::target::Target;

/// Bytes that are asked for at once. QEMU drops longer packets than it takes (4096 characters) without a word.
pub(crate) const BLOCK: u64 = 1024;
/// Characters of the longest packet: two for a byte, and what is said about them.
const PACKET: usize = 2 * BLOCK as usize + 32;
/// P1, through which a stub sees physical memory without the MMU.
const P1: u64 = 0x8000_0000;
/// External addresses have 29 bits.
const EXTERNAL: u64 = 0x2000_0000;
/// An answer that takes longer does not come.
const PATIENCE: Duration = Duration::from_secs(20);

/// A guest behind a gdb stub. The guest stands still while monitors look at it, and runs in between.
pub struct GdbStub {
    line: RefCell<Line<TcpStream>>,
    /// What was read since the guest last ran; `None` where nothing is.
    blocks: RefCell<HashMap<u64, Option<Vec<u8>>>>,
    memory: (u64, u64),
    /// What the stub calls physical address 0.
    base: u64,
    cpus: Vec<Registers>,
    run_for: Duration,
    started: Instant,
}

impl GdbStub {
    /// Connects; the guest stops. `memory` is the first address and the length of the guest's memory, `run_for` how long the guest
    /// runs between two looks.
    ///
    /// # Errors
    /// When nobody listens, or what listens is no stub.
    pub fn connect(
        address: impl ToSocketAddrs + std::fmt::Debug,
        memory: (u64, u64),
        run_for: Duration,
    ) -> Result<Self> {
        let stream = TcpStream::connect(&address)
            .with_context(|| format!("nothing listens at {address:?}: start QEMU with `-gdb tcp::PORT`"))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut stub = Self {
            line: RefCell::new(Line::new(stream)),
            blocks: RefCell::default(),
            memory,
            base: P1,
            cpus: Vec::new(),
            run_for,
            started: Instant::now(),
        };
        let packet = stub.line.get_mut().begin().context("not a gdb stub")?;
        ensure!(packet >= PACKET, "this stub takes packets of {packet} characters, and {PACKET} are needed");
        // QEMU shows P1 only while the CPU is in privileged mode, but it can be asked for physical memory.
        if stub.line.get_mut().ask("Qqemu.PhyMemMode:1")? == "OK" {
            stub.base = 0;
        }
        stub.read_registers()?;
        Ok(stub)
    }

    /// A command of QEMU's monitor that prints nothing.
    ///
    /// # Errors
    /// With what it prints; or when the stub does not know such commands.
    pub fn command(&mut self, text: &str) -> Result<()> {
        let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        let line = self.line.get_mut();
        let (mut answer, mut printed) = (line.ask(&format!("qRcmd,{hex}"))?, Vec::new());
        // What it prints comes in packets of its own.
        while answer != "OK"
            && let Some(output) = answer.strip_prefix('O')
        {
            printed.extend(unhex(output).unwrap_or_default());
            answer = line.answer()?;
        }
        ensure!(answer == "OK", "the stub answers {answer:?} to {text:?}");
        ensure!(printed.is_empty(), "{text:?}: {}", String::from_utf8_lossy(&printed));
        Ok(())
    }

    /// Reads memory as it is now.
    pub(crate) fn read_now(&mut self, address: u32, length: u64) -> Result<Vec<u8>> {
        let answer = self.line.get_mut().ask(&format!("m{:x},{length:x}", self.base + u64::from(address)))?;
        let bytes = unhex(&answer).filter(|bytes| bytes.len() as u64 == length);
        bytes.with_context(|| format!("the stub answers {answer:?} for {length} bytes at {address:#010x}"))
    }

    /// Writes memory.
    pub(crate) fn write(&mut self, address: u32, data: &[u8]) -> Result<()> {
        let pieces = data.chunks(BLOCK as usize);
        for (place, piece) in (u64::from(address)..).step_by(BLOCK as usize).zip(pieces) {
            let hex: String = piece.iter().map(|byte| format!("{byte:02x}")).collect();
            let answer = self.line.get_mut().ask(&format!("M{:x},{:x}:{hex}", self.base + place, piece.len()))?;
            ensure!(answer == "OK", "the stub answers {answer:?} to a write of {} bytes at {place:#010x}", piece.len());
        }
        Ok(())
    }

    fn read_registers(&mut self) -> Result<()> {
        let line = self.line.get_mut();
        let mut threads = Vec::new();
        let mut list = line.ask("qfThreadInfo")?;
        while let Some(some) = list.strip_prefix('m') {
            threads.extend(some.split(',').map(str::to_owned));
            list = line.ask("qsThreadInfo")?;
        }
        self.cpus.clear();
        for thread in &threads {
            let chosen = line.ask(&format!("Hg{thread}"))?;
            ensure!(chosen == "OK", "the stub does not let itself be asked about thread {thread}: {chosen}");
            let bytes = unhex(&line.ask("g")?);
            let registers = bytes.and_then(|bytes| registers::from_bytes(&bytes));
            self.cpus.push(registers.context("the stub's registers are not those of gdb's sh4")?);
        }
        Ok(())
    }

    /// The block that begins at physical address `start`.
    fn block(&self, start: u64) -> Result<Option<Vec<u8>>, AccessError> {
        if let Some(known) = self.blocks.borrow().get(&start) {
            return Ok(known.clone());
        }
        let answer = self.line.borrow_mut().ask(&format!("m{:x},{BLOCK:x}", self.base + start));
        let failed = AccessError::Host { what: "the gdb stub does not answer", address: PhysAddr::new(start) };
        let bytes = match answer.map_err(|_| failed)? {
            error if error.starts_with('E') => None,
            bytes => unhex(&bytes).filter(|bytes| bytes.len() as u64 == BLOCK),
        };
        self.blocks.borrow_mut().insert(start, bytes.clone());
        Ok(bytes)
    }
}

impl Target for GdbStub {
    fn host(&self) -> &dyn Host {
        self
    }

    fn pass(&mut self) -> Result<bool> {
        self.blocks.get_mut().clear();
        let line = self.line.get_mut();
        line.send("c")?;
        std::thread::sleep(self.run_for);
        line.interrupt()?;
        let stop = line.answer()?;
        match stop.as_bytes().first() {
            Some(b'S' | b'T') => {}
            Some(b'W' | b'X') => return Ok(false),
            _ => bail!("the stub stopped with {stop:?}"),
        }
        self.read_registers()?;
        Ok(true)
    }
}

impl Drop for GdbStub {
    fn drop(&mut self) {
        // Detach, so that the guest runs on; it may have ended.
        let _ = self.line.get_mut().ask("D");
    }
}

impl Memory for GdbStub {
    fn read(&self, address: PhysAddr, into: &mut [u8]) -> Result<(), AccessError> {
        let length = into.len() as u64;
        let outside = AccessError::OutOfRange { address, length };
        let offset = address.get().checked_sub(self.memory.0).ok_or(outside)?;
        if offset.checked_add(length).is_none_or(|end| end > self.memory.1) || address.get() + length > EXTERNAL {
            return Err(outside);
        }
        let (mut at, mut rest) = (address.get(), into);
        while !rest.is_empty() {
            let (start, skip) = (at / BLOCK * BLOCK, (at % BLOCK) as usize);
            let block = self.block(start)?.ok_or(outside)?;
            let piece = rest.len().min(block.len() - skip);
            let (now, later) = rest.split_at_mut(piece);
            now.copy_from_slice(&block[skip..skip + piece]);
            at += piece as u64;
            rest = later;
        }
        Ok(())
    }
}

impl Processors for GdbStub {
    fn count(&self) -> usize {
        self.cpus.len()
    }

    fn registers(&self, number: usize) -> Option<Registers> {
        self.cpus.get(number).copied()
    }
}

impl Clock for GdbStub {
    fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}
