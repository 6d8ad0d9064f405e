//! Random service calls on the target: made up here with the reference model, played by the application `sequences` with real tasks and handlers on the
//! bare machine; the state after every call, and what it returned, are read from the machine's memory and compared.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result, ensure};
use sh4a_emu::machine::{Config, Machine, Stop};
use uitron_kernel::{Context as From, Error};
use uitron_model::call::{CALLS, Call, Op, Outcome, WAITS, block};
use uitron_model::message;
use uitron_model::model::Model;
use uitron_model::snapshot::plain;

use crate::bench::rig::Symbols;
use crate::{toppers, workspace};

/// Calls of a run; the application has room for a few more.
pub(super) const COUNT: usize = 110_000;
/// No call, but the end of the task exception routine.
const ROUTINE_ENDS: u8 = 255;
/// A call that has not come back.
const NOT_BACK: u32 = 0x5eed_5eed;
/// Exception routines nested in one task.
const DEEPEST: u32 = 3;
const CYCLES: u64 = 60_000_000_000;

/// Everything that the target shall do and find.
struct Sequence {
    /// Call, context, number, arguments: twelve bytes each.
    ops: Vec<u8>,
    names: Vec<String>,
    /// Before each call and after the last.
    states: Vec<u32>,
    /// What the caller gets, if it does not wait or end; true if the caller may be ended before it gets it.
    results: Vec<Option<(u32, bool)>>,
}

pub(super) fn run(seed: u64) -> Result<()> {
    let sequence = generate(seed);
    let dir = workspace::target_dir().join("toppers/generated");
    fs::create_dir_all(&dir).context("no folder for the sequence")?;
    let (blob, source) = (dir.join("sequence.bin"), dir.join("sequence.c"));
    fs::write(&blob, &sequence.ops)?;
    let mut text = String::new();
    writeln!(text, "const unsigned int sequence_count = {COUNT};")?;
    writeln!(
        text,
        "__asm__(\".section .rodata.sequence, \\\"a\\\"\\n.balign 4\\n.global sequence_ops\\nsequence_ops:\\n\""
    )?;
    writeln!(text, "    \".incbin \\\"{}\\\"\\n.previous\\n\");", blob.display())?;
    fs::write(&source, text)?;
    let program = toppers::build_with(&workspace::root().join("guests/toppers/apps/sequences"), "rp1", &[source])?;
    let symbols = Symbols::load(&program)?;
    let mut machine = Machine::new(Config::rp1());
    machine.load_kernel(&fs::read(&program)?, None).context("cannot load the sequences")?;
    let stop = machine.run(CYCLES);
    let words = |name: &str, count: usize| -> Result<Vec<u32>> {
        let bytes =
            machine.read_memory(0, symbols.address(name)? & 0x1fff_ffff, 4 * count).context("no memory there")?;
        Ok(bytes.chunks_exact(4).map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]])).collect())
    };
    compare(&sequence, &words("sequence_states", COUNT + 1)?, &words("sequence_results", COUNT)?)?;
    ensure!(stop == Stop::Halted, "the machine did not end: {stop:?}\n{}", machine.report());
    Ok(())
}

fn compare(sequence: &Sequence, states: &[u32], results: &[u32]) -> Result<()> {
    for k in 0..=COUNT {
        let before = k.saturating_sub(12);
        ensure!(
            states[k] == sequence.states[k],
            "the state after call {k} differs; the last calls were\n{}",
            sequence.names[before..k].join("\n")
        );
        let Some(Some((expected, may_end))) = sequence.results.get(k) else { continue };
        let found = results[k];
        ensure!(
            found == *expected || (found == NOT_BACK && *may_end),
            "call {k}, {}, returned {found:#x}, not {expected:#x}",
            sequence.names[k]
        );
    }
    Ok(())
}

fn generate(seed: u64) -> Sequence {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut model = Model::boot();
    let mut depth = [0u32; 6];
    let mut sequence =
        Sequence { ops: Vec::new(), names: Vec::new(), states: vec![model.snapshot().hash()], results: Vec::new() };
    while sequence.names.len() < COUNT {
        let me = model.running;
        let nested = me.map_or(0, |task| depth[task]);
        if nested > 0 && rng.u32(..100) < 12 {
            end_routine(&mut sequence, &mut model, &mut depth);
            continue;
        }
        let Some(op) = choose(&mut rng, &model) else { continue };
        if op.call == Call::ena_tex && nested >= DEEPEST {
            end_routine(&mut sequence, &mut model, &mut depth);
            continue;
        }
        let outcome = model.apply(op);
        match (op.call, me, &outcome) {
            (Call::ext_tsk, Some(task), Ok(_)) => depth[task] = 0,
            (Call::ter_tsk, _, Ok(_)) => depth[op.id as usize - 1] = 0,
            _ => {}
        }
        let interrupted = settle(&mut model, &mut depth) || model.running != me;
        let number = CALLS.iter().position(|call| *call == op.call).unwrap_or_default() as u8;
        sequence.push(number, op, format!("{op:?} = {outcome:?}"), expected(op, outcome, interrupted), &model);
    }
    sequence
}

impl Sequence {
    fn push(&mut self, number: u8, op: Op, name: String, result: Option<(u32, bool)>, model: &Model) {
        self.ops.extend([number, u8::from(op.ctx != From::Task)]);
        self.ops.extend((op.id as i16).to_le_bytes());
        self.ops.extend((op.a as u32).to_le_bytes());
        self.ops.extend((op.b as u32).to_le_bytes());
        self.names.push(name);
        self.results.push(result);
        self.states.push(model.snapshot().hash());
    }
}

fn expected(op: Op, outcome: Outcome, interrupted: bool) -> Option<(u32, bool)> {
    match outcome {
        Ok(WAITS) => None,
        Ok(_) if op.call == Call::ext_tsk => None,
        Ok(value) => Some((plain(value as usize), interrupted && op.ctx == From::Task)),
        Err(error) => Some((Error::code(error) as u32, false)),
    }
}

/// What the dispatcher does after every call: gives the processor to whom it belongs, and begins its exception routine; true if there
/// is one to begin.
fn settle(model: &mut Model, depth: &mut [u32; 6]) -> bool {
    model.dispatch();
    let (Some(_), Some(task)) = (model.tex_begin(), model.running) else { return false };
    depth[task] += 1;
    true
}

fn end_routine(sequence: &mut Sequence, model: &mut Model, depth: &mut [u32; 6]) {
    if let (None, Some(task)) = (model.tex_end(), model.running) {
        depth[task] -= 1;
    }
    settle(model, depth);
    let op = Op { call: Call::ext_tsk, ctx: From::Task, id: 0, a: 0, b: 0 };
    sequence.push(ROUTINE_ENDS, op, "the exception routine ends".into(), None, model);
}

/// A call that makes sense for its caller now: locks do not last for ever, there is a task to call from, messages and blocks are not put into a queue
/// twice, and nobody locks the CPU while nobody could unlock it.
fn choose(rng: &mut fastrand::Rng, model: &Model) -> Option<Op> {
    let pick = |rng: &mut fastrand::Rng, from: &[i64]| from[rng.usize(..from.len())];
    let call = match rng.u32(..10) {
        0 => Call::isig_tim,
        1 => Call::iact_tsk,
        _ => CALLS[rng.usize(..CALLS.len())],
    };
    let id = match rng.u32(..16) {
        0..12 => rng.i32(1..=3),
        12..15 => rng.i32(4..=6),
        _ => rng.i32(-1..=8),
    };
    let a = match rng.u32(..17) {
        0..12 => rng.i64(0..=8),
        12..15 => rng.i64(9..=17),
        _ => pick(rng, &[-1, 0x101, 0x103, 0x201, 0xffff_fffe, 0x8000_0000]),
    };
    let b = match rng.u32(..13) {
        0..9 => rng.i64(0..=6),
        9..12 => -1,
        _ => pick(rng, &[-2, 0x7fff_ffff, 0x8000_0000]),
    };
    let mut op = Op { call, ctx: call.home(), id, a, b };
    if rng.u32(..20) == 0 {
        op.ctx = if op.ctx == From::Task { From::NonTask } else { From::Task };
    }
    if model.locked && rng.u32(..5) < 2 {
        op.call = Call::unl_cpu;
        op.ctx = From::Task;
    } else if model.dispatch_disabled && rng.u32(..5) == 0 {
        (op.call, op.ctx) = (Call::ena_dsp, From::Task);
    }
    if model.running.is_none() && (op.ctx == From::Task || op.call == Call::iloc_cpu) {
        return None;
    }
    let queued = |addresses: &[Vec<usize>], address| addresses.iter().flatten().any(|&there| there == address);
    match op.call {
        Call::snd_mbx if queued(&model.boxes, message(op.a)) => None,
        Call::rel_mpf if queued(&model.free, block(op.id, op.a)) => None,
        _ => Some(op),
    }
}
