//! The boot stage: checks the image, copies its parts, starts SPUMONE. Runs in place, in P2, with the caches off.

use crate::board;
use crate::console::print;
use crate::halt::halt;
use crate::reg::mmio;
use core::fmt;
use spumone_core::format::FormatError;
use spumone_core::image::{Image, Part, PartKind};

/// Why nothing was started.
enum Refused {
    Format(FormatError),
    Board,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Format(error) => write!(f, "{error}"),
            Self::Board => f.write_str("image: it is for another board"),
        }
    }
}

/// Loads the image whose first byte is at `base`; the result is R4 and the entry of SPUMONE. Stops with a message if the
/// image is not good.
///
/// The first core checks everything and fills all memory. The others start through the same door when the first one's instance
/// lets them, and fill only what is their own.
pub fn load(base: u32) -> (u32, u32) {
    let first = board::core() == 0;
    if first {
        board::serial(board::BOOT_PORT).inspect(board::Serial::init);
    }
    // SAFETY: (1) the memory or flash at `base`, where this code itself lies, is at least that long; (2) nobody writes it
    // while the slice lives: parts are checked against the image before anything is copied.
    let bytes = unsafe { core::slice::from_raw_parts(base as usize as *const u8, board::IMAGE_MAX) };
    match checked(bytes, first) {
        Ok(image) => {
            for part in image.parts().filter(|part| first || is_core_local(part.address)) {
                place(&image, &part);
            }
            (through_p1(image.system_table().address), image.entry())
        }
        Err(refused) => {
            print(format_args!("spumone boot: {refused}\nspumone boot: nothing was started; write the image again\n"));
            halt()
        }
    }
}

fn checked(bytes: &[u8], verify: bool) -> Result<Image<'_>, Refused> {
    let image = Image::parse(bytes).map_err(Refused::Format)?;
    if image.board() != board::BOARD {
        return Err(Refused::Board);
    }
    if verify {
        image.verify().map_err(Refused::Format)?;
    }
    Ok(image)
}

/// Copies one part and fills the rest of its memory with zeros.
fn place(image: &Image<'_>, part: &Part) {
    if part.kind == PartKind::BootStage {
        return;
    }
    let target = through_p2(part.address);
    let content = image.content(part);
    let words = content.chunks_exact(4);
    let rest = words.remainder();
    for (address, word) in (target..).step_by(4).zip(words) {
        if let Ok(word) = word.try_into() {
            mmio::write32(address, u32::from_le_bytes(word));
        }
    }
    let tail = target + (content.len() - rest.len()) as u32;
    for (address, byte) in (tail..).zip(rest) {
        mmio::write8(address, *byte);
    }
    let end = target.wrapping_add(part.memory);
    let mut address = target + part.length;
    while address < end && !address.is_multiple_of(4) {
        mmio::write8(address, 0);
        address += 1;
    }
    while address.wrapping_add(4) <= end && address < end {
        mmio::write32(address, 0);
        address += 4;
    }
    while address < end {
        mmio::write8(address, 0);
        address += 1;
    }
}

/// True for what each core has under the same address: ILRAM, OLRAM, URAM.
fn is_core_local(address: u32) -> bool {
    address >= 0xe000_0000
}

/// Uncached view of a bus address; P4 addresses stay.
fn through_p2(address: u32) -> u32 {
    if address < 0xe000_0000 { 0xa000_0000 | (address & 0x1fff_ffff) } else { address }
}

/// Cached view of a bus address; P4 addresses stay.
fn through_p1(address: u32) -> u32 {
    if address < 0xe000_0000 { 0x8000_0000 | (address & 0x1fff_ffff) } else { address }
}
