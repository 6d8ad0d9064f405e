//! What fetches dumps and gives orders gets on with a gdb stub that is not ours: stock QEMU's. Its memory holds what a monitor guest would
//! have written, and QEMU itself says what arrived.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use monitor_api::{Processors, Registers};
use spumone_core::dump::{
    BLOCK_BYTES, HEADERS_OFFSET, ORDER_OFFSET, Order, STAGE_OFFSET, Stage, Subject, compose, from_words, seal, to_words,
};
use tempfile::NamedTempFile;

use super::qemu::{Qemu, saved};
use crate::dump::Dump;
use crate::fetch::{Board, fetch, order};
use crate::gdb::GdbStub;
use crate::gdb::stub::BLOCK;

/// Area 2, in which r2d has nothing (QEMU, hw/sh4/r2d.c).
const NOTHING: u32 = 0x0800_0000;
/// Where blocks of various sizes go, in its 64 MB of memory: no multiple of anything.
const ANYWHERE: u32 = 0x0c01_2345;
/// Where the dump is described.
const AT: u32 = 0x0c20_1000;
/// The guest that was dumped: its memory is no multiple of what is asked for at once.
const START: u32 = 0x0c40_0000;
const LENGTH: u32 = 0x0002_3456;
const WHY: &str = "finding 1: somebody did something";

/// Writes and reads memory of several sizes, fetches a dump, gives orders, and is told what is wrong. Gives the number of bytes that were compared.
///
/// # Errors
/// When something else arrived than was sent, or a wrong address is not said to be one.
pub fn foreign_stub() -> Result<usize> {
    let mut qemu = Qemu::stopped()?;
    let mut stub = qemu.connect((0, 1 << 29), Duration::ZERO)?;
    let block = BLOCK as usize;
    let sizes = [1, 2, 3, 5, block - 1, block, block + 1, 5 * block + 7];
    for size in sizes {
        carried(&mut stub, size).with_context(|| format!("{size} bytes"))?;
    }
    fetched(&mut stub)?;
    for what in [Order::Restart, Order::Resume] {
        order(&mut stub, AT, what)?;
        ensure!(word(&mut stub, ORDER_OFFSET)? == what as u32, "the order {what:?} did not arrive");
    }
    // QEMU reads zeros where there is nothing, and says that it has written there.
    for (place, what) in [(NOTHING, "no memory"), (START, "other memory")] {
        let mut out = NamedTempFile::new()?;
        let refused = [
            fetch(&mut stub, place, &mut out, &mut |_, _| ()).map(drop).err(),
            order(&mut stub, place, Order::Resume).err(),
        ];
        for error in refused {
            let said = error.map(|error| format!("{error:#}")).with_context(|| format!("taken for a dump: {what}"))?;
            ensure!(said.contains("take the address from the line"), "of {what} it is said: {said}");
        }
        ensure!(out.as_file().metadata()?.len() == 0, "a file was begun from {what}");
    }
    Ok(sizes.iter().sum::<usize>() + LENGTH as usize)
}

/// Bytes in which no two neighbours are equal, nor two pieces of what is asked for at once.
fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at % 251 + 1) as u8).collect()
}

/// A block arrives as it was sent, with nothing written beside it, and is read as it stands there.
fn carried(stub: &mut GdbStub, size: usize) -> Result<()> {
    let sent = pattern(size);
    stub.write(ANYWHERE, &sent)?;
    let around = saved(stub, (u64::from(ANYWHERE) - 1, size as u64 + 2))?;
    ensure!(around == [&[0][..], &sent, &[0]].concat(), "QEMU has other bytes than were written");
    ensure!(Board::read(stub, ANYWHERE, size)? == sent, "other bytes are read than QEMU has");
    stub.write(ANYWHERE, &vec![0; size])
}

/// A word of the block that describes the dump, as QEMU has it.
fn word(stub: &mut GdbStub, offset: usize) -> Result<u32> {
    let bytes = saved(stub, (u64::from(AT) + offset as u64, 4))?;
    Ok(u32::from_le_bytes(bytes.as_slice().try_into()?))
}

/// The file has the guest's memory, registers and reason; the block says that it was taken, and it is not given twice.
fn fetched(stub: &mut GdbStub) -> Result<()> {
    let memory = pattern(LENGTH as usize);
    stub.write(START, &memory)?;
    let cpus: Vec<Registers> = (1..=2).filter_map(|cpu| from_words(&[cpu; spumone_core::dump::WORDS])).collect();
    let mut block = vec![0; BLOCK_BYTES];
    let room = block.get_mut(HEADERS_OFFSET..).context("no room")?;
    let headers = compose(room, Subject { start: START, length: LENGTH, why: WHY }, cpus.iter().copied());
    headers.and_then(|headers| seal(&mut block, 1, headers, Stage::Ready)).context("no room")?;
    stub.write(AT, &block)?;
    let mut out = NamedTempFile::new()?;
    fetch(stub, AT, &mut out, &mut |_, _| ())?;
    ensure!(word(stub, STAGE_OFFSET)? == Stage::Taken as u32, "nobody says that it was taken");
    let dump = Dump::read_core(out.path())?;
    ensure!(dump.pieces().eq([(u64::from(START), memory.as_slice())]), "the file has another memory");
    ensure!(dump.why() == Some(WHY), "the reason is {:?}", dump.why());
    let words = |cpu: Registers| to_words(&cpu);
    let found: Vec<_> = (0..dump.count()).filter_map(|cpu| dump.registers(cpu)).map(words).collect();
    ensure!(found == cpus.into_iter().map(words).collect::<Vec<_>>(), "the file has other registers");
    let again = fetch(stub, AT, &mut NamedTempFile::new()?, &mut |_, _| ()).err().context("it was given twice")?;
    ensure!(again.to_string().contains("was fetched before"), "the second time it is said: {again:#}");
    Ok(())
}
