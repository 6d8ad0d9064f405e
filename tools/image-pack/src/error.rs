//! Why an image cannot be made.

use spumone_core::format::FormatError;

/// Why an image cannot be made: which input, what is wrong with it, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// Not an ELF file.
    #[error("{file}: not a usable ELF file ({reason}); give the linked program, not a zImage or a flat binary")]
    NotElf {
        /// The input.
        file: String,
        /// What the ELF reader says.
        reason: String,
    },
    /// An ELF file for another machine.
    #[error("{file}: ELF file for {found}, not for 32-bit little-endian SuperH; build it with the SH-4A compiler")]
    WrongMachine {
        /// The input.
        file: String,
        /// What it is for.
        found: String,
    },
    /// Nothing to load, or an object file.
    #[error("{file}: not a linked program with something to load; link it before packing")]
    NotLinked {
        /// The input.
        file: String,
    },
    /// A segment, entry or symbol that does not lie where it must.
    #[error("{file}: {what} at {start:#010x}..{end:#010x} is not in {place}; {cure}")]
    Outside {
        /// The input.
        file: String,
        /// "segment 0", "entry".
        what: String,
        /// First address (bus address, or P4).
        start: u64,
        /// First address behind it.
        end: u64,
        /// Where it should be, with the addresses.
        place: String,
        /// What to do.
        cure: &'static str,
    },
    /// A symbol that the packer needs is absent.
    #[error("{file}: no symbol `{symbol}`, which is needed for {need}; do not strip the file, and {cure}")]
    NoSymbol {
        /// The input.
        file: String,
        /// The symbol.
        symbol: &'static str,
        /// What for.
        need: &'static str,
        /// What to do.
        cure: &'static str,
    },
    /// A guest of kind monitor without the profile of the kernel that it watches.
    #[error("guest `{guest}` has no profile of the kernel that it watches; give one for each guest of kind monitor")]
    NoProfile {
        /// The guest.
        guest: String,
    },
    /// What is to be written does not fit.
    #[error("{file}: {what} takes {bytes} bytes, but `{symbol}` has room for {room}; {cure}")]
    TooLong {
        /// The input.
        file: String,
        /// What is written there.
        what: &'static str,
        /// Its size.
        bytes: usize,
        /// The symbol that marks the place.
        symbol: &'static str,
        /// Size of the place.
        room: usize,
        /// What to do.
        cure: &'static str,
    },
    /// Two things would take the same memory.
    #[error("{first} ({first_range}) and {second} ({second_range}) overlap; {cure}")]
    Overlap {
        /// One.
        first: String,
        /// Its addresses.
        first_range: String,
        /// The other.
        second: String,
        /// Its addresses.
        second_range: String,
        /// What to do.
        cure: &'static str,
    },
    /// The image is larger than what it goes into.
    #[error("the image has {bytes} bytes, {over} more than {limit} hold; shrink a guest's image")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// How many too many.
        over: usize,
        /// What limits it.
        limit: &'static str,
    },
    /// Not one image a guest.
    #[error("the system has {guests} guests, but {images} guest images were given")]
    Count {
        /// Guests in the system file.
        guests: usize,
        /// Images given.
        images: usize,
    },
    /// The format itself refused; the system file or this crate has a fault.
    #[error("the result is refused: {0}")]
    Format(#[from] FormatError),
}
