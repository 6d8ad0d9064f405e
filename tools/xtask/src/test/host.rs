//! `cargo test` of every crate that is tested on the host.

use anyhow::Result;

use super::{Depth, libtest, tally::Tally};
use crate::workspace;

/// Random cases a property test tries when nobody is in a hurry; the default is 256.
const LONG_CASES: &str = "20000";

/// Where random cases begin, so that a change is judged by its own faults and not by its luck; nights begin elsewhere each time.
const SEED: &str = "20260519";

pub(super) fn run(depth: Depth) -> Result<Tally> {
    let mut cargo = workspace::cargo("test");
    cargo.arg("--no-fail-fast");
    if depth == Depth::Long {
        cargo.env("PROPTEST_CASES", LONG_CASES);
    } else {
        cargo.env("PROPTEST_RNG_SEED", SEED);
    }
    libtest::run("cargo test", &mut cargo)
}
