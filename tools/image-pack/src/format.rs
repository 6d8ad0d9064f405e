//! The files that an image is delivered in, and back from them to the flat image.

use crate::uimage;
use object::Endianness;
use object::elf::{
    EM_SH, ET_EXEC, FileFlags, FileHeader32, PF_R, PF_X, PT_LOAD, SHF_ALLOC, SHF_EXECINSTR, SHT_PROGBITS,
};
use object::read::elf::{FileHeader as _, ProgramHeader as _};
use object::write::elf::{FileHeader, ProgramHeader, SectionHeader, Writer};
use srec::{Address32, Data, Record};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use system_file::Board;

/// EF_SH4A in an SH ELF header's flags.
const EF_SH4A: u32 = 0xc;
/// Bytes of content in an S-record: with address and checksum it stays below 80 columns.
const RECORD: usize = 32;

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One segment at the image's address, for debuggers and loaders.
    Elf,
    /// The flat image itself, for flash programmers and QEMU's `-kernel`.
    Bin,
    /// Motorola S-records (S3, S7), for a board's monitor.
    Srec,
    /// The flat image with U-Boot's header.
    Uimage,
}

/// A file that holds no flat image.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{format}: {reason}")]
pub struct FormatError {
    /// What the file looks like.
    pub format: Format,
    /// What is wrong with it.
    pub reason: String,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 4] = [Self::Elf, Self::Bin, Self::Srec, Self::Uimage];

    /// Name on a command line, also the usual ending of such a file's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Elf => "elf",
            Self::Bin => "bin",
            Self::Srec => "srec",
            Self::Uimage => "uimage",
        }
    }

    /// Wraps the flat image. Addresses are those of the uncached area P2, where boards start.
    ///
    /// # Errors
    /// The image is too large for the format.
    pub fn wrap(self, image: &[u8], board: &Board) -> Result<Vec<u8>, FormatError> {
        let base = board.image.start | 0xa000_0000;
        match self {
            Self::Elf => elf(image, base),
            Self::Bin => Ok(image.to_vec()),
            Self::Srec => Ok(srec::generate_srec_file(&records(image, base)).into_bytes()),
            Self::Uimage => Ok(uimage::wrap(image, board, base)),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let unknown = || format!("unknown image format `{name}`; choose elf, bin, srec or uimage");
        Self::ALL.into_iter().find(|format| format.name() == name).ok_or_else(unknown)
    }
}

/// Finds out which format `file` has and returns it with the flat image inside.
///
/// # Errors
/// The file is damaged or holds something else.
pub fn unwrap(file: &[u8]) -> Result<(Format, Cow<'_, [u8]>), FormatError> {
    let (format, image) = if file.starts_with(b"\x7fELF") {
        (Format::Elf, of_elf(file).map(Cow::Borrowed))
    } else if uimage::is(file) {
        (Format::Uimage, uimage::unwrap(file).map(Cow::Borrowed))
    } else if file.starts_with(b"S0") || file.starts_with(b"S3") {
        (Format::Srec, of_srec(file).map(Cow::Owned))
    } else {
        (Format::Bin, Ok(Cow::Borrowed(file)))
    };
    image.map(|image| (format, image)).map_err(|reason| FormatError { format, reason })
}

fn elf(image: &[u8], base: u32) -> Result<Vec<u8>, FormatError> {
    let mut file = Vec::new();
    let mut writer = Writer::new(Endianness::Little, false, &mut file);
    writer.reserve_file_header();
    writer.reserve_program_headers(1);
    let offset = writer.reserve(image.len() as u64, 0x10);
    // objcopy and gdb's `load` go by sections.
    writer.reserve_null_section_index();
    let name = writer.add_section_name(b".image");
    writer.reserve_section_index();
    writer.reserve_shstrtab_section_index();
    let reason = |error: object::write::Error| FormatError { format: Format::Elf, reason: error.to_string() };
    writer.reserve_shstrtab().map_err(reason)?;
    writer.reserve_section_headers();
    let header = FileHeader {
        e_type: ET_EXEC,
        e_machine: EM_SH,
        e_entry: base.into(),
        e_flags: FileFlags(EF_SH4A),
        ..FileHeader::default()
    };
    writer.write_file_header(&header).map_err(reason)?;
    writer.write_align_program_headers();
    writer.write_program_header(&ProgramHeader {
        p_type: PT_LOAD,
        p_flags: PF_R | PF_X,
        p_offset: offset,
        p_vaddr: base.into(),
        p_paddr: base.into(),
        p_filesz: image.len() as u64,
        p_memsz: image.len() as u64,
        p_align: 0x10,
    });
    writer.pad_until(offset);
    writer.write(image);
    writer.write_shstrtab();
    writer.write_null_section_header();
    writer.write_section_header(&SectionHeader {
        sh_name: writer.section_name_offset(Some(name)),
        sh_type: SHT_PROGBITS,
        sh_flags: SHF_ALLOC | SHF_EXECINSTR,
        sh_addr: base.into(),
        sh_offset: offset,
        sh_size: image.len() as u64,
        sh_link: 0,
        sh_info: 0,
        sh_addralign: 0x10,
        sh_entsize: 0,
    });
    writer.write_shstrtab_section_header();
    Ok(file)
}

fn of_elf(file: &[u8]) -> Result<&[u8], String> {
    let read = |error: object::read::Error| error.to_string();
    let header = FileHeader32::<Endianness>::parse(file).map_err(read)?;
    let endian = header.endian().map_err(read)?;
    let segments = header.program_headers(endian, file).map_err(read)?;
    let [segment] = segments else { return Err(format!("{} segments, an image has 1", segments.len())) };
    segment.data(endian, file).map_err(|()| "the segment is cut off".to_owned())
}

/// The image as S-records.
pub(crate) fn records(image: &[u8], base: u32) -> Vec<Record> {
    let mut records = vec![Record::S0("SPUMONE".into())];
    let mut address = base;
    for data in image.chunks(RECORD) {
        records.push(Record::S3(Data { address: Address32(address), data: data.to_vec() }));
        address = address.wrapping_add(RECORD as u32);
    }
    records.push(Record::S7(Address32(base)));
    records
}

/// S3 records that follow one another, ended by an S7.
fn of_srec(file: &[u8]) -> Result<Vec<u8>, String> {
    let text = std::str::from_utf8(file).ok().filter(|text| text.is_ascii());
    let text = text.ok_or_else(|| "not ASCII text".to_owned())?;
    let mut image = Vec::new();
    let mut next = None;
    for (number, line) in text.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty()) {
        let at = |what: &str| format!("line {}: {what}", number + 1);
        // The crate's reader takes other heads' text for granted; a head holds nothing that is needed here.
        if line.starts_with("S0") {
            continue;
        }
        match line.parse::<Record>().map_err(|error| at(&error.to_string()))? {
            Record::S3(Data { address: Address32(address), data }) => {
                if next.is_some_and(|next| next != address) {
                    return Err(at("the addresses have a gap"));
                }
                next = Some(address.wrapping_add(data.len() as u32));
                image.extend(data);
            }
            Record::S7(_) => return Ok(image),
            _ => return Err(at("a record that an image does not have")),
        }
    }
    Err("the last record is missing: the file is cut off".into())
}
