//! Damaged images: the boot stage, or SPUMONE, must say what is wrong, and start nothing.

use anyhow::{Context, Result, anyhow, ensure};
use provision::progress::Step;
use spumone_core::format::{Board, crc32};
use spumone_core::image::{HEADER_OFFSET, Image, Part, PartKind, encode};
use system_file::System;

use super::{Depth, tally::Tally};
use crate::run::{self, On};
use crate::{image, workspace};

const HEADER: usize = HEADER_OFFSET as usize;
/// Offsets in the header (docs/image-format.md).
const VERSION: usize = HEADER + 8;
const TOTAL: usize = HEADER + 12;
const ENTRY: usize = HEADER + 24;
const CRC: usize = HEADER + 28;
/// A text in the boot stage that only SPUMONE prints, which reads system tables: damage to it changes nothing that runs.
const UNUSED: &[u8] = b"system table: ";

/// An image, what was done to it, and what must be printed because of that.
struct Case {
    what: String,
    image: Vec<u8>,
    expected: String,
}

pub(super) fn run(_: Depth) -> Result<Tally> {
    let mut tally = Tally::default();
    for board in ["rp1", "r2d"] {
        let system = image::load(&workspace::root().join(format!("configs/{board}-rt.toml")))?;
        for case in cases(&image::build(&system)?)? {
            let name = format!("{board}: {}", case.what);
            let step = Step::new(&name);
            let result = boot(&system, &case);
            if result.is_ok() {
                step.done();
            }
            tally.check(&name, result);
        }
    }
    Ok(tally)
}

fn boot(system: &System, case: &Case) -> Result<()> {
    let printed = run::to_the_end(On::Emu, system, &case.image)?;
    ensure!(printed.contains(&case.expected), "missing: {}\n{printed}", case.expected);
    // The only guest's name is in all that it prints.
    ensure!(!printed.contains("rt-probe"), "something was started\n{printed}");
    Ok(())
}

fn cases(good: &[u8]) -> Result<Vec<Case>> {
    let parts = parts(good)?;
    let mut cases = Vec::new();
    let mut add = |what: String, image: Vec<u8>, expected: String| cases.push(Case { what, image, expected });
    for (number, part) in parts.iter().enumerate().filter(|(_, part)| part.length > 0) {
        let place = damageable(good, part)?;
        let expected = format!("spumone boot: image: checksum of part {number} wrong at {:#x}", part.offset);
        add(format!("a bit of {:?} {} flipped", part.kind, part.name), flipped(good, place), expected);
    }
    let cut = HEADER + (good.len() - HEADER) / 2;
    let beyond = |part: &Part| part.offset as usize + part.length as usize > cut;
    let first = parts.iter().position(beyond).context("the image has no second half")?;
    let expected = format!("spumone boot: image: checksum of part {first} wrong");
    add(format!("truncated to {cut} bytes"), good[..cut].to_vec(), expected);
    let long = sealed(with_word(good, TOTAL, 0x0800_0000), parts.len());
    add("longer than the flash".into(), long, "boot: image: too short at 0x0: expected 0x8000000, found".into());
    // "SPUM" in little endian; "X" is 0x58.
    let mut magic = good.to_vec();
    magic[HEADER] = b'X';
    let expected = "boot: image: bad magic at 0x4000: expected 0x4d555053, found 0x4d555058";
    add("wrong magic".into(), magic, expected.into());
    let mut erased = good[..HEADER].to_vec();
    erased.resize(good.len(), 0xff);
    let expected = "boot: image: bad magic at 0x4000: expected 0x4d555053, found 0xffffffff";
    add("erased behind the boot stage".into(), erased, expected.into());
    let expected = "boot: image: unknown format version at 0x4008: expected 0x1, found 0x2";
    add("format version 2".into(), sealed(with_word(good, VERSION, 2), parts.len()), expected.into());
    let expected = "boot: image: header checksum wrong at 0x401c";
    add("a bit of the header flipped".into(), flipped(good, ENTRY), expected.into());
    add("a bit of the part table flipped".into(), flipped(good, CRC + 4 + 20), expected.into());
    add(
        "made for the other board".into(),
        for_other_board(good, &parts)?,
        "boot: image: it is for another board".into(),
    );
    let expected = "spumone: system table: header checksum wrong at";
    add("a system table that was packed damaged".into(), bad_system_table(good, parts)?, expected.into());
    Ok(cases)
}

fn parts(image: &[u8]) -> Result<Vec<Part>> {
    Ok(Image::parse(image).map_err(|fault| anyhow!("the good image is bad: {fault}"))?.parts().collect())
}

/// A byte of the part; the boot stage must still run with it damaged.
fn damageable(image: &[u8], part: &Part) -> Result<usize> {
    let (start, length) = (part.offset as usize, part.length as usize);
    match part.kind {
        PartKind::BootStage => {
            let found = image[start..start + length].windows(UNUSED.len()).position(|text| text == UNUSED);
            found.map(|at| start + at).context("the boot stage has no text for system tables")
        }
        _ => Ok(start + length / 2),
    }
}

fn flipped(image: &[u8], place: usize) -> Vec<u8> {
    let mut image = image.to_vec();
    image[place] ^= 1;
    image
}

fn with_word(image: &[u8], place: usize, word: u32) -> Vec<u8> {
    let mut image = image.to_vec();
    image[place..place + 4].copy_from_slice(&word.to_le_bytes());
    image
}

/// The image with the header's checksum made right again, as a packer with a fault of its own would leave it.
fn sealed(image: Vec<u8>, parts: usize) -> Vec<u8> {
    let end = HEADER + spumone_core::image::table_bytes(parts);
    let covered = [&image[HEADER..CRC], &image[CRC + 4..end]].concat();
    with_word(&image, CRC, crc32(&covered))
}

/// A good image whose boot stage finds that it stands on the wrong board.
fn for_other_board(good: &[u8], parts: &[Part]) -> Result<Vec<u8>> {
    let read = Image::parse(good).map_err(|fault| anyhow!("the good image is bad: {fault}"))?;
    let other = if read.board() == Board::Rp1 { Board::R2d } else { Board::Rp1 };
    let mut image = good.to_vec();
    encode(&mut image, other, read.entry(), parts).map_err(|fault| anyhow!("{fault}"))?;
    Ok(image)
}

/// A bit of the system table flipped, and the checksums of the image made right again: SPUMONE itself has to find it.
fn bad_system_table(good: &[u8], mut parts: Vec<Part>) -> Result<Vec<u8>> {
    let read = Image::parse(good).map_err(|fault| anyhow!("the good image is bad: {fault}"))?;
    let (board, entry) = (read.board(), read.entry());
    let table = parts.iter_mut().find(|part| part.kind == PartKind::SystemTable).context("no system table")?;
    let (start, length) = (table.offset as usize, table.length as usize);
    let mut image = flipped(good, start + length / 2);
    table.crc = crc32(&image[start..start + length]);
    encode(&mut image, board, entry, &parts).map_err(|fault| anyhow!("{fault}"))?;
    Ok(image)
}
