//! A dump of a guest's memory: an ELF core whose headers somebody in the machine writes, and whose memory is where it is.
//!
//! Nobody in the machine has room for a copy of a guest's memory. So the guest stands still, the headers of a core file are written
//! into a block ([`Announced`]), and who fetches the dump copies the headers and then, for each segment, the memory at its physical
//! address, as Linux's kdump does it with `elfcorehdr`. Then they write [`Stage::Taken`] to the block, and the guest goes on.
//!
//! The block, [`BLOCK_BYTES`] of little endian words:
//!
//! | offset | content |
//! | --- | --- |
//! | 0x00 | magic `SPUMDUMP` |
//! | 0x08 | stage: 0 none, 1 ready, 2 taken |
//! | 0x0c | number, from 1 |
//! | 0x10 | bytes of the headers |
//! | 0x14 | CRC-32 of the headers |
//! | 0x18 | an order that somebody outside wrote there: 1 the guest goes on, 2 it is started afresh; 0 none, or it was carried out |
//! | 0x20 | the headers: ELF header, one `PT_NOTE`, one `PT_LOAD` with the physical address, notes |
//!
//! Notes: for each virtual CPU `NT_PRSTATUS`, which debuggers read, and one of name `SPUMONE` and type 1 with all registers
//! ([`to_words`]); one of type 2 with the reason as text.

mod block;
mod core_file;
mod registers;

pub use block::{Announced, BLOCK_BYTES, HEADERS_OFFSET, NoDump, ORDER_OFFSET, Order, STAGE_OFFSET, Stage, seal};
pub use core_file::{NOTE, NOTE_REGISTERS, NOTE_WHY, Subject, compose};
pub use registers::{WORDS, from_words, to_words};
