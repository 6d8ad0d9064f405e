//! What the SH-4A software manual says where QEMU 7.2 is no help.

pub(crate) mod float;
pub(crate) mod flush;
pub(crate) mod integer;
pub(crate) mod vectors;
