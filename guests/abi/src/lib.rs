//! The versioned ABI between SPUMONE and its guests: one Rust module and one C header, checked against each other.
#![no_std]
