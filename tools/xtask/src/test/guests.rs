//! The selftest guests under SPUMONE, alone or beside rt-probe and low-worker; what they and SPUMONE print is the verdict.

use anyhow::Result;
use provision::parallel;

use super::scene::{Actor, Scene, probe, selftest, with_fpu};
use super::{Depth, tally::Tally, watcher};
use crate::run::On;

const LOW: Option<Actor> = Some(selftest("low-worker"));
/// Stock QEMU has no interrupt levels, so there periods may be missed.
const STEADY: Option<Actor> = Some(probe(&[600, 0]));
const TOLERANT: Option<Actor> = Some(probe(&[600, 600]));
const LOW_PASSES: &str = "low-worker: PASS";
const PREEMPTED: &str = "[1-9][0-9]* preemptions";
const FLOOD_PREEMPTED: &str = "flood-low: 10000 lines, [0-9]+ times refused, [1-9][0-9]+ preemptions";
const NONE_MISSED: &str = "rt-probe: 600 periods, 0 missed";

const RESTARTED: &str = "guest restart starts again at 0x8c";
const RESTARTS: &str = "restart: began 5 times";

/// What is played on each board and machine that can.
struct Play {
    low: Option<Actor>,
    rt: Option<Actor>,
    expected: &'static [&'static str],
}

const fn play(low: Option<Actor>, rt: Option<Actor>, expected: &'static [&'static str]) -> Play {
    Play { low, rt, expected }
}

/// On both boards, on the emulator and on stock QEMU.
const EVERYWHERE: &[Play] = &[
    play(None, Some(selftest("bad-calls")), &["bad-calls: PASS", "all guests ended: bad-calls=0"]),
    play(LOW, Some(selftest("bad-calls")), &["bad-calls: PASS", LOW_PASSES, "ended: low-worker=0 bad-calls=0"]),
    play(LOW, Some(selftest("hog")), &["hog: PASS", LOW_PASSES, "ended: low-worker=0 hog=0"]),
    play(
        LOW,
        Some(selftest("flood")),
        &["flood: 1000 lines", "flood: PASS", LOW_PASSES, "ended: low-worker=0 flood=0"],
    ),
    // At once; on r2d the RT guest's port is the log's.
    play(
        Some(selftest("flood-low")),
        Some(selftest("flood")),
        &["flood: 1000 lines", "flood: PASS", "flood-low: PASS", FLOOD_PREEMPTED, "ended: flood-low=0 flood=0"],
    ),
    play(
        LOW,
        Some(selftest("jump-nowhere")),
        &[
            // Stock QEMU takes instructions from odd addresses, until one of them faults.
            "guest jump-nowhere parked at PC 0x8c00000[13]: address error on read or fetch .EXPEVT 0xe0. before",
            LOW_PASSES,
            "ended: low-worker=0 jump-nowhere=parked",
        ],
    ),
    play(
        LOW,
        Some(selftest("bad-vbr")),
        &[r"guest bad-vbr parked.*: set_vbr\(0xa0000000\): not a", LOW_PASSES, "ended: low-worker=0 bad-vbr=parked"],
    ),
    play(
        Some(with_fpu("fpu-low")),
        Some(with_fpu("fpu-rt")),
        &["fpu-low: PASS", "fpu-rt: PASS", "ended: fpu-low=0 fpu-rt=0"],
    ),
];

/// Where the machine has interrupt levels and a steady clock: both boards on the emulator.
const EMULATOR: &[Play] = &[
    play(LOW, STEADY, &[LOW_PASSES, PREEMPTED, NONE_MISSED, "ended: low-worker=0 rt-probe=0"]),
    play(
        LOW,
        Some(selftest("jump-nowhere")),
        &["guest jump-nowhere parked at PC 0x8c000001: address error", LOW_PASSES],
    ),
    play(Some(selftest("tlb")), STEADY, &["tlb: PASS", PREEMPTED, NONE_MISSED, "ended: tlb=0 rt-probe=0"]),
    play(
        Some(selftest("flood-low")),
        STEADY,
        &["flood-low: PASS", FLOOD_PREEMPTED, NONE_MISSED, "ended: flood-low=0 rt-probe=0"],
    ),
];

/// As far as stock QEMU can: nothing is lost, but periods may be late.
const QEMU: &[Play] = &[
    play(LOW, TOLERANT, &[LOW_PASSES, PREEMPTED, "rt-probe: 60[0-9] periods", "ended: low-worker=0 rt-probe=0"]),
    play(
        Some(selftest("tlb")),
        TOLERANT,
        &["tlb: PASS", PREEMPTED, "rt-probe: 60[0-9] periods", "ended: tlb=0 rt-probe=0"],
    ),
];

/// No image is left in memory there.
const R2D: &[Play] = &[play(
    LOW,
    Some(selftest("restart")),
    &["guest restart parked: .*restart", LOW_PASSES, "ended: low-worker=0 restart=parked"],
)];

/// Needs the interrupt controller of rp1, or its flash.
const RP1: &[Play] = &[
    play(LOW, Some(selftest("restart")), &[RESTARTED, RESTARTS, LOW_PASSES, "ended: low-worker=0 restart=0"]),
    play(
        Some(selftest("rule-breaker")),
        STEADY,
        &["rule-breaker: PASS", NONE_MISSED, "ended: rule-breaker=0 rt-probe=0"],
    ),
    // What nothing can prevent (docs/caveats.md): the RT guest says what it missed, and goes on.
    play(
        Some(selftest("mask-all")),
        TOLERANT,
        &["mask-all: PASS", "rt-probe: 600 periods, [1-9] missed", "ended: mask-all=0 rt-probe=0"],
    ),
    play(LOW, Some(selftest("nested")), &["nested: PASS", LOW_PASSES, "ended: low-worker=0 nested=0"]),
];

pub(super) fn run(_: Depth) -> Result<Tally> {
    let places: [(&str, On, &[&[Play]]); 3] = [
        ("rp1", On::Emu, &[RP1, EMULATOR, EVERYWHERE]),
        ("r2d", On::Emu, &[R2D, EMULATOR, EVERYWHERE]),
        ("r2d", On::Qemu, &[R2D, QEMU, EVERYWHERE]),
    ];
    let mut scenes = Vec::new();
    for (board, on, lists) in places {
        let plays = lists.iter().copied().flatten();
        scenes.extend(plays.map(|&Play { low, rt, expected }| Scene { board, on, low, rt, expected }));
    }
    let mut tally = Tally::default();
    for (scene, result) in scenes.iter().zip(parallel::map(&scenes, Scene::play)) {
        tally.check(&scene.name(), result);
    }
    tally.check("watcher and watched on rp1 Emu", watcher::watches());
    Ok(tally)
}
