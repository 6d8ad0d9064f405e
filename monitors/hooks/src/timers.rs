//! Functions that the kernel is to call later (kernel/time/{timer,hrtimer}.c, kernel/workqueue.c of Linux 6.1).

use monitor_api::{AccessError, Object};

use crate::check::Check;

pub(crate) fn timers(check: &mut Check<'_, '_, '_>) -> Result<(), AccessError> {
    let (view, online) = (check.view, check.view.online_cpus()?);
    for cpu in (0..64).filter(|cpu| online >> cpu & 1 != 0) {
        if let Ok(bases) = view.per_cpu("timer_bases", cpu) {
            for number in 0..bases.length()? {
                wheel(check, bases.element(number)?)?;
            }
        }
        if let Ok(base) = view.per_cpu("hrtimer_bases", cpu) {
            let clocks = base.field("clock_base")?;
            for number in 0..clocks.length()? {
                let root = clocks.element(number)?.field("active.rb_root.rb_root")?;
                for timer in view.tree(root.address(), "hrtimer", "node.node")? {
                    check.function(timer?, "function")?;
                }
            }
        }
    }
    Ok(())
}

/// A wheel of timers: a bit for each slot with something in it, without which the kernel does not look there either.
fn wheel(check: &mut Check<'_, '_, '_>, base: Object<'_>) -> Result<(), AccessError> {
    let (view, pending, slots) = (check.view, base.field("pending_map")?, base.field("vectors")?);
    let later = view.symbol("delayed_work_timer_fn").ok();
    for word in 0..pending.length()? {
        let bits = pending.element(word)?.value()?;
        for bit in (0..32).filter(|bit| bits >> bit & 1 != 0) {
            for timer in view.hash_list(slots.element(32 * word + bit)?.address(), "timer_list", "entry")? {
                let timer = timer?;
                check.function(timer, "function")?;
                if later == Some(timer.pointer("function")?) {
                    check.function(timer.container("delayed_work", "timer")?.field("work")?, "func")?;
                }
            }
        }
    }
    Ok(())
}
