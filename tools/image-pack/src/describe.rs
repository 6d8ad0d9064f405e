//! Checks a finished image as a whole and shows what is in it.

use crate::format::{Format, unwrap};
use spumone_core::image::{Image, Part, PartKind};
use spumone_core::system::System;
use std::fmt;
use system_file::Board;

/// What an image holds; everything in it was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// The format of the file.
    pub format: Format,
    /// The board.
    pub board: &'static Board,
    /// Bytes of the flat image.
    pub bytes: usize,
    /// Where SPUMONE's instance starts.
    pub entry: u32,
    /// The parts.
    pub parts: Vec<Part>,
    /// The guests' names, by number.
    pub guests: Vec<String>,
}

/// Checks an image file in any format: the wrapping, header, part table, every part's checksum, the system table, and that
/// guests' parts lie in their guests' memories.
///
/// # Errors
/// The first fault, as a sentence with place, expected and found value.
pub fn inspect(file: &[u8]) -> Result<Description, String> {
    let (format, bytes) = unwrap(file).map_err(|error| error.to_string())?;
    let image = Image::parse(&bytes).map_err(|error| error.to_string())?;
    let parts: Vec<_> = image.parts().collect();
    image.verify().map_err(|error| {
        let part = parts.iter().find(|part| part.offset == error.offset);
        format!("{error} (part `{}`)", part.map_or("?", |part| part.name.as_str()))
    })?;
    let table = image.content(&image.system_table());
    let system = System::parse(table).map_err(|error| error.to_string())?;
    if system.board() != image.board() {
        return Err(format!("the system table is for {:?}, the image for {:?}", system.board(), image.board()));
    }
    for part in parts.iter().filter(|part| part.kind == PartKind::Guest) {
        let guest = part.guest.and_then(|id| system.guest(id));
        let guest =
            guest.ok_or_else(|| format!("part `{}` belongs to a guest that is not in the system table", part.name))?;
        let last = u64::from(part.address) + u64::from(part.memory);
        let memory = guest.memory;
        if part.address < memory.start || last > u64::from(memory.start) + u64::from(memory.length) {
            return Err(format!(
                "part `{}` at {:#010x} is not in the memory of guest `{}`",
                part.name, part.address, guest.name
            ));
        }
    }
    Ok(Description {
        format,
        board: Board::numbered(image.board()),
        bytes: image.bytes().len(),
        entry: image.entry(),
        guests: system.guests().map(|guest| guest.name.to_string()).collect(),
        parts,
    })
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { format, board, bytes, entry, parts, guests } = self;
        writeln!(f, "{format} image for {}: {bytes} bytes, SPUMONE at {entry:#010x}, all checksums good", board.name)?;
        writeln!(
            f,
            "{:16} {:12} {:16} {:>10} {:>10} {:>10} {:>10} {:>10}",
            "part", "kind", "guest", "offset", "length", "address", "memory", "crc32"
        )?;
        for part in parts {
            let kind = match part.kind {
                PartKind::Load => "load",
                PartKind::Zero => "zero",
                PartKind::SystemTable => "system table",
                PartKind::Guest => "guest",
                PartKind::BootStage => "boot stage",
            };
            let guest = part.guest.and_then(|id| guests.get(usize::from(id))).map_or("-", String::as_str);
            let Part { name, offset, length, address, memory, crc, .. } = part;
            writeln!(
                f,
                "{name:16} {kind:12} {guest:16} {offset:#10x} {length:#10x} {address:#010x} {memory:#10x} {crc:#010x}"
            )?;
        }
        Ok(())
    }
}
