//! Every error code of every call, and the order of the checks.

use uitron_model as common;

use common::call::Call::{self, *};
use common::call::{CALLS, Op, WAITS, apply, op};
use common::{HostKernel, boot, tick};
use std::collections::BTreeSet;
use uitron_kernel::Error::{self, *};
use uitron_kernel::{Context, TaskId};

/// Task 1 (priority 5, exception routine) runs; 2 sleeps, 3 is suspended, 4 is ready with everything queued and has no
/// routine, 5 waits at flag 1, 6 is dormant. Semaphore 1 is full, 2 empty; data queue 1 full, 3 empty; pool 2 is empty.
fn scene() -> HostKernel {
    let mut kernel = boot();
    for (call, id, a, b) in [
        (act_tsk, 5, 0, 0),
        (wai_flg, 1, 1, 0),
        (act_tsk, 2, 0, 0),
        (chg_pri, 2, 4, 0),
        (slp_tsk, 0, 0, 0),
        (act_tsk, 3, 0, 0),
        (sus_tsk, 3, 0, 0),
        (act_tsk, 4, 0, 0),
        (act_tsk, 4, 0, 0),
        (wup_tsk, 4, 0, 0),
        (psnd_dtq, 1, 1, 0),
        (psnd_dtq, 1, 2, 0),
        (pget_mpf, 2, 0, 0),
    ] {
        assert!(apply(&mut kernel, op(call, id, a, b)).is_ok(), "{call:?}");
        kernel.dispatch();
    }
    assert_eq!(kernel.running().map(TaskId::number), Some(1));
    kernel
}

/// Calls with an object number, the number of objects, and whether 0 is the caller.
const NUMBERED: &[(&[Call], i32, bool)] = &[
    (&[act_tsk, can_act, chg_pri, get_pri, wup_tsk, can_wup, sus_tsk, ras_tex], 6, true),
    (&[iact_tsk, ter_tsk, iwup_tsk, rel_wai, irel_wai, rsm_tsk, frsm_tsk, iras_tex], 6, false),
    (&[sig_sem, isig_sem, wai_sem, pol_sem, twai_sem], 2, false),
    (&[set_flg, iset_flg, clr_flg, wai_flg, pol_flg, twai_flg], 2, false),
    (&[snd_dtq, psnd_dtq, ipsnd_dtq, tsnd_dtq, fsnd_dtq, ifsnd_dtq, rcv_dtq, prcv_dtq, trcv_dtq], 3, false),
    (&[snd_mbx, rcv_mbx, prcv_mbx, trcv_mbx], 2, false),
    (&[get_mpf, pget_mpf, tget_mpf, rel_mpf], 2, false),
    (&[sta_cyc, stp_cyc], 3, false),
];

/// All other errors that a call can return at once.
const OWN: &[(&[Call], &[Error])] = &[
    (&[act_tsk, iact_tsk, sig_sem, isig_sem], &[Qovr]),
    (&[ter_tsk], &[Iluse, Obj]),
    (&[chg_pri, ras_tex, iras_tex], &[Par, Obj]),
    (&[get_pri, can_wup, rel_wai, irel_wai, rsm_tsk, frsm_tsk, dis_tex, ena_tex], &[Obj]),
    (&[wup_tsk, iwup_tsk, sus_tsk], &[Obj, Qovr]),
    (&[tslp_tsk, twai_sem, tsnd_dtq, trcv_dtq, trcv_mbx, tget_mpf], &[Par, Tmout]),
    (&[pol_sem, psnd_dtq, ipsnd_dtq, prcv_dtq, prcv_mbx, pget_mpf], &[Tmout]),
    (&[wai_flg], &[Par, Iluse]),
    (&[pol_flg, twai_flg], &[Par, Iluse, Tmout]),
    (&[fsnd_dtq, ifsnd_dtq], &[Iluse]),
    (&[dly_tsk, snd_mbx, rel_mpf, rot_rdq, irot_rdq, chg_ipm], &[Par]),
];

/// In the scene above. Waiting bits of flag calls are the low byte of `a`, the mode is the rest.
const ROWS: &[(Call, i32, i64, i64, Error)] = &[
    (act_tsk, 4, 0, 0, Qovr),
    (iact_tsk, 4, 0, 0, Qovr),
    (ter_tsk, 1, 0, 0, Iluse),
    (ter_tsk, 6, 0, 0, Obj),
    (chg_pri, 2, 17, 0, Par),
    (chg_pri, 2, -1, 0, Par),
    (chg_pri, 6, 17, 0, Par),
    (chg_pri, 6, 16, 0, Obj),
    (get_pri, 6, 0, 0, Obj),
    (tslp_tsk, 0, 0, -2, Par),
    (tslp_tsk, 0, 0, 0, Tmout),
    (wup_tsk, 6, 0, 0, Obj),
    (wup_tsk, 4, 0, 0, Qovr),
    (iwup_tsk, 6, 0, 0, Obj),
    (iwup_tsk, 4, 0, 0, Qovr),
    (can_wup, 6, 0, 0, Obj),
    (rel_wai, 1, 0, 0, Obj),
    (rel_wai, 3, 0, 0, Obj),
    (rel_wai, 6, 0, 0, Obj),
    (irel_wai, 4, 0, 0, Obj),
    (sus_tsk, 6, 0, 0, Obj),
    (sus_tsk, 3, 0, 0, Qovr),
    (rsm_tsk, 2, 0, 0, Obj),
    (rsm_tsk, 6, 0, 0, Obj),
    (frsm_tsk, 1, 0, 0, Obj),
    (dly_tsk, 0, 0, 0x8000_0000, Par),
    (ras_tex, 2, 0, 0, Par),
    (ras_tex, 6, 0, 0, Par),
    (ras_tex, 6, 1, 0, Obj),
    (ras_tex, 4, 1, 0, Obj),
    (iras_tex, 1, 0, 0, Par),
    (iras_tex, 6, 1, 0, Obj),
    (iras_tex, 4, 1, 0, Obj),
    (sig_sem, 1, 0, 0, Qovr),
    (isig_sem, 1, 0, 0, Qovr),
    (pol_sem, 2, 0, 0, Tmout),
    (twai_sem, 1, 0, -2, Par),
    (twai_sem, 2, 0, 0, Tmout),
    (wai_flg, 1, 0, 0, Par),
    (wai_flg, 2, 0x201, 0, Par),
    (wai_flg, 1, 1, 0, Iluse),
    (pol_flg, 1, 0, 0, Par),
    (pol_flg, 2, 0x201, 0, Par),
    (pol_flg, 1, 1, 0, Iluse),
    (pol_flg, 2, 2, 0, Tmout),
    (twai_flg, 1, 1, -2, Par),
    (twai_flg, 1, 1, 5, Iluse),
    (twai_flg, 2, 2, 0, Tmout),
    (psnd_dtq, 1, 3, 0, Tmout),
    (ipsnd_dtq, 1, 3, 0, Tmout),
    (tsnd_dtq, 3, 3, -2, Par),
    (tsnd_dtq, 1, 3, 0, Tmout),
    (fsnd_dtq, 2, 3, 0, Iluse),
    (ifsnd_dtq, 2, 3, 0, Iluse),
    (prcv_dtq, 3, 0, 0, Tmout),
    (trcv_dtq, 1, 0, -2, Par),
    (trcv_dtq, 3, 0, 0, Tmout),
    (snd_mbx, 1, 0, 0, Par),
    (snd_mbx, 2, 0, 0, Par),
    (snd_mbx, 2, 7, 0, Par),
    (snd_mbx, 2, 8, 0, Par),
    (prcv_mbx, 1, 0, 0, Tmout),
    (trcv_mbx, 1, 0, -2, Par),
    (trcv_mbx, 1, 0, 0, Tmout),
    (pget_mpf, 2, 0, 0, Tmout),
    (tget_mpf, 1, 0, -2, Par),
    (tget_mpf, 2, 0, 0, Tmout),
    (rel_mpf, 2, -1, 0, Par),
    (rel_mpf, 2, 1, 0, Par),
    (rel_mpf, 1, 0, 0, Par),
    (rot_rdq, 0, 17, 0, Par),
    (rot_rdq, 0, -1, 0, Par),
    (irot_rdq, 0, 0, 0, Par),
    (irot_rdq, 0, 17, 0, Par),
    (chg_ipm, 0, 15, 0, Par),
    (chg_ipm, 0, -1, 0, Par),
];

#[test]
fn every_error_of_every_call() {
    let mut shown = BTreeSet::new();
    for &(call, id, a, b, error) in ROWS {
        assert_eq!(apply(&mut scene(), op(call, id, a, b)), Err(error), "{call:?}({id}, {a}, {b})");
        shown.insert((call, error.code()));
    }
    // Task 4 has no exception routine.
    let mut kernel = scene();
    assert_eq!(apply(&mut kernel, op(slp_tsk, 0, 0, 0)), Ok(WAITS));
    assert_eq!(kernel.dispatch().map(TaskId::number), Some(4));
    for call in [dis_tex, ena_tex] {
        assert_eq!(apply(&mut kernel, op(call, 0, 0, 0)), Err(Obj), "{call:?}");
        shown.insert((call, Obj.code()));
    }
    let listed = OWN
        .iter()
        .flat_map(|&(calls, errors)| calls.iter().flat_map(move |&c| errors.iter().map(move |e| (c, e.code()))));
    assert_eq!(shown, listed.collect());
}

#[test]
fn numbers_of_objects_that_do_not_exist() {
    for &(calls, count, self_allowed) in NUMBERED {
        for &call in calls {
            for id in [i32::MIN, -1, 0, count + 1, i32::MAX] {
                let answer = apply(&mut scene(), op(call, id, 1, 0));
                assert_eq!(answer == Err(Id), id != 0 || !self_allowed, "{call:?}({id}) gives {answer:?}");
            }
        }
    }
}

#[test]
fn wrong_contexts() {
    for &call in CALLS {
        let other = if call.home() == Context::Task { Context::NonTask } else { Context::Task };
        for ctx in [other, Context::Init] {
            // -1 and a bad time-out: the context is looked at first.
            assert_eq!(apply(&mut scene(), Op { ctx, ..op(call, -1, -1, -2) }), Err(Ctx), "{call:?} from {ctx:?}");
        }
        let mut locked = scene();
        locked.loc_cpu(Context::Task).unwrap();
        let allowed = matches!(call, ext_tsk | loc_cpu | iloc_cpu | unl_cpu | iunl_cpu);
        assert_eq!(apply(&mut locked, op(call, -1, -1, -2)) != Err(Ctx), allowed, "{call:?} under CPU lock");
        let mut disabled = scene();
        disabled.dis_dsp(Context::Task).unwrap();
        let answer = apply(&mut disabled, op(call, -1, -1, -2));
        assert_eq!(answer == Err(Ctx), call.may_wait(), "{call:?} under dis_dsp gives {answer:?}");
    }
    for id in [0, 1] {
        let mut disabled = scene();
        disabled.dis_dsp(Context::Task).unwrap();
        assert_eq!(apply(&mut disabled, op(sus_tsk, id, 0, 0)), Err(Ctx), "the caller may not suspend itself");
        assert_eq!(apply(&mut disabled, op(sus_tsk, 4, 0, 0)), Ok(0));
    }
}

#[test]
fn a_bad_number_wins_over_parameter_and_state() {
    for (call, a, b) in [
        (chg_pri, 17, 0),
        (ras_tex, 0, 0),
        (iras_tex, 0, 0),
        (twai_sem, 0, -2),
        (wai_flg, 0, 0),
        (twai_flg, 0x201, -2),
        (tsnd_dtq, 0, -2),
        (trcv_dtq, 0, -2),
        (snd_mbx, 0, 0),
        (trcv_mbx, 0, -2),
        (tget_mpf, 0, -2),
        (rel_mpf, -1, 0),
    ] {
        assert_eq!(apply(&mut scene(), op(call, 99, a, b)), Err(Id), "{call:?}");
    }
}

/// The waiting calls, with arguments that make task 1 of the scene wait; the second of a pair takes a time-out.
const WAITING: &[(Call, Option<Call>, i32, i64)] = &[
    (slp_tsk, Some(tslp_tsk), 0, 0),
    (wai_sem, Some(twai_sem), 2, 0),
    (wai_flg, Some(twai_flg), 2, 2),
    (snd_dtq, Some(tsnd_dtq), 1, 3),
    (rcv_dtq, Some(trcv_dtq), 3, 0),
    (rcv_mbx, Some(trcv_mbx), 1, 0),
    (get_mpf, Some(tget_mpf), 2, 0),
    (dly_tsk, None, 0, 0),
];

#[test]
fn every_wait_ends_by_force_or_time() {
    let one = TaskId::new(1).unwrap();
    for &(forever, timed, id, a) in WAITING {
        for (call, b) in [
            (forever, 3),
            (timed.unwrap_or(forever), 3),
            (timed.unwrap_or(forever), if timed.is_some() { -1 } else { 9 }),
        ] {
            let mut kernel = scene();
            assert_eq!(apply(&mut kernel, op(call, id, a, b)), Ok(WAITS), "{call:?}");
            kernel.dispatch();
            assert_eq!(apply(&mut kernel, op(irel_wai, 1, 0, 0)), Ok(0), "{call:?}");
            assert_eq!(kernel.wait_result(one), Err(Rlwai), "{call:?}");
            let view = kernel.view_task(1).unwrap();
            assert_eq!(view.left, None, "no time-out is left of {call:?}");
            assert_eq!(kernel.dispatch(), Some(one));
        }
        for (call, b) in [(forever, -1), (timed.unwrap_or(forever), 3)] {
            let mut kernel = scene();
            assert_eq!(apply(&mut kernel, op(call, id, a, if call == dly_tsk { 3 } else { b })), Ok(WAITS), "{call:?}");
            let ends = b == 3 || call == dly_tsk;
            for _ in 0..3 {
                tick(&mut kernel);
                assert_ne!(kernel.running(), Some(one), "{call:?} is early");
            }
            tick(&mut kernel);
            assert_eq!(kernel.running() == Some(one), ends, "{call:?}");
            if ends {
                assert_eq!(kernel.wait_result(one), if call == dly_tsk { Ok(0) } else { Err(Tmout) }, "{call:?}");
            }
        }
    }
}
