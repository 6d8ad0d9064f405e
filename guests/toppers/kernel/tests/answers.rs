//! The answers of a real JSP kernel that are easy to get wrong: tasks, time, system state; one scenario each.

use uitron_model as common;

use common::call::Call::*;
use common::call::{Op, WAITS, apply, op};
use common::play::{play, result};
use common::{Host, HostKernel, boot, tables, tick};
use uitron_kernel::Error::*;
use uitron_kernel::{Context, Kernel, TaskId, Warning};

#[test]
fn self_and_ids() {
    play(
        &mut boot(),
        &[
            (act_tsk, 0, 0, 0, Ok(0), 1),
            (can_act, 0, 0, 0, Ok(1), 1),
            (can_act, 0, 0, 0, Ok(0), 1),
            (ter_tsk, 0, 0, 0, Err(Id), 1),
            (rel_wai, 0, 0, 0, Err(Id), 1),
            (rsm_tsk, 0, 0, 0, Err(Id), 1),
            (ter_tsk, 1, 0, 0, Err(Iluse), 1),
            (iact_tsk, 0, 0, 0, Err(Id), 1),
            (irot_rdq, 0, 0, 0, Err(Par), 1),
            (rot_rdq, 0, 0, 0, Ok(0), 1),
        ],
    );
}

#[test]
fn rot_rdq_self_is_the_own_priority() {
    play(
        &mut boot(),
        &[
            (act_tsk, 2, 0, 0, Ok(0), 1),
            (chg_pri, 2, 5, 0, Ok(0), 1),
            (rot_rdq, 0, 0, 0, Ok(0), 2),
            (rot_rdq, 0, 5, 0, Ok(0), 1),
        ],
    );
}

#[test]
fn chg_pri_to_the_same_priority_goes_behind_the_equals() {
    play(
        &mut boot(),
        &[
            (act_tsk, 2, 0, 0, Ok(0), 1),
            (chg_pri, 2, 5, 0, Ok(0), 1),
            (chg_pri, 0, 5, 0, Ok(0), 2),
            (chg_pri, 0, 5, 0, Ok(0), 1),
        ],
    );
}

#[test]
fn restart_resets_the_priority() {
    play(
        &mut boot(),
        &[
            (act_tsk, 2, 0, 0, Ok(0), 1),
            (chg_pri, 2, 12, 0, Ok(0), 1),
            (get_pri, 2, 0, 0, Ok(12), 1),
            (ter_tsk, 2, 0, 0, Ok(0), 1),
            (act_tsk, 2, 0, 0, Ok(0), 1),
            (get_pri, 2, 0, 0, Ok(10), 1),
        ],
    );
}

/// Tasks 2, 3 wait at the priority-ordered semaphore 2; task 1 sleeps meanwhile and is woken by the handler.
fn two_waiters() -> HostKernel {
    let mut kernel = boot();
    play(
        &mut kernel,
        &[
            (act_tsk, 2, 0, 0, Ok(0), 1),
            (act_tsk, 3, 0, 0, Ok(0), 1),
            (slp_tsk, 0, 0, 0, Ok(WAITS), 2),
            (wai_sem, 2, 0, 0, Ok(WAITS), 3),
            (wai_sem, 2, 0, 0, Ok(WAITS), 0),
            (iwup_tsk, 1, 0, 0, Ok(0), 1),
        ],
    );
    kernel
}

#[test]
fn raising_a_waiting_task_reorders_its_queue_at_once() {
    let mut kernel = two_waiters();
    let order = |k: &HostKernel| k.view_semaphore(2).unwrap().1.map(TaskId::number).collect::<Vec<_>>();
    assert_eq!(order(&kernel), [2, 3]);
    play(&mut kernel, &[(chg_pri, 3, 9, 0, Ok(0), 1)]);
    assert_eq!(order(&kernel), [3, 2]);
    play(&mut kernel, &[(sig_sem, 2, 0, 0, Ok(0), 1), (slp_tsk, 0, 0, 0, Ok(WAITS), 3)]);
}

#[test]
fn cpu_lock() {
    let mut kernel = boot();
    play(
        &mut kernel,
        &[
            (unl_cpu, 0, 0, 0, Ok(0), 1),
            (loc_cpu, 0, 0, 0, Ok(0), 1),
            (loc_cpu, 0, 0, 0, Ok(0), 1),
            (get_tim, 0, 0, 0, Err(Ctx), 1),
            (get_tid, 0, 0, 0, Err(Ctx), 1),
            (pol_sem, 1, 0, 0, Err(Ctx), 1),
            (dis_dsp, 0, 0, 0, Err(Ctx), 1),
            (ena_tex, 0, 0, 0, Err(Ctx), 1),
            (act_tsk, 5, 0, 0, Err(Ctx), 1),
            (unl_cpu, 0, 0, 0, Ok(0), 1),
            (chg_ipm, 0, 15, 0, Err(Par), 1),
            (chg_ipm, 0, -1, 0, Err(Par), 1),
            (chg_ipm, 0, 14, 0, Ok(0), 1),
            (get_ipm, 0, 0, 0, Ok(14), 1),
        ],
    );
}

#[test]
fn a_task_that_ends_locked_is_warned_about_and_the_next_one_starts_clean() {
    for (hold, warning) in [(loc_cpu, true), (dis_dsp, false)] {
        let mut kernel = boot();
        play(&mut kernel, &[(act_tsk, 2, 0, 0, Ok(0), 1), (hold, 0, 0, 0, Ok(0), 1), (ext_tsk, 0, 0, 0, Ok(0), 2)]);
        assert!(!kernel.sns_loc() && !kernel.sns_dsp());
        let task = TaskId::new(1).unwrap();
        let expected =
            if warning { Warning::EndedWhileLocked(task) } else { Warning::EndedWhileDispatchDisabled(task) };
        assert_eq!(kernel.port.warnings, [expected]);
    }
}

#[test]
fn ter_tsk_with_a_queued_activation_restarts_at_once() {
    let mut kernel = boot();
    play(
        &mut kernel,
        &[
            (act_tsk, 2, 0, 0, Ok(0), 1),
            (act_tsk, 2, 0, 0, Ok(0), 1),
            (ter_tsk, 2, 0, 0, Ok(0), 1),
            (can_act, 2, 0, 0, Ok(0), 1),
            (act_tsk, 5, 0, 0, Ok(0), 5),
            (slp_tsk, 0, 0, 0, Ok(WAITS), 1),
            (act_tsk, 5, 0, 0, Ok(0), 1),
            (ter_tsk, 5, 0, 0, Ok(0), 5),
        ],
    );
    assert_eq!(kernel.port.started, [1, 2, 2, 5, 5]);
}

#[test]
fn dly_tsk_ends_by_time_or_force_only() {
    let mut kernel = boot();
    play(
        &mut kernel,
        &[
            (dly_tsk, 0, 0, 5, Ok(WAITS), 0),
            (iwup_tsk, 1, 0, 0, Ok(0), 0),
            (iwup_tsk, 1, 0, 0, Err(Qovr), 0),
            (irel_wai, 1, 0, 0, Ok(0), 1),
            (can_wup, 0, 0, 0, Ok(1), 1),
        ],
    );
    assert_eq!(result(&kernel, 1), Err(Rlwai));
}

#[test]
fn times_are_never_early_and_at_most_a_tick_late() {
    let last = [(dly_tsk, 0, 1), (dly_tsk, 1, 2), (dly_tsk, 10, 11), (tslp_tsk, 10, 11)];
    for (call, ms, ticks) in last {
        let mut kernel = boot();
        play(&mut kernel, &[(call, 0, 0, ms, Ok(WAITS), 0)]);
        for n in 1..=ticks {
            assert!(kernel.running().is_none(), "{call:?}({ms}) is early, after {} ticks", n - 1);
            tick(&mut kernel);
        }
        assert_eq!(kernel.running().map(TaskId::number), Some(1), "{call:?}({ms}) is late");
        assert_eq!(result(&kernel, 1), if call == dly_tsk { Ok(0) } else { Err(Tmout) });
    }
    play(&mut boot(), &[(dly_tsk, 0, 0, 0x8000_0000, Err(Par), 1), (dly_tsk, 0, 0, 0x7fff_ffff, Ok(WAITS), 0)]);
}

#[test]
fn set_tim_moves_the_clock_and_no_timeout() {
    let mut kernel = boot();
    play(
        &mut kernel,
        &[
            (act_tsk, 2, 0, 0, Ok(0), 1),
            (dly_tsk, 0, 0, 3, Ok(WAITS), 2),
            (set_tim, 0, 1_000_000, 0, Ok(0), 2),
            (get_tim, 0, 0, 0, Ok(1_000_000), 2),
        ],
    );
    assert_eq!(kernel.view_task(1).unwrap().left, Some(4));
    (0..4).for_each(|_| drop(tick(&mut kernel)));
    play(&mut kernel, &[(get_tim, 0, 0, 0, Ok(1_000_004), 1)]);
}

/// The ticks, counted from now, in which cyclic handler 1 (period 5) runs.
fn runs_of_1(kernel: &mut HostKernel, ticks: u32) -> Vec<u32> {
    (1..=ticks).filter(|_| tick(kernel).contains(&1)).collect()
}

#[test]
fn cyclic_handlers() {
    let mut kernel = boot();
    play(&mut kernel, &[(stp_cyc, 1, 0, 0, Ok(0), 1), (stp_cyc, 1, 0, 0, Ok(0), 1), (sta_cyc, 1, 0, 0, Ok(0), 1)]);
    assert_eq!(runs_of_1(&mut kernel, 18), [6, 11, 16], "a full period and a tick first; the phase does not count");
    play(&mut kernel, &[(sta_cyc, 1, 0, 0, Ok(0), 1)]);
    assert_eq!(runs_of_1(&mut kernel, 4), []);
    play(&mut kernel, &[(sta_cyc, 1, 0, 0, Ok(0), 1)]);
    assert_eq!(runs_of_1(&mut kernel, 12), [6, 11], "starting again restarts the period");
    play(&mut kernel, &[(stp_cyc, 1, 0, 0, Ok(0), 1), (stp_cyc, 1, 0, 0, Ok(0), 1)]);
    assert_eq!(runs_of_1(&mut kernel, 20), []);
}

#[test]
fn several_periods_in_one_tick_run_one_by_one() {
    let mut kernel: HostKernel<10> = Kernel::new(Host::default(), tables()).unwrap();
    kernel.start([]);
    // Phase 7, period 3: 7 and 10; then 13, 16, 19. Phase 0, period 1000: at 1.
    assert_eq!(tick(&mut kernel), [3, 2, 2]);
    assert_eq!(tick(&mut kernel), [2, 2, 2]);
    assert_eq!(kernel.system_time(), 20);
}

#[test]
fn calls_from_a_cpu_exception_handler() {
    let mut kernel = boot();
    assert!(kernel.sns_ctx(Context::NonTask) && !kernel.sns_dpn(Context::Task) && kernel.sns_dpn(Context::NonTask));
    play(
        &mut kernel,
        &[
            (act_tsk, 5, 0, 0, Ok(0), 5),
            (slp_tsk, 0, 0, 0, Ok(WAITS), 1),
            (iwup_tsk, 5, 0, 0, Ok(0), 5),
            (slp_tsk, 0, 0, 0, Ok(WAITS), 1),
            (dis_dsp, 0, 0, 0, Ok(0), 1),
            (iwup_tsk, 5, 0, 0, Ok(0), 1),
        ],
    );
    assert!(kernel.sns_dpn(Context::Task));
    play(&mut kernel, &[(ena_dsp, 0, 0, 0, Ok(0), 5), (loc_cpu, 0, 0, 0, Ok(0), 5), (iwup_tsk, 1, 0, 0, Err(Ctx), 5)]);
    assert!(kernel.sns_loc() && kernel.sns_dpn(Context::Task));
}

#[test]
fn a_pending_dispatch_waits_for_the_unlock() {
    let mut kernel = boot();
    play(&mut kernel, &[(act_tsk, 5, 0, 0, Ok(0), 5), (slp_tsk, 0, 0, 0, Ok(WAITS), 1)]);
    kernel.iwup_tsk(Context::NonTask, 5).unwrap();
    play(&mut kernel, &[(iloc_cpu, 0, 0, 0, Ok(0), 1), (iunl_cpu, 0, 0, 0, Ok(0), 5)]);
}

#[test]
fn the_routines_of_start_up_may_only_look() {
    let mut kernel: HostKernel = Kernel::new(Host::default(), tables()).unwrap();
    assert!(kernel.vsns_ini() && kernel.sns_loc() && kernel.sns_ctx(Context::Init) && kernel.sns_dpn(Context::Init));
    for &call in common::call::CALLS {
        let from = Op { ctx: Context::Init, ..op(call, 1, 1, 0) };
        assert_eq!(apply(&mut kernel, from), Err(Ctx), "{call:?}");
    }
    kernel.start(1..=6);
    assert!(!kernel.vsns_ini() && !kernel.sns_loc());
}
