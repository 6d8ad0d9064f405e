//! System state, interrupts, the log.

use super::{er, plain, put};
use crate::cpu::{IMASK, set_sr, sr};
use crate::exceptions::{Frame, from_task, was_locked};
use crate::section::{call, context, kernel, look};
use crate::{interrupts, machine};
use uitron_kernel::{Error, LogRecord};

plain! {
    rot_rdq(priority: i32);
    irot_rdq(priority: i32);
    loc_cpu();
    unl_cpu();
    dis_dsp();
    ena_dsp();
    chg_ipm(ipm: i32);
}

/// The number of the calling task.
#[unsafe(no_mangle)]
unsafe extern "C" fn get_tid(id: *mut i32) -> i32 {
    let result = call(|kernel, ctx| kernel.get_tid(ctx));
    // SAFETY: the application's pointer.
    unsafe { put(result, id) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn iget_tid(id: *mut i32) -> i32 {
    let result = call(|kernel, ctx| kernel.iget_tid(ctx));
    // SAFETY: the application's pointer.
    unsafe { put(result, id) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn get_ipm(ipm: *mut i32) -> i32 {
    let result = call(|kernel, ctx| kernel.get_ipm(ctx));
    // SAFETY: the application's pointer.
    unsafe { put(result, ipm) }
}

#[unsafe(no_mangle)]
extern "C" fn iloc_cpu() -> i32 {
    let before = sr();
    set_sr(before & !IMASK | machine::lock_bits());
    // SAFETY: locked just now.
    let kernel = unsafe { kernel() };
    let already = kernel.sns_loc();
    let ctx = context();
    let result = kernel.iloc_cpu(ctx);
    match result {
        Ok(()) if !already => kernel.port.handler_mask = before & IMASK,
        Ok(()) => {}
        Err(_) => set_sr(before),
    }
    er(result)
}

#[unsafe(no_mangle)]
extern "C" fn iunl_cpu() -> i32 {
    let before = sr();
    set_sr(before & !IMASK | machine::lock_bits());
    // SAFETY: locked just now.
    let kernel = unsafe { kernel() };
    let locked = kernel.sns_loc();
    let ctx = context();
    let result = kernel.iunl_cpu(ctx);
    let mask = if result.is_ok() && locked { kernel.port.handler_mask } else { before & IMASK };
    set_sr(before & !IMASK | mask);
    er(result)
}

/// Questions that any context may ask.
macro_rules! questions {
    ($($name:ident($($frame:ident)?) = |$kernel:ident, $ctx:ident| $answer:expr;)*) => {
        $(#[unsafe(no_mangle)]
        extern "C" fn $name($($frame: *const Frame)?) -> i32 {
            look(|$kernel, $ctx| $answer).into()
        })*
    };
}

questions! {
    sns_ctx() = |kernel, ctx| kernel.sns_ctx(ctx);
    sns_loc() = |kernel, _ctx| kernel.sns_loc();
    sns_dsp() = |kernel, _ctx| kernel.sns_dsp();
    sns_dpn() = |kernel, ctx| kernel.sns_dpn(ctx);
    vsns_ini() = |kernel, _ctx| kernel.vsns_ini();
    vxsns_ctx(frame) = |_kernel, _ctx| !from_task(frame);
    vxsns_loc(frame) = |_kernel, _ctx| was_locked(frame);
    vxsns_dsp(_frame) = |kernel, _ctx| kernel.sns_dsp();
    vxsns_dpn(frame) = |kernel, _ctx| !from_task(frame) || was_locked(frame) || kernel.sns_dsp();
    vxsns_tex(_frame) = |kernel, _ctx| kernel.sns_tex();
}

/// Lets in the interrupts of an INTEVT code, at a level from 1 to MAX_IPM.
#[unsafe(no_mangle)]
extern "C" fn vena_int(inhno: u32, level: i32) -> i32 {
    let level = u32::try_from(level).unwrap_or(0);
    if interrupts::enable(inhno, level) { 0 } else { Error::Par.code() }
}

/// Masks the interrupts of an INTEVT code.
#[unsafe(no_mangle)]
extern "C" fn vdis_int(inhno: u32) -> i32 {
    if machine::irq_disable(inhno) { 0 } else { Error::Par.code() }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn vwri_log(priority: u32, record: *const LogRecord) -> i32 {
    // SAFETY: a SYSLOG of the application.
    let record = unsafe { record.read() };
    er(look(|kernel, _| kernel.vwri_log(priority, record)))
}

/// Gives the oldest record, and how many were lost before it.
#[unsafe(no_mangle)]
unsafe extern "C" fn vrea_log(record: *mut LogRecord) -> i32 {
    match look(|kernel, _| kernel.vrea_log()) {
        Ok((oldest, lost)) => {
            // SAFETY: the application's pointer.
            unsafe { record.write(oldest) };
            lost.min(i32::MAX as u32) as i32
        }
        Err(error) => error.code(),
    }
}

#[unsafe(no_mangle)]
extern "C" fn vmsk_log(mask: u32, low_mask: u32) -> i32 {
    look(|kernel, _| kernel.vmsk_log(mask, low_mask));
    0
}

/// The name of an error code.
#[unsafe(no_mangle)]
extern "C" fn itron_strerror(code: i32) -> *const core::ffi::c_char {
    let name = match i32::from(code as i8) {
        0 => c"E_OK",
        -5 => c"E_SYS",
        -9 => c"E_NOSPT",
        -17 => c"E_PAR",
        -18 => c"E_ID",
        -25 => c"E_CTX",
        -28 => c"E_ILUSE",
        -33 => c"E_NOMEM",
        -41 => c"E_OBJ",
        -42 => c"E_NOEXS",
        -43 => c"E_QOVR",
        -49 => c"E_RLWAI",
        -50 => c"E_TMOUT",
        _ => c"unknown error",
    };
    name.as_ptr()
}

const _: () = assert!(size_of::<LogRecord>() == 32, "SYSLOG");
