//! What the kernel has: tasks, process numbers, file systems, modules, CPUs, texts.

use monitor_api::{AccessError, Object, View, VirtAddr};

use crate::Say;
use crate::answer::{Answer, Place};
use crate::places::eight;

/// CPUs that are asked for: more than any kernel here was built for.
const CPUS: usize = 6;

pub(crate) fn ask(view: &View<'_>, say: Say<'_>) -> Result<(), AccessError> {
    say(format_args!("jiffies {}", view.u32(view.symbol("jiffies")?)?));
    say(format_args!("release {}", view.global("init_uts_ns")?.name("name.release")?));
    let mut text = [0; 64];
    let banner = view.text(view.symbol("linux_banner")?, &mut text)?;
    say(format_args!("banner {}", core::str::from_utf8(banner).unwrap_or("that is no text")));
    for task in view.known_list("init_task.tasks")? {
        about_task(view, &task?, say)?;
    }
    for pid in view.radix(view.global("init_pid_ns")?.field("idr.idr_rt")?)? {
        say(format_args!("pid {}", pid?));
    }
    for block in view.known_list("super_blocks")? {
        let block = block?;
        let ty = block.follow("s_type")?;
        let all = view.hash_list(ty.field("fs_supers")?.address(), "super_block", "s_instances")?;
        let instances = all.take_while(Result::is_ok).count();
        say(format_args!("super block {} {}, {instances} such", block.address(), ty.text("name")?));
    }
    for module in view.modules()? {
        let module = module?;
        let ranges = module.ranges()?;
        say(format_args!("module {} {:#x} {}", module.name()?, ranges.core.0, ranges.core.3));
    }
    say(format_args!("CPUs {:#x}", view.online_cpus()?));
    for cpu in 0..CPUS {
        let queue = view.per_cpu("runqueues", cpu);
        let switches = queue.and_then(|queue| queue.get("nr_switches"));
        say(format_args!("cpu {cpu} {} {}", Answer(queue.map(|queue| queue.address())), Answer(switches)));
    }
    Ok(())
}

fn about_task(view: &View<'_>, task: &Object<'_>, say: Say<'_>) -> Result<(), AccessError> {
    let uid = task.follow("real_cred")?.get("uid")?;
    say(format_args!("task {} {} {} uid {uid}", task.get("pid")?, task.name("comm")?, task.address()));
    let Some(space) = task.address_space()? else { return Ok(()) };
    let mm = task.follow("mm")?;
    for path in ["start_code", "start_data", "start_stack", "mmap_base"] {
        let at = VirtAddr::new(mm.get(path)?);
        let place = view.translate(space, at).map(Place);
        say(format_args!("  {path} {at}: {} {}", Answer(place), Answer(eight(view, space, at))));
    }
    Ok(())
}
