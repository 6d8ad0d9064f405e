//! Where a move's instructions go: counted for each address that SPUMONE executes for it, and told by function and by line.

use std::path::PathBuf;

use anyhow::{Result, bail};
use sh4a_emu::cpu::Watchpoint;
use sh4a_emu::machine::{Machine, Stop};

use super::{MAIL, PATIENCE, Places, location};
use crate::bench::profile::{Code, Executed, SPUMONE};
use crate::bench::rig::Rig;

/// Moves that are counted.
const MOVES: u64 = 50;
/// The register that raises inter-core interrupts, a word a core.
const INTICI: u32 = 0xfe41_0070;

/// Parts of a move, in their order. What a core does once its message is sent does not delay the move, but its guest.
const PARTS: [&str; 5] = [
    "request, until the mail interrupt is raised",
    "request, from there to the guest that asked",
    "source, from its interrupt until Arrive is sent",
    "source, from there to what runs next",
    "destination, from its interrupt to the first guest instruction",
];

#[derive(Default)]
struct Counts {
    parts: [Executed; PARTS.len()],
    moves: u64,
}

/// Watches the moves and tells where their instructions went.
pub(super) fn profile(rig: &mut Rig, places: &Places, program: PathBuf) -> Result<String> {
    let code = Code::load(&[program])?;
    let counts = count(&mut rig.machine, places, &code)?;
    let mut text = String::new();
    for (part, executed) in PARTS.iter().zip(&counts.parts) {
        executed.tell(&mut text, part, counts.moves, &code)?;
    }
    Ok(text)
}

/// A move that was asked for: the core that the vCPU is on, and where it goes.
struct Asked {
    from: usize,
    to: usize,
}

fn count(machine: &mut Machine, places: &Places, code: &Code) -> Result<Counts> {
    for core in 0..machine.cores() {
        let cpu = machine.cpu_mut(core);
        [places.request, places.interrupt].iter().for_each(|&pc| cpu.add_breakpoint(pc));
    }
    let (mut counts, mut current) = (Counts::default(), None);
    let limit = machine.time() + PATIENCE;
    while counts.moves < MOVES {
        let (core, pc) = match machine.run(limit) {
            Stop::Breakpoint { core, pc } => (core, pc),
            stop => bail!("the run ended after {} moves ({stop:?})\n{}", counts.moves, machine.report()),
        };
        if pc == places.request {
            let to = machine.cpu(core).r(5) as usize;
            let from = location(machine)?;
            current = Some(Asked { from, to });
            walk(machine, core, &mut counts.parts[0..2], Some(from), code)?;
            continue;
        }
        let Some(Asked { from, to }) = &current else { continue };
        if machine.cpu(core).intevt() != MAIL {
            continue;
        }
        if core == *from {
            walk(machine, core, &mut counts.parts[2..4], Some(*to), code)?;
        } else if core == *to {
            walk(machine, core, &mut counts.parts[4..5], None, code)?;
            counts.moves += 1;
            current = None;
        }
    }
    Ok(counts)
}

/// Lets `core` alone go on until it leaves SPUMONE, or sleeps, and counts what it executes: under the first of `parts` until it raises an
/// interrupt of core `to`, under the second from there.
fn walk(machine: &mut Machine, core: usize, parts: &mut [Executed], to: Option<usize>, code: &Code) -> Result<()> {
    let raise = to.map(|to| Watchpoint { addr: INTICI + 4 * to as u32, len: 4, load: false, store: true });
    raise.iter().for_each(|&raise| machine.cpu_mut(core).add_watchpoint(raise));
    let mut part = 0;
    loop {
        let (pc, before) = (machine.cpu(core).pc(), machine.cpu(core).retired());
        if !SPUMONE.contains(&pc) || machine.cpu(core).asleep() {
            break;
        }
        match machine.step(core) {
            None | Some(Stop::Breakpoint { .. }) => {}
            Some(Stop::Watchpoint { .. }) => part = parts.len() - 1,
            Some(stop) => bail!("a move ended at {pc:#x} ({stop:?})\n{}", machine.report()),
        }
        let cpu = machine.cpu(core);
        parts[part].add(code, pc, cpu.pr(), cpu.retired() - before);
    }
    raise.iter().for_each(|&raise| machine.cpu_mut(core).remove_watchpoint(raise));
    Ok(())
}
