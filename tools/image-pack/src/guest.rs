//! What a guest's image gets from the system file: Linux its command line, others their parameter words.

use crate::elf::Elf;
use crate::error::PackError;
use spumone_core::monitors::{BLOCK_BYTES, Config};
use system_file::{Guest, Kind, Watch};

/// Linux's zero page, whose head holds the boot parameters (arch/sh/kernel/head_32.S).
const ZERO_PAGE: &str = "empty_zero_page";
/// Offset of the command line in it (COMMAND_LINE of arch/sh/include/asm/setup.h).
const CMDLINE_OFFSET: u32 = 0x100;
/// Room for it with its terminating zero (COMMAND_LINE_SIZE of asm-generic/setup.h).
const CMDLINE_ROOM: usize = 512;
/// The parameter words of a guest that is not Linux.
const PARAMS: &str = "__spumone_params";
/// What a guest of kind monitor is told.
const MONITORS: &str = "__spumone_monitors";

/// Writes what the system file says about `guest` into its image.
pub(crate) fn prepare(guest: &Guest, elf: &mut Elf<'_>) -> Result<(), PackError> {
    match (guest.kind, &guest.cmdline) {
        (Kind::Linux, Some(line)) => command_line(line, elf),
        (Kind::Rtos, _) if !guest.params.is_empty() => params(&guest.params, elf),
        _ => Ok(()),
    }
}

fn command_line(line: &str, elf: &mut Elf<'_>) -> Result<(), PackError> {
    let file = elf.file.to_owned();
    let cure = "build it with CMDLINE_FROM_BOOTLOADER";
    let page = elf.symbol(ZERO_PAGE);
    let page = page.ok_or(PackError::NoSymbol { file, symbol: ZERO_PAGE, need: "`cmdline`", cure })?;
    let mut bytes = line.as_bytes().to_vec();
    bytes.push(0);
    if bytes.len() > CMDLINE_ROOM {
        return Err(too_long(elf, "the command line", bytes.len(), ZERO_PAGE, CMDLINE_ROOM, "shorten `cmdline`"));
    }
    // The rest of the field is cleared, so that nothing of an earlier line is left.
    bytes.resize(CMDLINE_ROOM, 0);
    put(elf, page.address.wrapping_add(CMDLINE_OFFSET), &bytes, ZERO_PAGE)
}

fn params(words: &[u32], elf: &mut Elf<'_>) -> Result<(), PackError> {
    let file = elf.file.to_owned();
    let cure = "define it as an array of 32-bit words";
    let place = elf.symbol(PARAMS);
    let place = place.ok_or(PackError::NoSymbol { file, symbol: PARAMS, need: "`params`", cure })?;
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    if bytes.len() > place.size as usize {
        let cure = "give fewer `params`";
        return Err(too_long(elf, "the parameter block", bytes.len(), PARAMS, place.size as usize, cure));
    }
    put(elf, place.address, &bytes, PARAMS)
}

/// Tells monitors where the profile is, what they may cost and what their verdicts lead to.
pub(crate) fn monitors(watch: &Watch, profile: u32, length: usize, elf: &mut Elf<'_>) -> Result<(), PackError> {
    let file = elf.file.to_owned();
    let cure = "define it as an array of 1024 bytes";
    let place = elf.symbol(MONITORS);
    let place = place.ok_or(PackError::NoSymbol { file, symbol: MONITORS, need: "a guest of kind `monitor`", cure })?;
    if (place.size as usize) < BLOCK_BYTES {
        return Err(too_long(elf, "what monitors are told", BLOCK_BYTES, MONITORS, place.size as usize, cure));
    }
    let rules = watch.policy.iter().copied().collect();
    let (limits, dump_seconds) = (watch.limits, watch.dump_seconds);
    let config = Config { profile, profile_length: length as u32, limits, dump_seconds, rules };
    put(elf, place.address, &config.encode(), MONITORS)
}

fn too_long(
    elf: &Elf<'_>,
    what: &'static str,
    bytes: usize,
    symbol: &'static str,
    room: usize,
    cure: &'static str,
) -> PackError {
    PackError::TooLong { file: elf.file.into(), what, bytes, symbol, room, cure }
}

fn put(elf: &mut Elf<'_>, address: u32, bytes: &[u8], symbol: &str) -> Result<(), PackError> {
    if elf.write(address, bytes) {
        return Ok(());
    }
    Err(PackError::Outside {
        file: elf.file.into(),
        what: format!("symbol `{symbol}`"),
        start: address.into(),
        end: u64::from(address) + bytes.len() as u64,
        place: "any loaded segment".into(),
        cure: "check the linker script",
    })
}
