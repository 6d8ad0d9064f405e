//! The emulator against what others wrote: Debian's Linux, unmodified, natively on both machines, and the same r2d image on stock QEMU.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use linux_guest::{Flavour, Machine, Variant, checks, kernel};
use sh4a_emu::machine::Config;
use sh4a_emu::oracle::{self, BootPlan};

use super::Depth;
use super::tally::Tally;

/// The prompt of the shell that `/init` starts.
const PROMPT: &str = "\n# ";

/// A boot to the shell's prompt.
pub(crate) fn plan(image: PathBuf) -> BootPlan {
    BootPlan { image, until: PROMPT.to_owned(), icount_shift: 0, timeout: Duration::from_secs(300) }
}

pub(super) fn run(_depth: Depth) -> Result<Tally> {
    let mut tally = Tally::default();
    tally.check("the r2d kernel boots alike here and on QEMU", r2d());
    tally.check("the SH-X3 kernel boots to a shell on rp1", rp1());
    tally.check("the patches are small", checks::patches_are_small());
    tally.check("the patches change nothing when off", checks::patches_change_nothing_when_off());
    Ok(tally)
}

fn r2d() -> Result<()> {
    let files = kernel(Variant::new(Machine::R2d, Flavour::Upstream))?;
    let zimage = files.zimage.context("the upstream r2d kernel has no zImage")?;
    let both = oracle::compare(&provision::qemu()?.system, &plan(zimage), 1)?;
    println!("{both}");
    ensure!(both.agrees(), "{both}");
    Ok(())
}

fn rp1() -> Result<()> {
    let files = kernel(Variant::new(Machine::Rp1, Flavour::Upstream))?;
    let boot = oracle::boot_on(Config::rp1(), 0, &plan(files.vmlinux))?;
    for text in ["CPU: SH-X3", "SHELL-REACHED"] {
        ensure!(boot.console.contains(text), "no {text:?} on the console:\n{}", boot.console);
    }
    Ok(())
}
