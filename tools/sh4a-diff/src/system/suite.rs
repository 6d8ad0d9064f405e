//! Runs the scenes on both machines and compares the logs.

use super::log::{self, Entry, NAMES};
use super::{deviations, engine, image, scenes};
use crate::Counts;
use anyhow::{Result, ensure};

/// Runs the suite; differences go to standard error.
///
/// # Errors
/// If QEMU is missing or a machine does not reach the end.
pub fn run() -> Result<Counts> {
    let scenes = scenes::all();
    ensure!(scenes.len() <= image::MAX_SCENES, "{} scenes, room for {}", scenes.len(), image::MAX_SCENES);
    let image = image::build(&scenes);
    let ours = log::parse(&engine::run_ours(&image)?);
    let theirs = log::parse(&engine::run_qemu(&image)?);
    ensure!(
        ours.len() == scenes.len() && theirs.len() == scenes.len(),
        "{} scenes, but {} entries from sh4a-emu and {} from QEMU",
        scenes.len(),
        ours.len(),
        theirs.len()
    );
    let mut counts = Counts::default();
    for ((scene, ours), theirs) in scenes.iter().zip(&ours).zip(&theirs) {
        let deviation = deviations::find(&scene.name);
        let mut expected = theirs.clone();
        deviations::amend_always(&mut expected);
        if let Some(deviation) = deviation {
            (deviation.amend)(&mut expected);
        }
        let wrong = differences(ours, &expected, deviation.map_or(&[], |deviation| deviation.open));
        if wrong.is_empty() {
            counts.passed += 1;
            counts.by_manual += u64::from(deviation.is_some());
        } else {
            counts.failed += 1;
            eprintln!("MISMATCH {}\n  {}\n  sh4a-emu {ours}\n  qemu     {theirs}", scene.name, wrong.join("\n  "));
        }
    }
    Ok(counts)
}

fn differences(ours: &Entry, expected: &Entry, open: &[&str]) -> Vec<String> {
    let all = NAMES.iter().zip(ours.0.iter().zip(expected.0));
    all.filter(|(name, (ours, expected))| **ours != *expected && !open.contains(name))
        .map(|(name, (ours, expected))| format!("{name}: sh4a-emu {ours:08x}, expected {expected:08x}"))
        .collect()
}
