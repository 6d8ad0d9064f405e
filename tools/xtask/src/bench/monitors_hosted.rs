//! What monitors cost on SPUMONE.

use std::path::Path;

use anyhow::Result;

use super::profile::{Code, Executed, SAMPLES};
use crate::monitor::spumone;
use crate::{guest, image, target};

/// Cycles over which instructions are told: a second of guest time.
const SECOND: u64 = 600_000_000;

/// Where the monitors' core spends its time.
pub(super) fn profile() -> Result<String> {
    let system = image::load(Path::new(spumone::SYSTEM))?;
    let programs = [guest::build("monitors", "rp1")?, guest::build("rt-probe", "rp1")?];
    let code = Code::load(
        &programs.into_iter().chain([target::build("spumone-sh4a", "rp1")?.program("spumone")]).collect::<Vec<_>>(),
    )?;
    let mut hosted = spumone::boot(&system)?;
    hosted.scans(1)?;
    let mut executed = Executed::default();
    for _ in 0..SECOND / SAMPLES {
        hosted.emulator.run(SAMPLES)?;
        let cpu = hosted.emulator.machine().cpu(hosted.core);
        if !cpu.asleep() {
            executed.add(&code, cpu.pc(), cpu.pr(), 1);
        }
    }
    let mut text = spumone::costs(&hosted.written()?.rows, |_| true);
    executed.tell(&mut text, &format!("core {}, one in {SAMPLES}", hosted.core), 1, &code)?;
    Ok(text)
}
