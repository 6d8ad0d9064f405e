//! What the packer and the rules know about each board; one file a board, the same items in each.

mod r2d;
mod rp1;

pub use spumone_core::system::Region;

/// A board.
#[derive(Debug, PartialEq, Eq)]
pub struct Board {
    /// Name in a system file.
    pub name: &'static str,
    /// Number in the formats and in the guest ABI.
    pub number: spumone_core::format::Board,
    /// Cores it has.
    pub cores: u8,
    /// Main memory.
    pub memory: Region,
    /// Parts of main memory that no guest may have, each with the reason.
    pub reserved: &'static [Memory],
    /// Where SPUMONE's instance may lie, with sizes (P4 addresses for core-local memory, else bus addresses).
    pub instance: &'static [Memory],
    /// Serial ports.
    pub ports: &'static [Port],
    /// The port of SPUMONE's log unless the file says otherwise.
    pub log: &'static str,
    /// Blocks that one guest owns as a whole, because their channels share registers.
    pub devices: &'static [&'static str],
    /// Interrupt sources.
    pub sources: &'static [Source],
    /// Where the image lies when the boot stage reads it.
    pub image: Region,
    /// What limits the image's size, for messages.
    pub image_limit: &'static str,
    /// True if the image lies in main memory while it is unpacked, so that no part may land on it.
    pub image_in_memory: bool,
}

/// A named range of addresses.
#[derive(Debug, PartialEq, Eq)]
pub struct Memory {
    /// Name, for messages.
    pub name: &'static str,
    /// Where.
    pub region: Region,
}

/// A serial port.
#[derive(Debug, PartialEq, Eq)]
pub struct Port {
    /// Name; the device and the interrupt source have the same one.
    pub name: &'static str,
    /// Number in the system table.
    pub number: u8,
}

/// An interrupt source: what has one priority field in the interrupt controller.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// Name in a system file.
    pub name: &'static str,
    /// The codes that INTEVT shows for it.
    pub intevt: &'static [u16],
    /// The block it belongs to.
    pub device: &'static str,
}

/// All boards.
pub const BOARDS: [&Board; 2] = [&rp1::BOARD, &r2d::BOARD];

impl Board {
    /// The board with this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        BOARDS.into_iter().find(|board| board.name == name)
    }

    /// The board with this number.
    pub fn numbered(number: spumone_core::format::Board) -> &'static Self {
        match number {
            spumone_core::format::Board::Rp1 => &rp1::BOARD,
            spumone_core::format::Board::R2d => &r2d::BOARD,
        }
    }

    /// True if this one of [`GUEST_IMAGES`](crate::GUEST_IMAGES) is made for the board.
    pub fn has_image(&self, image: &str) -> bool {
        !["linux-smp", "monitors"].contains(&image) || self.cores > 1
    }

    /// The serial port with this name.
    pub fn port(&self, name: &str) -> Option<&'static Port> {
        self.ports.iter().find(|port| port.name == name)
    }

    /// The interrupt source with this name.
    pub fn source(&self, name: &str) -> Option<&'static Source> {
        self.sources.iter().find(|source| source.name == name)
    }
}

/// A region, for the tables.
const fn region(start: u32, length: u32) -> Region {
    Region { start, length }
}
