//! The interactive sample, as shipped: every key that it knows, typed at its serial port.

use anyhow::{Result, ensure};

use crate::test::scene::judge;
use crate::{image, run, workspace};

/// Types at `port`, where the system file has the sample, and waits for each answer.
pub(super) fn keys(system: &str, port: usize) -> Result<()> {
    let mut system = image::load(&workspace::root().join(system))?;
    system.guests[0].params = vec![SPIN];
    let printed = run::scripted(&system, &image::build(&system)?, port, KEYS)?;
    ensure!(printed.matches("vxget_tim: ").count() == 1, "q does not silence the log\n{printed}");
    judge(&printed, &["sample: ends", "lock 1, dispatch 1"])
}

/// Milliseconds that a worker is busy between two messages; for people it is longer.
const SPIN: u32 = 40;

/// Wait for this, then type that. What workers do themselves, they do when their busy loop has ended.
const KEYS: &[(&str, &str)] = &[
    ("sample: ready", "h"),
    ("Q end", "1>s"),
    ("chg_pri(9): 0", ""),
    ("worker 2 runs", "w"),
    ("wup_tsk: 0", ""),
    ("worker 1: slp_tsk() gives E_OK", "G"),
    ("get_pri: 9", "=G"),
    ("get_pri: 10", "<G"),
    ("get_pri: 11", ">WwWw"),
    ("can_wup: 0", ""),
    ("wup_tsk: 0", ""),
    ("can_wup: 1", ""),
    ("wup_tsk: 0", "w"),
    ("wup_tsk: E_QOVR", "WaaA"),
    ("act_tsk: E_QOVR", ""),
    ("can_act: 1", "d"),
    ("worker 2 runs", "l"),
    ("rel_wai: 0", ""),
    ("worker 1: dly_tsk(10000) gives E_RLWAI", "S"),
    ("worker 2 runs", "l"),
    ("worker 1: tslp_tsk(10000) gives E_RLWAI", "l"),
    ("rel_wai: E_OBJ", "x"),
    ("worker 1: exception 0x0001", "y"),
    ("worker 1 runs", ""),
    // Its exceptions are disabled now: requests gather.
    ("worker 1 runs", "xX"),
    ("ras_tex(1): 0", ""),
    ("ras_tex(2): 0", "Y"),
    ("worker 1: exception 0x0003", "Z"),
    ("CPU exception at", "z"),
    ("worker 1: exception 0x8000", "G"),
    ("E_OBJ reported by `get_pri", "at"),
    ("act_tsk: 0", ""),
    ("ter_tsk: 0", "2uu"),
    ("sus_tsk: 0", ""),
    ("sus_tsk: E_QOVR", "mM"),
    ("rsm_tsk: 0", ""),
    ("frsm_tsk: E_OBJ", "uM"),
    ("frsm_tsk: 0", "3"),
    // Two are left, of one priority: who runs changes when the queue turns, by hand or every half second.
    ("worker 3 is chosen", "r"),
    ("rot_rdq: 0", ""),
    ("worker 2 runs", "r"),
    ("worker 3 runs", "c"),
    ("sta_cyc: 0", ""),
    ("worker 2 runs", "C"),
    ("stp_cyc: 0", "V"),
    // Silent, so that the second V is not answered, and loud again.
    ("vxget_tim: ", "qVvG"),
    ("get_pri: 10", "e2e"),
    ("worker 2: ext_tsk()", ""),
    ("worker 3: ext_tsk()", "Q"),
];
