//! Hypercalls: raw words to a typed request ([`Call`]), request to an action ([`crate::hypervisor`]).

mod decode;

pub use decode::{Call, Number};
