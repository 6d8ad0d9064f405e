//! Putting images into a machine's memory.

use object::read::elf::{FileHeader, ProgramHeader};
use object::{Object, ObjectSymbol};

use super::config::MachineKind;
use super::run::Machine;

/// Where QEMU's r2d puts a flat `-kernel` image, how long it may be, and where it starts (P2).
const FLAT_ADDRESS: u32 = 0x0c80_0000;
const FLAT_MAX: usize = 16 << 20;
const FLAT_ENTRY: u32 = 0xac80_0000;

/// arch/sh: the command line lies in the zero page, and is this long at most with its end mark.
const COMMAND_LINE: u32 = 0x100;
const COMMAND_LINE_MAX: usize = 256;

/// Why an image cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// Larger than the place for it.
    #[error("the image has {len} bytes but {place} takes {max}; make it smaller")]
    TooLarge {
        /// Its length.
        len: usize,
        /// Where it should go.
        place: &'static str,
        /// What fits.
        max: usize,
    },
    /// Nothing in it.
    #[error("the image is empty")]
    Empty,
    /// Not the ELF file of an SH program.
    #[error("not a usable ELF file: {0}; build it for 32-bit little-endian SuperH")]
    Elf(String),
    /// A segment has no memory under it.
    #[error(
        "a segment of {len} bytes at {addr:#010x} lies outside this machine's memory; check the kernel's MEMORY_START"
    )]
    NoMemory {
        /// Where it should go.
        addr: u32,
        /// Its length.
        len: usize,
    },
    /// The command line has no place.
    #[error("the kernel has no symbol empty_zero_page to put the command line at; use an unstripped vmlinux")]
    NoZeroPage,
    /// The command line is too long.
    #[error("the command line has {0} bytes; arch/sh takes 255")]
    CommandLine(usize),
}

impl Machine {
    /// Puts `image` at the start of NOR flash; the core starts there, at 0xa0000000.
    ///
    /// # Errors
    /// [`ImageError::Empty`], [`ImageError::TooLarge`].
    pub fn load_flash(&mut self, image: &[u8]) -> Result<(), ImageError> {
        let max = match self.config().kind {
            MachineKind::Rp1 => super::rp1::FLASH_LEN,
            MachineKind::R2d => super::r2d::FLASH_LEN,
        } as usize;
        if image.is_empty() {
            return Err(ImageError::Empty);
        }
        if image.len() > max {
            return Err(ImageError::TooLarge { len: image.len(), place: "flash", max });
        }
        self.write_memory(0, 0, image).ok_or(ImageError::NoMemory { addr: 0, len: image.len() })
    }

    /// Loads a kernel or any other program and lets core 0 start at its entry: an ELF file by its PT_LOAD segments' physical
    /// addresses, anything else as a flat image at 0x0c800000 which starts at 0xac800000 (QEMU's `-M r2d -kernel`).
    /// `command_line` goes into the kernel's zero page.
    ///
    /// # Errors
    /// All of [`ImageError`].
    pub fn load_kernel(&mut self, image: &[u8], command_line: Option<&str>) -> Result<(), ImageError> {
        if image.is_empty() {
            return Err(ImageError::Empty);
        }
        let (entry, zero_page) = if image.starts_with(b"\x7fELF") {
            self.load_elf(image)?
        } else {
            (self.load_flat(image)?, Some(self.zero_page()))
        };
        if let Some(text) = command_line {
            let zero_page = zero_page.ok_or(ImageError::NoZeroPage)?;
            self.write_command_line(zero_page + COMMAND_LINE, text)?;
        }
        self.cpu_mut(0).set_pc(entry);
        Ok(())
    }

    fn load_flat(&mut self, image: &[u8]) -> Result<u32, ImageError> {
        if image.len() > FLAT_MAX {
            return Err(ImageError::TooLarge { len: image.len(), place: "a flat kernel", max: FLAT_MAX });
        }
        self.write_memory(0, FLAT_ADDRESS, image)
            .ok_or(ImageError::NoMemory { addr: FLAT_ADDRESS, len: image.len() })?;
        Ok(FLAT_ENTRY)
    }

    /// Where the boards' kernels have their zero page (CONFIG_MEMORY_START + CONFIG_ZERO_PAGE_OFFSET).
    fn zero_page(&self) -> u32 {
        match self.config().kind {
            MachineKind::Rp1 => 0x0c00_1000,
            MachineKind::R2d => 0x0c01_0000,
        }
    }

    /// Loads the segments; gives the entry and the physical address of `empty_zero_page`.
    fn load_elf(&mut self, image: &[u8]) -> Result<(u32, Option<u32>), ImageError> {
        let bad = |error: object::Error| ImageError::Elf(error.to_string());
        let header = object::elf::FileHeader32::<object::Endianness>::parse(image).map_err(bad)?;
        let endian = header.endian().map_err(bad)?;
        if endian != object::Endianness::Little || header.e_machine.get(endian) != object::elf::EM_SH {
            return Err(ImageError::Elf("wrong machine or byte order".to_owned()));
        }
        for segment in header.program_headers(endian, image).map_err(bad)? {
            if segment.p_type(endian) != object::elf::PT_LOAD {
                continue;
            }
            let data =
                segment.data(endian, image).map_err(|()| ImageError::Elf("a segment leaves the file".to_owned()))?;
            let addr = physical(segment.p_paddr(endian));
            self.write_memory(0, addr, data).ok_or(ImageError::NoMemory { addr, len: data.len() })?;
        }
        let file = object::read::elf::ElfFile32::<object::Endianness>::parse(image).map_err(bad)?;
        let zero_page = file.symbols().find(|symbol| symbol.name() == Ok("empty_zero_page"));
        Ok((header.e_entry(endian), zero_page.map(|symbol| physical(symbol.address() as u32))))
    }

    fn write_command_line(&mut self, addr: u32, text: &str) -> Result<(), ImageError> {
        if text.len() >= COMMAND_LINE_MAX {
            return Err(ImageError::CommandLine(text.len()));
        }
        let mut bytes = text.as_bytes().to_vec();
        bytes.push(0);
        self.write_memory(0, addr, &bytes).ok_or(ImageError::NoMemory { addr, len: bytes.len() })
    }

    /// Copies `data` to bus address `addr` as `core` sees it; `None` if a byte of it has no memory (the rest is copied).
    pub fn write_memory(&mut self, core: usize, addr: u32, data: &[u8]) -> Option<()> {
        let mut addr = addr;
        let mut rest = data;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(0x1000 - (addr & 0xfff) as usize));
            let offset = self.board().offset(core, addr)?;
            self.board_mut().memory_mut().write(offset, now)?;
            addr = addr.wrapping_add(now.len() as u32);
            rest = later;
        }
        Some(())
    }

    /// `len` bytes from bus address `addr` as `core` sees it; `None` if one of them has no memory.
    pub fn read_memory(&self, core: usize, addr: u32, len: usize) -> Option<Vec<u8>> {
        let mut data = Vec::new();
        while data.len() < len {
            let at = addr.wrapping_add(data.len() as u32);
            let part = (len - data.len()).min(0x1000 - (at & 0xfff) as usize);
            let offset = self.board().offset(core, at)?;
            data.extend_from_slice(self.board().memory_ref().bytes().get(offset..offset + part)?);
        }
        Some(data)
    }
}

/// The bus address of a linked one: P1 and P2 are windows on the external space, P4 is what it is.
fn physical(addr: u32) -> u32 {
    if addr >= 0xe000_0000 { addr } else { addr & 0x1fff_ffff }
}
