//! Tables of operations that objects on the heap point to.

use monitor_api::{AccessError, Alarm, Finding, Name, Object, View};

use crate::{Image, POINTER, TABLE};

/// Open files of a process that are looked at.
const FILES: u64 = 256;
/// Entries of `/proc` below one another.
const DEPTH: u32 = 8;

pub(crate) fn sweep(view: &View<'_>, image: &Image, alarm: &mut Alarm<'_>) -> Result<(), AccessError> {
    let check = &mut Check { image, alarm };
    for process in view.known_list("init_task.tasks")? {
        files(check, process?)?;
    }
    if let Ok(list) = view.known_list("super_blocks") {
        for super_block in list {
            let super_block = super_block?;
            check.table(super_block, "s_op")?;
            if let Some(root) = super_block.follow_some("s_root")? {
                check.dentry(root)?;
            }
        }
    }
    if let Ok(list) = view.known_list("tty_drivers") {
        for driver in list {
            check.table(driver?, "ops")?;
        }
    }
    if let Ok(root) = view.global("proc_root") {
        proc_entries(view, check, root, DEPTH)?;
    }
    Ok(())
}

fn files(check: &mut Check<'_, '_>, process: Object<'_>) -> Result<(), AccessError> {
    let Some(files) = process.follow_some("files")? else { return Ok(()) };
    let table = files.follow("fdt")?;
    let (count, array, view) = (table.get("max_fds")?.min(FILES), table.pointer("fd")?, table.view());
    for number in 0..count {
        let at = array.checked_add(number * u64::from(view.profile().pointer_size()));
        let file = view.pointer(at.ok_or(AccessError::Unmapped { address: array })?)?;
        if file.get() != 0 {
            let file = view.object("file", file)?;
            check.table(file, "f_op")?;
            if let Some(inode) = file.follow_some("f_inode")? {
                check.table(inode, "i_op")?;
                check.table(inode, "i_fop")?;
            }
        }
    }
    Ok(())
}

/// `/proc`: a red-black tree in each directory (fs/proc/internal.h).
fn proc_entries<'v>(
    view: &View<'v>,
    check: &mut Check<'_, '_>,
    directory: Object<'v>,
    depth: u32,
) -> Result<(), AccessError> {
    for entry in view.tree(directory.field("subdir")?.address(), "proc_dir_entry", "subdir_node")? {
        let entry = entry?;
        check.table(entry, "proc_iops")?;
        // A union of three tables, each of which may be a table only.
        check.table(entry, "proc_ops")?;
        check.function(entry, "write")?;
        // A directory shows nothing but its entries; a union as well, of a table and a function.
        let shows = entry.pointer("seq_ops")?;
        if !check.image.has_data(shows) && !check.image.has_code(shows) {
            check.raise(TABLE, entry, "seq_ops", shows.get())?;
        }
        // S_IFDIR (include/uapi/linux/stat.h)
        if depth > 0 && entry.get("mode")? & 0o170_000 == 0o040_000 {
            proc_entries(view, check, entry, depth - 1)?;
        }
    }
    Ok(())
}

struct Check<'c, 'a> {
    image: &'c Image,
    alarm: &'c mut Alarm<'a>,
}

impl Check<'_, '_> {
    /// The table that a member points to is part of the kernel.
    fn table(&mut self, object: Object<'_>, member: &'static str) -> Result<(), AccessError> {
        let table = object.pointer(member)?;
        if !self.image.has_data(table) {
            self.raise(TABLE, object, member, table.get())?;
        }
        Ok(())
    }

    fn function(&mut self, object: Object<'_>, member: &'static str) -> Result<(), AccessError> {
        let function = object.pointer(member)?;
        if !self.image.has_code(function) {
            self.raise(POINTER, object, member, function.get())?;
        }
        Ok(())
    }

    fn dentry(&mut self, dentry: Object<'_>) -> Result<(), AccessError> {
        self.table(dentry, "d_op")?;
        if let Some(inode) = dentry.follow_some("d_inode")? {
            self.table(inode, "i_op")?;
            self.table(inode, "i_fop")?;
        }
        Ok(())
    }

    fn raise(&mut self, what: &'static str, object: Object<'_>, member: &str, found: u64) -> Result<(), AccessError> {
        let at = object.field(member)?.address();
        self.alarm.raise(Finding::new(what, at).subject(Name::new(member)).values(0, found));
        Ok(())
    }
}
