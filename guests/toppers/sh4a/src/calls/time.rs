//! System time and cyclic handlers.

use super::{er, plain, put};
use crate::section::{call, look};
use crate::tmu;
use uitron_kernel::CycCall;

plain! {
    sta_cyc(id: i32);
    stp_cyc(id: i32);
}

/// A tick; the cyclic handlers that are due run here, with the CPU unlocked.
#[unsafe(no_mangle)]
pub extern "C" fn isig_tim() -> i32 {
    let result = call(|kernel, ctx| kernel.isig_tim(ctx));
    if result.is_ok() {
        while let Some(CycCall { handler, exinf, .. }) = call(|kernel, _| kernel.next_cyclic()) {
            // SAFETY: CRE_CYC names a function of this type.
            let handler = unsafe { core::mem::transmute::<usize, extern "C" fn(usize)>(handler) };
            handler(exinf);
        }
    }
    er(result)
}

/// The time is passed by its address (SYSTIM).
#[unsafe(no_mangle)]
unsafe extern "C" fn set_tim(time: *const u32) -> i32 {
    // SAFETY: the application's pointer.
    let time = unsafe { time.read() };
    er(call(|kernel, ctx| kernel.set_tim(ctx, time)))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn get_tim(time: *mut u32) -> i32 {
    let result = call(|kernel, ctx| kernel.get_tim(ctx));
    // SAFETY: the application's pointer.
    unsafe { put(result, time) }
}

/// The system time in microseconds (SYSUTIM), from any context.
#[unsafe(no_mangle)]
unsafe extern "C" fn vxget_tim(time: *mut u64) -> i32 {
    let now = look(|kernel, _| u64::from(kernel.system_time()) * 1000 + u64::from(tmu::since_tick()));
    // SAFETY: the application's pointer.
    unsafe { time.write(now) };
    0
}
