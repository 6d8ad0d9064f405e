//! The cases. None prints anything that depends on the width of `usize` or on the bits of a NaN.

mod atomics;
mod carryless;
mod casts;
mod closures;
mod crates;
mod enums;
mod floats;
mod formatting;
mod integers;
mod iterators;
mod memory;
mod panics;
mod search;
mod slices;
mod statics;
mod strings;
mod traits;

use crate::Case;

/// Every case by name.
pub const ALL: &[Case] = &[
    ("atomics", atomics::run),
    ("carryless", carryless::run),
    ("casts", casts::run),
    ("closures", closures::run),
    ("crates-heapless", crates::heapless),
    ("crates-spin", crates::spin),
    ("crates-bitflags", crates::bitflags),
    ("crates-log", crates::log),
    ("enums", enums::run),
    ("floats-f32", floats::run_f32),
    ("floats-f64", floats::run_f64),
    ("floats-functions", floats::functions),
    ("formatting", formatting::run),
    ("integers-u8", integers::run_u8),
    ("integers-i8", integers::run_i8),
    ("integers-u16", integers::run_u16),
    ("integers-i16", integers::run_i16),
    ("integers-u32", integers::run_u32),
    ("integers-i32", integers::run_i32),
    ("integers-u64", integers::run_u64),
    ("integers-i64", integers::run_i64),
    ("integers-u128", integers::run_u128),
    ("integers-i128", integers::run_i128),
    ("iterators", iterators::run),
    ("memory", memory::run),
    ("panic-index", panics::index),
    ("panic-overflow", panics::overflow),
    ("panic-division", panics::division),
    ("panic-unwrap", panics::unwrap),
    ("panic-utf8", panics::utf8),
    ("panic-message", panics::message),
    ("search", search::run),
    ("slices", slices::run),
    ("statics", statics::run),
    ("strings", strings::run),
    ("traits", traits::run),
];
