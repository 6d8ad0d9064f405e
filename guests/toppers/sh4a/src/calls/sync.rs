//! Sleeping, semaphores, event flags.

use super::{plain, receiving, value, waiting};
use crate::section::call;

plain! {
    wup_tsk(id: i32);
    iwup_tsk(id: i32);
    rel_wai(id: i32);
    irel_wai(id: i32);
    sus_tsk(id: i32);
    rsm_tsk(id: i32);
    frsm_tsk(id: i32);
    sig_sem(id: i32);
    isig_sem(id: i32);
    set_flg(id: i32, bits: u32);
    iset_flg(id: i32, bits: u32);
    clr_flg(id: i32, mask: u32);
}

waiting! {
    slp_tsk();
    tslp_tsk(tmo: i32);
    dly_tsk(time: u32);
    wai_sem(id: i32);
    pol_sem(id: i32);
    twai_sem(id: i32, tmo: i32);
}

receiving! {
    wai_flg(id, pattern: u32, mode: u32; u32);
    pol_flg(id, pattern: u32, mode: u32; u32);
    twai_flg(id, pattern: u32, mode: u32; u32; tmo);
}

#[unsafe(no_mangle)]
extern "C" fn can_wup(id: i32) -> i32 {
    value(call(|kernel, ctx| kernel.can_wup(ctx, id)))
}
