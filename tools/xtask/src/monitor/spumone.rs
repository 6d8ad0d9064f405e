//! Monitors on SPUMONE: a system with a guest of kind monitor on the emulator, and what its monitors write down.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use linux_guest::{Flavour, Machine as Board, Variant};
use monitor_hosts::Emulator;
use monitor_hosts::proof::{self, Hosted, Prepared};
use provision::progress::Step;
use sh4a_emu::machine::Config;
use system_file::{Kind, System};

use crate::image;

/// The system that is meant when none is named.
pub(crate) const SYSTEM: &str = "configs/rp1-smp-linux-monitors.toml";
/// Core cycles between two looks of somebody outside.
const BETWEEN: u64 = 6_000_000;

/// The system with its Linux at the shell, `sleep` in the background, and the monitors at work.
pub(crate) fn boot(system: &System) -> Result<Hosted> {
    let mut hosted = at_shell(system)?;
    hosted.scans(1)?;
    Ok(hosted)
}

/// The same half a second of guest time after the shell, wherever the monitors are.
pub(crate) fn at_shell(system: &System) -> Result<Hosted> {
    let mut hosted = start(system, 0)?;
    hosted.emulator.enter(0, "sleep 100000 &");
    hosted.emulator.run(300_000_000)?;
    Ok(hosted)
}

/// The system with its Linux at the shell, on cores that are 2^`divider_shift` times slower.
pub(crate) fn start(system: &System, divider_shift: u32) -> Result<Hosted> {
    start_image(system, &image::build(system)?, divider_shift)
}

/// The same with an image that was built otherwise.
pub(crate) fn start_image(system: &System, image: &[u8], divider_shift: u32) -> Result<Hosted> {
    let guest = system.guests.iter().find(|guest| guest.kind == Kind::Monitor).context("no guest of kind `monitor`")?;
    let core = usize::from(*guest.placement.first().context("the monitors have no core")?);
    let step = Step::new("booting Linux on SPUMONE beside who watches it");
    let config = Config { cores: system.cores.into(), divider_shift, ..Config::rp1() };
    let mut emulator = Emulator::flash(config, image, BETWEEN)?;
    emulator.until("SHELL-REACHED", 20_000_000_000)?;
    step.done();
    Ok(Hosted { emulator, core })
}

/// The kernel that this system's Linux is, and its profile.
pub(crate) fn prepared() -> Result<Prepared> {
    proof::prepare(Variant::new(Board::Rp1, Flavour::Spumone { levels: true }).smp())
}

/// Lets the monitors complete `scans` scans, and shows what they found and what it cost; fails if `name` (or any for `all`) found something.
pub(super) fn run(name: &str, scans: u32) -> Result<()> {
    let mut hosted = boot(&image::load(Path::new(SYSTEM))?)?;
    let written = hosted.scans(scans)?;
    let ours = |monitor: &str| name == "all" || monitor == name;
    ensure!(written.rows.iter().any(|row| ours(row.name.as_str())), "the monitor guest has no monitor {name}");
    let found: Vec<_> = written.entries.iter().filter(|entry| ours(entry.monitor.as_str())).collect();
    found.iter().for_each(|entry| println!("{entry} ({} scans)", entry.count));
    print!("{}", costs(&written.rows, ours));
    ensure!(found.is_empty(), "{} findings", found.len());
    println!("nothing found");
    Ok(())
}

/// What each monitor did and cost, a line each.
pub(crate) fn costs(rows: &[spumone_core::findings::Row], ours: impl Fn(&str) -> bool) -> String {
    let mut text = String::new();
    for row in rows.iter().filter(|row| ours(row.name.as_str())) {
        let each = u64::from(row.scans.max(1));
        text += &format!(
            "{}: {}, {} scans, {} steps, {} broken, {} bytes and {} us a scan, longest step {} us\n",
            row.name,
            row.work.name(),
            row.scans,
            row.steps,
            row.broken,
            row.bytes / each,
            row.spent / each / 1000,
            row.longest / 1000
        );
    }
    text
}
