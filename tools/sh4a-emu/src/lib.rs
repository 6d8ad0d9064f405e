//! A deterministic SH-4A emulator: machines rp1 (SH-X3) and r2d.
//!
//! The CPU (`cpu`) is generic over [`bus::Bus`] and knows no device; a machine (`machine`) wires CPUs, [`memory::Memory`]
//! and [`device::Device`]s together. Time is the number of instructions that a core has retired, plus the time it slept.

pub mod bus;
pub mod cpu;
pub mod device;
pub mod devices;
pub mod flat;
pub mod gdb;
pub mod machine;
pub mod memory;
pub mod oracle;
pub mod serial;
pub mod trace;
pub mod user;
