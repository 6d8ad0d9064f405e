//! The emulator against what others wrote: Debian's Linux, unmodified, natively on both machines, and the same r2d image on stock QEMU.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use linux_guest::{Flavour, KernelFiles, Machine, Variant, checks, kernel};
use sh4a_emu::machine::Config;
use sh4a_emu::oracle::{self, BootPlan, Passed, Point};

use super::Depth;
use super::tally::Tally;

/// The prompt of the shell that `/init` starts.
const PROMPT: &str = "\n# ";

/// Kernel functions that a boot comes to in this order, the last one when the shell waits for its first input.
const POINTS: [&str; 5] = ["start_kernel", "time_init", "rest_init", "run_init_process", "do_sys_poll"];

/// Relative difference of the counts after the first interrupt. Two runs of QEMU itself differ by up to 0.014 %, for its idle time and so
/// its timer interrupts follow the host's clock; and the UTLB entry that `ldtlb` replaces, which is the counter MMUCR.URC's on the chip, is
/// chosen by how often each emulator happened to look in its TLB, so that a few TLB misses more or fewer come.
const TOLERANCE: f64 = 0.0005;

/// A boot to the shell's prompt.
pub(crate) fn plan(image: PathBuf) -> BootPlan {
    BootPlan { image, until: PROMPT.to_owned(), icount_shift: 0, timeout: Duration::from_secs(300) }
}

pub(super) fn run(_depth: Depth) -> Result<Tally> {
    let mut tally = Tally::default();
    tally.check("the r2d kernel boots alike here and on QEMU", r2d());
    tally.check("instructions of that boot here and on QEMU", counts());
    tally.check("the SH-X3 kernel boots to a shell on rp1", rp1());
    tally.check("the patches are small", checks::patches_are_small());
    tally.check("the patches change nothing when off", checks::patches_change_nothing_when_off());
    Ok(tally)
}

fn r2d_kernel() -> Result<(KernelFiles, PathBuf)> {
    let files = kernel(Variant::new(Machine::R2d, Flavour::Upstream))?;
    let zimage = files.zimage.clone().context("the upstream r2d kernel has no zImage")?;
    Ok((files, zimage))
}

fn r2d() -> Result<()> {
    let (_, zimage) = r2d_kernel()?;
    let both = oracle::compare(&provision::qemu()?.system, &plan(zimage), 1)?;
    println!("{both}");
    ensure!(both.agrees(), "{both}");
    Ok(())
}

/// Equal to the instruction until the first interrupt comes, and close from there on.
fn counts() -> Result<()> {
    let (files, zimage) = r2d_kernel()?;
    let map = std::fs::read_to_string(&files.system_map).context("cannot read System.map")?;
    let points = POINTS.iter().map(|name| point(&map, name)).collect::<Result<Vec<_>>>()?;
    let passed = oracle::count_to(&provision::qemu()?.system, &plan(zimage), &points)?;
    for Passed { name, here, qemu, interrupts } in &passed {
        println!("      {name}: {here} instructions here, {qemu} on QEMU, {interrupts} interrupts until then");
    }
    judge(&passed)
}

fn judge(passed: &[Passed]) -> Result<()> {
    ensure!(passed.iter().any(|at| at.interrupts == 0), "an interrupt came before the first point");
    for at in passed {
        let allowed = if at.interrupts == 0 { 0.0 } else { TOLERANCE };
        let difference = at.difference();
        ensure!(difference.abs() <= allowed, "{at:?}: they differ by {:+.4} %", 100.0 * difference);
    }
    Ok(())
}

fn point(map: &str, name: &str) -> Result<Point> {
    let line = map.lines().find(|line| line.split_whitespace().nth(2) == Some(name));
    let address =
        line.and_then(|line| line.split_whitespace().next()).with_context(|| format!("no {name} in System.map"))?;
    Ok(Point { name: name.to_owned(), address: u32::from_str_radix(address, 16).context("not an address")? })
}

fn rp1() -> Result<()> {
    let files = kernel(Variant::new(Machine::Rp1, Flavour::Upstream))?;
    let boot = oracle::boot_on(Config::rp1(), 0, &plan(files.vmlinux))?;
    for text in ["CPU: SH-X3", "SHELL-REACHED"] {
        ensure!(boot.console.contains(text), "no {text:?} on the console:\n{}", boot.console);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(here: u64, qemu: u64, interrupts: u64) -> Passed {
        Passed { name: "point".to_owned(), here, qemu, interrupts }
    }

    #[test]
    fn before_the_first_interrupt_counts_must_be_equal() {
        assert!(judge(&[at(1_000_000, 1_000_000, 0), at(2_000_900, 2_000_000, 1)]).is_ok());
        assert!(judge(&[at(1_000_001, 1_000_000, 0)]).is_err());
        assert!(judge(&[at(1_000_000, 1_000_000, 0), at(2_001_100, 2_000_000, 1)]).is_err());
        assert!(judge(&[at(1_000_000, 1_000_000, 1)]).is_err());
    }

    #[test]
    fn a_point_is_a_symbol_of_the_kernels_map() {
        let map = "8c17f598 T start_kernel\n8c181c84 T time_init\n";
        assert_eq!(point(map, "time_init").unwrap().address, 0x8c18_1c84);
        assert!(point(map, "init").is_err());
    }
}
