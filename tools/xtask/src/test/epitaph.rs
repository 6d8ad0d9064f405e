//! SPUMONE's own mistakes: an exception in its code, and a panic. It must say on the console what happened where, leave that in memory
//! that a warm reset keeps, and stop. SPUMONE makes none of these mistakes by itself: they are put into its image.

use anyhow::{Context, Result, anyhow, bail, ensure};
use object::{Object, ObjectSymbol};
use sh4a_emu::machine::Config;
use spumone_core::epitaph::{self, Epitaph};
use spumone_core::format::crc32;
use spumone_core::image::{Image, Part, PartKind, encode};
use system_file::System;

use super::{Depth, tally::Tally};
use crate::bench::rig::{Rig, Symbols};
use crate::run::{self, On};
use crate::{image, target, workspace};

/// Every SH-4A takes it for an illegal instruction (EXPEVT 0x180).
const ILLEGAL: [u8; 2] = 0xfffd_u16.to_le_bytes();
/// A function in Rust that the first `idle` of a guest comes to.
const FUNCTION: &str = "spumone_on_idle";
const PLACES: [(&str, On); 3] = [("rp1", On::Emu), ("r2d", On::Emu), ("r2d", On::Qemu)];
/// Cycles within which each thing must have come.
const PATIENCE: u64 = 20_000_000_000;

pub(super) fn run(_: Depth) -> Result<Tally> {
    let mut tally = Tally::default();
    for (board, on) in PLACES {
        tally.check(&format!("an exception of SPUMONE's own on {board} {on:?}"), exception(board, on));
        tally.check(&format!("a panic on {board} {on:?}"), panic(board, on));
    }
    tally.check("a warm reset keeps the epitaph", warm_reset());
    tally.check("SPUMONE has no code that could panic", no_panics());
    Ok(tally)
}

fn load(board: &str) -> Result<System> {
    image::load(&workspace::root().join(format!("configs/{board}-rt.toml")))
}

fn function(board: &str) -> Result<u32> {
    Symbols::load(&target::build("spumone-sh4a", board)?.program("spumone"))?.address(FUNCTION)
}

fn exception(board: &str, on: On) -> Result<()> {
    let (system, place) = (load(board)?, function(board)?);
    let printed = death(on, &system, &with_fault(&image::build(&system)?, place)?)?;
    let said = format!("died on core 0, vCPU 0: exception in SPUMONE: illegal instruction at PC {place:#010x}");
    says(on, &printed, &said)
}

fn panic(board: &str, on: On) -> Result<()> {
    let system = load(board)?;
    let printed = death(on, &system, &image::build_around(&system, "panics")?)?;
    // The program has an array of four.
    says(on, &printed, "died on core 0, no vCPU: spumone-sh4a/src/bin/panics.rs: index out of bounds: the len is 4 but")
}

/// Runs an image whose SPUMONE dies. Our emulator tells from its memory that this was no good end; QEMU shows consoles only.
fn death(on: On, system: &System, image: &[u8]) -> Result<String> {
    match (on, run::to_the_end(on, system, image)) {
        (On::Emu, Err(error)) => Ok(format!("{error:#}")),
        (On::Emu, Ok(printed)) => bail!("the run passes for a good one\n{printed}"),
        (On::Qemu, printed) => printed,
    }
}

/// On the console, and on our emulator in the record as well.
fn says(on: On, printed: &str, said: &str) -> Result<()> {
    ensure!(printed.contains(&format!("spumone: {said}")), "not on the console: {said}\n{printed}");
    ensure!(on == On::Qemu || printed.contains(&format!("SPUMONE {said}")), "not in the record: {said}\n{printed}");
    Ok(())
}

fn warm_reset() -> Result<()> {
    let (system, place) = (load("rp1")?, function("rp1")?);
    let good = image::build(&system)?;
    let mut rig = Rig::new(Config::rp1(), "dies").flash(&with_fault(&good, place)?)?;
    rig.until("EXPEVT 0x180", PATIENCE)?;
    let address = rig.machine.config().usual_epitaphs();
    let read = |rig: &Rig| rig.machine.read_memory(0, address, epitaph::BYTES).context("no memory there");
    let record = read(&rig)?;
    let epitaph = Epitaph::decode(&record).map_err(|why| anyhow!("{why}"))?;
    ensure!((epitaph.core, epitaph.registers.expevt, epitaph.registers.pc) == (0, 0x180, place), "{epitaph}");
    rig.machine.load_flash(&good).context("cannot load the good image")?;
    rig.machine.cpu_mut(0).reset(0);
    rig.until("all guests ended: rt-probe=0", PATIENCE)?;
    ensure!(read(&rig)? == record, "the record changed");
    Ok(())
}

/// What cannot be reached is not linked.
fn no_panics() -> Result<()> {
    for board in ["rp1", "r2d"] {
        let path = target::build("spumone-sh4a", board)?.program("spumone");
        let bytes = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let elf = object::File::parse(&*bytes)?;
        let names: Vec<&str> = elf.symbols().filter_map(|symbol| symbol.name().ok()).collect();
        ensure!(names.contains(&FUNCTION), "{} has no symbols", path.display());
        let panics: Vec<_> =
            names.iter().filter(|name| name.contains("panicking") || name.contains("panicked")).collect();
        ensure!(panics.is_empty(), "the instance for {board} can panic: {panics:?}");
    }
    Ok(())
}

/// The image with an illegal instruction at `address` of SPUMONE's code, and all checksums right.
fn with_fault(good: &[u8], address: u32) -> Result<Vec<u8>> {
    let read = Image::parse(good).map_err(|fault| anyhow!("the good image is bad: {fault}"))?;
    let (board, entry) = (read.board(), read.entry());
    let mut parts: Vec<Part> = read.parts().collect();
    // P1 and P2 are windows on what a part's address names.
    let place = if address < 0xe000_0000 { address & 0x1fff_ffff } else { address };
    let holds =
        |part: &&mut Part| part.kind == PartKind::Load && (part.address..part.address + part.length).contains(&place);
    let part = parts.iter_mut().find(holds).context("no part holds the function")?;
    let mut image = good.to_vec();
    let start = part.offset as usize;
    let at = start + (place - part.address) as usize;
    image[at..at + ILLEGAL.len()].copy_from_slice(&ILLEGAL);
    part.crc = crc32(&image[start..start + part.length as usize]);
    encode(&mut image, board, entry, &parts).map_err(|fault| anyhow!("{fault}"))?;
    Ok(image)
}
