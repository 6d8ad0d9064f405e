//! The headers of an ELF core: who reads it needs nothing of ours (gdb, crash, `object`).

use monitor_api::Registers;
use object::elf::{self, FileHeader32, ProgramHeader32};
use object::pod::bytes_of;
use object::{LittleEndian, U16, U32};

use super::registers::{PT_REGS, to_pt_regs, to_words};

/// Name of our own notes.
pub const NOTE: &[u8] = b"SPUMONE\0";
/// Our note that holds one virtual CPU's registers: [`super::WORDS`] words in gdb's order for sh4.
pub const NOTE_REGISTERS: u32 = 1;
/// Our note that says, as text, why the dump was made.
pub const NOTE_WHY: u32 = 2;

/// Where the memory begins in the file is a multiple of this.
const PAGE: usize = 4096;
/// What debuggers look for as a thread's registers (include/uapi/linux/elf.h: NT_PRSTATUS), and whose it is.
const NT_PRSTATUS: u32 = 1;
const CORE: &[u8] = b"CORE\0\0\0\0";
/// Bytes of `struct elf_prstatus` of 32-bit Linux before its registers, and where the process number is in it.
const PRSTATUS_HEAD: usize = 72;
const PRSTATUS_PID: usize = 24;
/// The window on memory that a kernel's addresses lie in.
const P1: u32 = 0x8000_0000;
const HEADERS: usize = size_of::<FileHeader32<LittleEndian>>() + 2 * size_of::<ProgramHeader32<LittleEndian>>();

/// What a core file is about: memory from a physical address on, and why it was written.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// First byte.
    pub start: u32,
    /// Bytes.
    pub length: u32,
    /// Why, as text; may be empty.
    pub why: &'a str,
}

/// Writes the headers and notes of a core file into `into`: all that stands before the memory. The result is its length; the memory
/// begins at the next multiple of 4096. `None` if there is no room.
pub fn compose(into: &mut [u8], subject: Subject<'_>, cpus: impl IntoIterator<Item = Registers>) -> Option<usize> {
    let mut out = Out { into, at: HEADERS };
    for (number, cpu) in cpus.into_iter().enumerate() {
        out.note(CORE, NT_PRSTATUS, PRSTATUS_HEAD + 4 * PT_REGS + 4)?;
        let status = out.at;
        out.skip(PRSTATUS_HEAD)?;
        out.words(&to_pt_regs(&cpu))?;
        out.words(&[0])?;
        // Threads are told apart by it, and 0 is none.
        out.patch(status + PRSTATUS_PID, &(number as u32 + 1).to_le_bytes())?;
        let words = to_words(&cpu);
        out.note(NOTE, NOTE_REGISTERS, 4 * words.len())?;
        out.words(&words)?;
    }
    if !subject.why.is_empty() {
        out.note(NOTE, NOTE_WHY, subject.why.len())?;
        out.bytes(subject.why.as_bytes())?;
        out.skip(subject.why.len().next_multiple_of(4) - subject.why.len())?;
    }
    let end = out.at;
    let notes = Segment { kind: elf::PT_NOTE, offset: HEADERS, start: 0, length: (end - HEADERS) as u32 };
    let memory = Segment {
        kind: elf::PT_LOAD,
        offset: end.next_multiple_of(PAGE),
        start: subject.start,
        length: subject.length,
    };
    out.at = 0;
    out.bytes(bytes_of(&file_header()))?;
    out.bytes(bytes_of(&notes.header()))?;
    out.bytes(bytes_of(&memory.header()))?;
    Some(end)
}

struct Segment {
    kind: elf::ProgramType,
    offset: usize,
    start: u32,
    length: u32,
}

impl Segment {
    fn header(&self) -> ProgramHeader32<LittleEndian> {
        let word = |value: u32| U32::new(LittleEndian, value);
        let memory = self.kind == elf::PT_LOAD;
        ProgramHeader32 {
            p_type: U32::new(LittleEndian, self.kind),
            p_offset: word(self.offset as u32),
            p_vaddr: word(if memory { P1 | self.start } else { 0 }),
            p_paddr: word(self.start),
            p_filesz: word(self.length),
            p_memsz: word(self.length),
            p_flags: U32::new(LittleEndian, if memory { elf::PF_R | elf::PF_W } else { elf::PF_R }),
            p_align: word(4),
        }
    }
}

fn file_header() -> FileHeader32<LittleEndian> {
    let half = |value: usize| U16::new(LittleEndian, value as u16);
    let word = |value: u32| U32::new(LittleEndian, value);
    FileHeader32 {
        e_ident: elf::Ident {
            magic: elf::ELFMAG,
            class: elf::ELFCLASS32,
            data: elf::ELFDATA2LSB,
            version: elf::EV_CURRENT,
            os_abi: elf::ELFOSABI_NONE,
            abi_version: 0,
            padding: [0; 7],
        },
        e_type: U16::new(LittleEndian, elf::ET_CORE),
        e_machine: U16::new(LittleEndian, elf::EM_SH),
        e_version: word(1),
        e_entry: word(0),
        e_phoff: word(size_of::<FileHeader32<LittleEndian>>() as u32),
        e_shoff: word(0),
        e_flags: Default::default(),
        e_ehsize: half(size_of::<FileHeader32<LittleEndian>>()),
        e_phentsize: half(size_of::<ProgramHeader32<LittleEndian>>()),
        e_phnum: half(2),
        e_shentsize: half(0),
        e_shnum: half(0),
        e_shstrndx: Default::default(),
    }
}

/// A place that is written from front to back.
struct Out<'a> {
    into: &'a mut [u8],
    at: usize,
}

impl Out<'_> {
    fn bytes(&mut self, bytes: &[u8]) -> Option<()> {
        self.patch(self.at, bytes)?;
        self.at += bytes.len();
        Some(())
    }

    fn words(&mut self, words: &[u32]) -> Option<()> {
        words.iter().try_for_each(|word| self.bytes(&word.to_le_bytes()))
    }

    fn skip(&mut self, count: usize) -> Option<()> {
        self.into.get_mut(self.at..self.at.checked_add(count)?)?.fill(0);
        self.at += count;
        Some(())
    }

    /// The head of a note; `length` bytes follow, padded to words.
    fn note(&mut self, name: &[u8], kind: u32, length: usize) -> Option<()> {
        // The terminating zero counts, the padding behind it does not.
        let named = name.iter().position(|byte| *byte == 0).map_or(name.len(), |end| end + 1);
        self.words(&[named as u32, length as u32, kind])?;
        self.bytes(name)
    }

    fn patch(&mut self, at: usize, bytes: &[u8]) -> Option<()> {
        self.into.get_mut(at..at.checked_add(bytes.len())?)?.copy_from_slice(bytes);
        Some(())
    }
}
