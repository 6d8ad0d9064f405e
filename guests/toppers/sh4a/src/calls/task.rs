//! Tasks and their exceptions.

use super::{plain, put, value};
use crate::cpu::nesting;
use crate::section::{call, look};
use crate::tasks;

plain! {
    act_tsk(id: i32);
    iact_tsk(id: i32);
    ter_tsk(id: i32);
    chg_pri(id: i32, priority: i32);
    ras_tex(id: i32, pattern: u32);
    iras_tex(id: i32, pattern: u32);
    dis_tex();
    ena_tex();
}

#[unsafe(no_mangle)]
extern "C" fn can_act(id: i32) -> i32 {
    value(call(|kernel, ctx| kernel.can_act(ctx, id)))
}

/// Does not come back, unless a handler calls it: then it is E_CTX.
#[unsafe(no_mangle)]
extern "C" fn ext_tsk() -> i32 {
    if nesting() != 0 { uitron_kernel::Error::Ctx.code() } else { tasks::exit() }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn get_pri(id: i32, priority: *mut i32) -> i32 {
    let result = call(|kernel, ctx| kernel.get_pri(ctx, id));
    // SAFETY: the application's pointer.
    unsafe { put(result, priority) }
}

#[unsafe(no_mangle)]
extern "C" fn sns_tex() -> i32 {
    look(|kernel, _| kernel.sns_tex()).into()
}
