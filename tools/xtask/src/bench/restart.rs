//! How long a guest is gone that begins anew, and how long the real-time guest beside it cannot be interrupted for that.

use anyhow::{Context, Result};
use figures::Report;

use super::profile::{Code, Executed, SAMPLES};
use super::rig::Rig;
use super::system;
use crate::{guest, target};

/// Linux on one core beside the RT guest, and on four.
const ONE: &str = "rp1-linux-rt";
const FOUR: &str = "rp1-smp-linux-rt";
/// Core cycles of a millisecond.
const MILLISECOND: f64 = 600_000.0;
/// Cycles within which each part must have come.
const PATIENCE: u64 = 12_000_000_000;
/// Cycles at the shell before it is told to restart.
const PAUSE: u64 = 60_000_000;
/// Asks SPUMONE for a restart, without stopping anything before.
const ORDER: &str = "reboot -f";
/// What the log says when the new life begins; and what that says when it has come through.
const AGAIN: &str = "guest linux starts again";
const WORKS: &str = "Run /init as init process";
/// The core that the RT guest shares with one of Linux's CPUs, the level of its timer, and core cycles in which Linux has begun anew.
const CORE: usize = 0;
const LEVEL: u32 = 12;
const WATCHED: u64 = 90_000_000;
/// SR.BL.
const BL: u32 = 1 << 28;
/// How many of the longest stretches are told.
const LONGEST: usize = 4;

pub(super) fn run() -> Result<Report> {
    let mut report = Report::new("restart");
    report.note(format!("from `{ORDER}` at Linux's shell to its first instruction, beside the RT guest"));
    for (what, name) in [("one CPU", ONE), ("four CPUs", FOUR)] {
        let mut rig = at_shell(name)?;
        let began = rig.machine.time();
        rig.enter(system::LINUX_PORT, ORDER);
        let again = rig.until(AGAIN, PATIENCE)?.time - began;
        report.figure(format!("Linux with {what} begins anew"), again as f64 / MILLISECOND, "ms");
        rig.until(WORKS, PATIENCE)?;
    }
    let mut rig = at_shell(FOUR)?;
    let alike = masked(&mut rig, WATCHED)?;
    let length = |stretches: &[Stretch]| stretches.first().map(|longest| longest.len() as f64).context("never masked");
    rig.enter(system::LINUX_PORT, ORDER);
    let meanwhile = masked(&mut rig, WATCHED)?;
    rig.until(AGAIN, 1)?;
    report.note(format!("core {CORE}, {WATCHED} cycles: how long the RT guest's timer (level {LEVEL}) is masked at a time; Linux with four CPUs"));
    report.figure("longest while Linux is at its shell", length(&alike)?, "instructions").figure(
        "longest while Linux begins anew",
        length(&meanwhile)?,
        "instructions",
    );
    Ok(report)
}

fn at_shell(name: &str) -> Result<Rig> {
    let (config, image) = system::smp(name, "", |_| {})?;
    let mut rig = Rig::new(config, name).flash(&image)?;
    rig.until("SHELL-REACHED", PATIENCE)?;
    rig.pass(PAUSE)?;
    Ok(rig)
}

/// Where the cores are while the guest is gone, and where the RT guest cannot be interrupted for longest.
pub(super) fn profile() -> Result<String> {
    let code =
        Code::load(&[guest::build("linux-smp", "rp1")?, target::build("spumone-sh4a", "rp1")?.program("spumone")])?;
    let mut text = String::new();
    let mut rig = at_shell(FOUR)?;
    rig.enter(system::LINUX_PORT, ORDER);
    let executed = Executed::sampled(&mut rig, &code, AGAIN, SAMPLES)?;
    executed.tell(&mut text, &format!("one instruction in {SAMPLES}, all cores"), 1, &code)?;
    let mut rig = at_shell(FOUR)?;
    rig.enter(system::LINUX_PORT, ORDER);
    for (number, stretch) in (1..).zip(masked(&mut rig, WATCHED)?) {
        let mut executed = Executed::default();
        stretch.into_iter().for_each(|(pc, pr)| executed.add(&code, pc, pr, 1));
        executed.tell(&mut text, &format!("longest masked stretch of core {CORE}, number {number}"), 1, &code)?;
    }
    Ok(text)
}

/// Instructions one after the other, each with PR before it.
type Stretch = Vec<(u32, u32)>;

/// What the core executes for longest while the RT guest's timer could not interrupt it, an instruction at a time for so many cycles.
fn masked(rig: &mut Rig, cycles: u64) -> Result<Vec<Stretch>> {
    rig.machine.set_quantum(1);
    let (mut longest, mut stretch) = (Vec::new(), Stretch::new());
    let end = rig.machine.time() + cycles;
    while rig.machine.time() < end {
        let cpu = rig.machine.cpu(CORE);
        let (place, sr, before) = ((cpu.pc(), cpu.pr()), cpu.sr(), cpu.retired());
        let masked = sr & BL != 0 || (sr >> 4) & 15 >= LEVEL;
        rig.pass(1)?;
        if masked && rig.machine.cpu(CORE).retired() > before {
            stretch.push(place);
        } else if !masked && !stretch.is_empty() {
            longest.push(std::mem::take(&mut stretch));
            longest.sort_by_key(|stretch| std::cmp::Reverse(stretch.len()));
            longest.truncate(LONGEST);
        }
    }
    Ok(longest)
}
