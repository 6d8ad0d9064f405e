//! What the other stages build and compare with: fetched where it is missing.

use anyhow::{Result, ensure};

use super::{Depth, tally::Tally};
use crate::doctor;

pub(super) fn run(_: Depth) -> Result<Tally> {
    let mut tally = Tally::default();
    tally.check("host packages", provision::host_packages(&doctor::BUILD_PACKAGES));
    tally.check("SH compiler", provision::sh_gcc());
    tally.check("QEMU", provision::qemu());
    tally.check("gdb", provision::gdb());
    tally.check("rust-src", provision::rust_src());
    tally.check(
        "nightly",
        provision::nightly_toolchain().and_then(|found| {
            ensure!(
                found.nightly && found.llvm_library().is_some(),
                "{} cannot drive the compiler bridge",
                found.version
            );
            Ok(())
        }),
    );
    Ok(tally)
}
