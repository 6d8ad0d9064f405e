//! Register models, one file a block. Each knows only its own registers; a machine places them in its memory map and wires
//! their interrupt lines.

pub mod board;
pub mod clock;
pub mod core_control;
pub mod cpg;
pub mod flash;
pub mod fpga;
pub mod intc;
pub mod registers;
pub mod sci;
pub mod scif;
pub mod tmu;
