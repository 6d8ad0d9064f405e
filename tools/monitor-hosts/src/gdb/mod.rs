//! A guest behind a gdb stub: stock QEMU's, our emulator's, a debugger's on a board.

mod packet;
pub(crate) mod registers;
pub(crate) mod stub;

pub use stub::GdbStub;
