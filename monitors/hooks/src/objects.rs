//! What objects on the heap point to: files, file systems, terminals, program loaders, interrupts.

use monitor_api::{AccessError, Object};

use crate::check::Check;
use crate::image::Image;
use crate::{POINTER, TABLE};

/// Open files of a process that are looked at.
const FILES: u64 = 256;
/// Entries of `/proc` below one another.
const DEPTH: u32 = 8;
/// Handlers that share an interrupt.
const SHARED: u32 = 32;

/// Open files of every process.
pub(crate) fn files(check: &mut Check<'_, '_, '_>) -> Result<(), AccessError> {
    for process in check.view.known_list("init_task.tasks")? {
        check.ways = [None; 2];
        // Both are taken away before what they lead to is freed (kernel/exit.c, fs/file.c).
        let Some(files) = check.go(0, process?.field("files")?.address())? else { continue };
        let table = check.view.object("files_struct", files)?.follow("fdt")?;
        let (count, array, view) = (table.get("max_fds")?.min(FILES), table.pointer("fd")?, check.view);
        for number in 0..count {
            let at = array.checked_add(number * u64::from(view.profile().pointer_size()));
            if let Some(file) = check.go(1, at.ok_or(AccessError::Unmapped { address: array })?)? {
                let file = view.object("file", file)?;
                check.table(file, "f_op")?;
                if let Some(inode) = file.follow_some("f_inode")? {
                    check.table(inode, "i_op")?;
                    check.table(inode, "i_fop")?;
                }
            }
        }
    }
    Ok(())
}

/// File systems and their roots.
pub(crate) fn file_systems(check: &mut Check<'_, '_, '_>) -> Result<(), AccessError> {
    let Ok(list) = check.view.known_list("super_blocks") else { return Ok(()) };
    for super_block in list {
        let super_block = super_block?;
        check.table(super_block, "s_op")?;
        let Some(root) = super_block.follow_some("s_root")? else { continue };
        check.table(root, "d_op")?;
        if let Some(inode) = root.follow_some("d_inode")? {
            check.table(inode, "i_op")?;
            check.table(inode, "i_fop")?;
        }
    }
    Ok(())
}

/// `/proc`, without the part that belongs to a network namespace.
pub(crate) fn proc_entries(check: &mut Check<'_, '_, '_>) -> Result<(), AccessError> {
    match check.view.global("proc_root") {
        Ok(root) => proc_directory(check, root, DEPTH),
        Err(_) => Ok(()),
    }
}

/// A red-black tree in each directory (fs/proc/internal.h).
pub(crate) fn proc_directory<'v>(
    check: &mut Check<'_, 'v, '_>,
    directory: Object<'v>,
    depth: u32,
) -> Result<(), AccessError> {
    for entry in check.view.tree(directory.field("subdir")?.address(), "proc_dir_entry", "subdir_node")? {
        let entry = entry?;
        check.table(entry, "proc_iops")?;
        // A union of three tables, each of which may be a table only.
        check.table(entry, "proc_ops")?;
        check.function(entry, "write")?;
        // A directory shows nothing but its entries; a union as well, of a table and a function.
        let either = |image: &Image, at| image.has_data(at) || image.has_code(at);
        check.pointer(TABLE, entry.field("seq_ops")?.address(), "seq_ops", either)?;
        // S_IFDIR (include/uapi/linux/stat.h)
        if depth > 0 && entry.get("mode")? & 0o170_000 == 0o040_000 {
            proc_directory(check, entry, depth - 1)?;
        }
    }
    Ok(())
}

/// What is in lists of its own: terminals' drivers, program loaders, clocks.
pub(crate) fn lists(check: &mut Check<'_, '_, '_>) -> Result<(), AccessError> {
    for name in ["tty_drivers", "formats", "clockevent_devices", "clocksource_list"] {
        let Ok(list) = check.view.known_list(name) else { continue };
        for object in list {
            let object = object?;
            check.functions(object)?;
            check.table_if_there(object, "ops")?;
        }
    }
    Ok(())
}

/// Handlers of interrupts (include/linux/irqdesc.h, with a descriptor for each that there is).
pub(crate) fn interrupts(check: &mut Check<'_, '_, '_>) -> Result<(), AccessError> {
    let Ok(tree) = check.view.global("irq_desc_tree") else { return Ok(()) };
    for descriptor in check.view.radix(tree)? {
        let descriptor = check.view.object("irq_desc", descriptor?)?;
        check.function(descriptor, "handle_irq")?;
        let mut action = descriptor.follow_some("action")?;
        for _ in 0..SHARED {
            let Some(one) = action else { break };
            for member in ["handler", "thread_fn"] {
                check.pointer(POINTER, one.field(member)?.address(), member, Image::has_code)?;
            }
            action = one.follow_some("next")?;
        }
    }
    Ok(())
}
