//! Lists whose elements are known.
//!
//! Debug information says that something is a `list_head`, not what is in the list. Some of it can be derived: a list that is not empty
//! in the built kernel leads to a variable whose type is known (see `elf`). The others are facts of the kernel's source, written down
//! here; each goes into a profile only if head, element and link exist in that kernel.

/// Head, type of the elements, link.
pub(crate) const KNOWN: [(&str, &str, &str); 12] = [
    // include/linux/sched.h, kernel/fork.c: every process, by its main thread.
    ("init_task.tasks", "task_struct", "tasks"),
    ("init_task.children", "task_struct", "sibling"),
    // kernel/module
    ("modules", "module", "list"),
    // fs/super.c, fs/exec.c
    ("super_blocks", "super_block", "s_list"),
    ("formats", "linux_binfmt", "lh"),
    // drivers/tty/tty_io.c
    ("tty_drivers", "tty_driver", "tty_drivers"),
    // mm/vmalloc.c, mm/slab_common.c
    ("vmap_area_list", "vmap_area", "list"),
    ("slab_caches", "kmem_cache", "list"),
    // kernel/time/clockevents.c, clocksource.c
    ("clockevent_devices", "clock_event_device", "list"),
    ("clocksource_list", "clocksource", "list"),
    // net/core/net_namespace.c
    ("net_namespace_list", "net", "list"),
    // kernel/sched/core.c
    ("task_groups", "task_group", "list"),
];
