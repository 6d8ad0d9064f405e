//! Random sequences of service calls against the reference model: results and all states are compared after each call.

use uitron_model as common;

use common::call::{CALLS, Call, Op, apply, block};
use common::model::Model;
use common::{boot, message, snapshot};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::cell::RefCell;
use std::collections::BTreeMap;
use uitron_kernel::{Context, TaskId};

const SEQUENCES: u32 = 400;
/// Steps of a sequence on average.
const LENGTH: usize = 500;

/// What a step is made of; the step itself depends on the state that it meets.
#[derive(Clone, Copy, Debug)]
struct Step {
    call: Call,
    ctx: Context,
    id: i32,
    a: i64,
    b: i64,
    bias: u8,
}

fn step() -> impl Strategy<Value = Step> {
    let call = prop_oneof![8 => prop::sample::select(CALLS), 1 => Just(Call::isig_tim), 1 => Just(Call::iact_tsk)];
    let elsewhere = prop::sample::select(&[Context::Task, Context::NonTask, Context::Init][..]);
    let ctx = prop::option::weighted(0.05, elsewhere);
    let id = prop_oneof![12 => 1..=3i32, 3 => 4..=6i32, 1 => -1..=8i32];
    let a = prop_oneof![
        12 => 0..=8i64,
        3 => 9..=17i64,
        2 => prop::sample::select(&[-1i64, 0x101, 0x103, 0x201, 0xffff_fffe, 0x8000_0000][..]),
    ];
    let b =
        prop_oneof![9 => 0..=6i64, 3 => Just(-1i64), 1 => prop::sample::select(&[-2i64, 0x7fff_ffff, 0x8000_0000][..])];
    (call, ctx, id, a, b, any::<u8>()).prop_map(|(call, ctx, id, a, b, bias)| Step {
        call,
        ctx: ctx.unwrap_or(call.home()),
        id,
        a,
        b,
        bias,
    })
}

/// The call that the step makes now, if it makes sense for a caller: locks do not last for ever, there is a task to call
/// from, and messages and blocks are not put into a queue twice.
fn choose(step: Step, model: &Model) -> Option<Op> {
    let mut op = Op { call: step.call, ctx: step.ctx, id: step.id, a: step.a, b: step.b };
    if model.locked && step.bias < 100 {
        op.call = if model.running.is_some() { Call::unl_cpu } else { Call::iunl_cpu };
        op.ctx = op.call.home();
    } else if model.dispatch_disabled && step.bias < 50 {
        (op.call, op.ctx) = (Call::ena_dsp, Context::Task);
    }
    if op.ctx == Context::Task && model.running.is_none() {
        return None;
    }
    let queued = |addresses: &[Vec<usize>], address| addresses.iter().flatten().any(|&x| x == address);
    match op.call {
        Call::snd_mbx if queued(&model.boxes, message(op.a)) => None,
        Call::rel_mpf if queued(&model.free, block(op.id, op.a)) => None,
        _ => Some(op),
    }
}

#[test]
fn the_kernel_does_what_the_model_does() {
    let calls = RefCell::new(0u64);
    let seen = RefCell::new(BTreeMap::<Call, [u64; 2]>::new());
    let config = Config { cases: SEQUENCES, failure_persistence: None, ..Config::default() };
    let sequences = prop::collection::vec(step(), 1..=2 * LENGTH);
    let result = TestRunner::new(config).run(&sequences, |steps| {
        let (mut kernel, mut model) = (boot::<1>(), Model::boot());
        prop_assert_eq!(snapshot::of_kernel(&kernel), model.snapshot());
        let mut in_handler = false;
        for step in steps {
            let Some(mut op) = choose(step, &model) else { continue };
            if in_handler && op.ctx == Context::Task {
                // The handler returns; the call was chosen for the task that it interrupted.
                kernel.dispatch();
                model.dispatch();
                let Some(again) = choose(step, &model) else { continue };
                op = again;
            }
            let expected = model.apply(op);
            prop_assert_eq!(apply(&mut kernel, op), expected, "{:?}", op);
            *calls.borrow_mut() += 1;
            seen.borrow_mut().entry(op.call).or_default()[usize::from(expected.is_err())] += 1;
            in_handler = op.ctx != Context::Task && step.bias % 2 == 0;
            if in_handler {
                prop_assert_eq!(snapshot::of_kernel(&kernel), model.snapshot(), "in the handler after {:?}", op);
                continue;
            }
            model.dispatch();
            prop_assert_eq!(kernel.dispatch().map(TaskId::index), model.running, "after {:?}", op);
            prop_assert_eq!(kernel.tex_begin().map(|t| t.pattern), model.tex_begin(), "exception after {:?}", op);
            if model.running.is_some() && step.bias > 240 {
                prop_assert_eq!(kernel.tex_end().map(|t| t.pattern), model.tex_end(), "routine ends after {:?}", op);
                model.dispatch();
                kernel.dispatch();
            }
            prop_assert_eq!(snapshot::of_kernel(&kernel), model.snapshot(), "after {:?}", op);
        }
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
    println!("{} calls", calls.borrow());
    assert!(*calls.borrow() >= 100_000, "only {} calls", calls.borrow());
    let seen = seen.borrow();
    for call in CALLS {
        let [good, bad] = seen.get(call).copied().unwrap_or_default();
        assert!(
            good > 0 && bad > 0,
            "{call:?} succeeded {good} times and failed {bad} times: the sequences miss something"
        );
    }
}
