//! More answers of a real JSP kernel that are easy to get wrong: event flags, data queues, task exceptions.

use uitron_model as common;

use common::call::Call::*;
use common::call::WAITS;
use common::play::{play, result};
use common::{DATAQUEUES, boot};
use uitron_kernel::Error::*;

#[test]
fn event_flags() {
    let mut kernel = boot();
    play(
        &mut kernel,
        &[
            (act_tsk, 2, 0, 0, Ok(0), 1),
            (wai_flg, 1, 0, 0, Err(Par), 1),
            (wai_flg, 1, 0x201, 0, Err(Par), 1),
            (twai_flg, 1, 3, 2, Ok(WAITS), 2),
            (wai_flg, 1, 1, 0, Err(Iluse), 2),
            (pol_flg, 1, 1, 0, Err(Iluse), 2),
            (set_flg, 1, 1, 0, Ok(0), 2),
            (isig_tim, 0, 0, 0, Ok(3), 2), // The cyclic handler with phase 0 runs in the first tick of all.
            (isig_tim, 0, 0, 0, Ok(0), 2),
            (isig_tim, 0, 0, 0, Ok(0), 1),
        ],
    );
    assert_eq!(result(&kernel, 1), Err(Tmout), "a time-out hands over no pattern");
    play(
        &mut kernel,
        &[(clr_flg, 2, 0, 0, Ok(0), 1), (wai_flg, 2, 0x102, 0, Ok(WAITS), 2), (set_flg, 2, 0x32, 0, Ok(0), 1)],
    );
    assert_eq!(result(&kernel, 1), Ok(0x32));
    assert_eq!(kernel.view_flag(2).unwrap(), (0, None), "TA_CLR clears the whole pattern");
}

#[test]
fn data_queue_of_size_0_is_a_rendezvous() {
    assert_eq!(DATAQUEUES[1].1, 0);
    let mut kernel = boot();
    play(
        &mut kernel,
        &[
            (psnd_dtq, 2, 7, 0, Err(Tmout), 1),
            (prcv_dtq, 2, 0, 0, Err(Tmout), 1),
            (fsnd_dtq, 2, 7, 0, Err(Iluse), 1),
            (ifsnd_dtq, 2, 7, 0, Err(Iluse), 1),
            (act_tsk, 2, 0, 0, Ok(0), 1),
            (rcv_dtq, 2, 0, 0, Ok(WAITS), 2),
            (psnd_dtq, 2, 7, 0, Ok(0), 1),
            (snd_dtq, 2, 8, 0, Ok(WAITS), 2),
            (prcv_dtq, 2, 0, 0, Ok(8), 1),
        ],
    );
}

#[test]
fn fsnd_dtq_drops_the_oldest_and_leaves_the_sender_waiting() {
    let mut kernel = boot();
    play(
        &mut kernel,
        &[
            (act_tsk, 2, 0, 0, Ok(0), 1),
            (psnd_dtq, 1, 1, 0, Ok(0), 1),
            (psnd_dtq, 1, 2, 0, Ok(0), 1),
            (snd_dtq, 1, 33, 0, Ok(WAITS), 2),
            (fsnd_dtq, 1, 4, 0, Ok(0), 2),
            (chg_pri, 0, 1, 0, Ok(0), 2),
            (prcv_dtq, 1, 0, 0, Ok(2), 2),
            (prcv_dtq, 1, 0, 0, Ok(4), 2),
            (prcv_dtq, 1, 0, 0, Ok(33), 2),
            (prcv_dtq, 1, 0, 0, Err(Tmout), 2),
        ],
    );
}

fn pattern(call: Option<uitron_kernel::TexCall>) -> Option<u32> {
    call.map(|c| c.pattern)
}

#[test]
fn task_exceptions_nest_repeat_and_accumulate() {
    let mut kernel = boot();
    assert!(kernel.sns_tex(), "disabled at the start");
    play(&mut kernel, &[(ras_tex, 0, 1, 0, Ok(0), 1), (ras_tex, 0, 4, 0, Ok(0), 1)]);
    assert_eq!(kernel.tex_begin(), None);
    play(&mut kernel, &[(ena_tex, 0, 0, 0, Ok(0), 1)]);
    let call = kernel.tex_begin().expect("waiting requests run in ena_tex");
    assert_eq!((call.pattern, call.exinf, call.routine), (5, 0xf000, 0xd000));
    assert!(kernel.sns_tex(), "disabled inside");
    play(&mut kernel, &[(ras_tex, 0, 2, 0, Ok(0), 1)]);
    assert_eq!(kernel.tex_begin(), None, "not inside the routine");
    assert_eq!(pattern(kernel.tex_end()), Some(2), "but again after it returns");
    play(&mut kernel, &[(ras_tex, 0, 8, 0, Ok(0), 1), (ena_tex, 0, 0, 0, Ok(0), 1)]);
    assert_eq!(pattern(kernel.tex_begin()), Some(8), "ena_tex inside nests");
    assert_eq!(kernel.tex_end(), None);
    assert_eq!(kernel.tex_end(), None);
    assert!(!kernel.sns_tex());
}

#[test]
fn a_sleeping_tasks_exception_runs_at_its_next_dispatch() {
    let mut kernel = boot();
    play(
        &mut kernel,
        &[
            (act_tsk, 2, 0, 0, Ok(0), 1),
            (ena_tex, 0, 0, 0, Ok(0), 1),
            (slp_tsk, 0, 0, 0, Ok(WAITS), 2),
            (ras_tex, 1, 0x10, 0, Ok(0), 2),
        ],
    );
    assert_eq!(kernel.tex_begin(), None);
    play(&mut kernel, &[(wup_tsk, 1, 0, 0, Ok(0), 1)]);
    assert_eq!(pattern(kernel.tex_begin()), Some(0x10));
    // The wait call still has to return when the routine has ended.
    assert_eq!((kernel.tex_end(), result(&kernel, 1)), (None, Ok(0)));
}

#[test]
fn iras_tex_asks_for_the_exit_path_even_without_a_dispatch() {
    let mut kernel = boot();
    play(&mut kernel, &[(ena_tex, 0, 0, 0, Ok(0), 1)]);
    let before = kernel.port.requests;
    play(&mut kernel, &[(iras_tex, 1, 1, 0, Ok(0), 1)]);
    assert_eq!(kernel.port.requests, before + 1);
    assert_eq!(pattern(kernel.tex_begin()), Some(1));
}

#[test]
fn ter_tsk_clears_exceptions() {
    let mut kernel = boot();
    play(
        &mut kernel,
        &[
            (act_tsk, 2, 0, 0, Ok(0), 1),
            (ras_tex, 2, 1, 0, Ok(0), 1),
            (act_tsk, 2, 0, 0, Ok(0), 1),
            (ter_tsk, 2, 0, 0, Ok(0), 1),
        ],
    );
    assert_eq!(kernel.view_task(2).unwrap().tex_pending, 0);
}

#[test]
fn an_exception_routines_lock_ends_with_it_and_its_dis_dsp_stays() {
    let mut kernel = boot();
    play(&mut kernel, &[(ena_tex, 0, 0, 0, Ok(0), 1), (ras_tex, 0, 1, 0, Ok(0), 1)]);
    assert!(kernel.tex_begin().is_some());
    play(&mut kernel, &[(dis_dsp, 0, 0, 0, Ok(0), 1), (loc_cpu, 0, 0, 0, Ok(0), 1)]);
    assert_eq!(kernel.tex_end(), None);
    assert!(!kernel.sns_loc() && kernel.sns_dsp());
}
