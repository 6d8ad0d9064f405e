//! One program of many cases: `conformance NAME` runs one, `conformance` lists them.
#![feature(uint_carryless_mul)]
#![cfg_attr(not(feature = "host"), no_std, no_main, feature(asm_experimental_arch))]

mod cases;
#[cfg_attr(feature = "host", path = "host.rs")]
#[cfg_attr(not(feature = "host"), path = "target.rs")]
mod platform;

#[allow(unused, clippy::all)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/generated.rs"));
}

use core::fmt::Write;

/// A case: its name, and what prints its results.
pub type Case = (&'static str, fn(&mut dyn Write));

/// Runs the case of this name, or lists all; false if there is none such.
fn run(name: Option<&str>, out: &mut dyn Write) -> bool {
    let all = cases::ALL.iter().chain(generated::PROGRAMS);
    let Some(name) = name else {
        all.for_each(|(name, _)| {
            let _ = writeln!(out, "{name}");
        });
        return true;
    };
    let mut found = false;
    for (_, case) in all.filter(|(known, _)| *known == name) {
        case(out);
        found = true;
    }
    found
}

#[cfg(feature = "host")]
fn main() {
    platform::main();
}
