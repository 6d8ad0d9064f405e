//! Where a Linux kernel knows modules from (kernel/module, kernel/params.c, mm/vmalloc.c of Linux 6.1).

use monitor_api::{AccessError, Object, View, VirtAddr};

/// What is done with each module.
type Visit<'f, 'v> = &'f mut dyn FnMut(Object<'v>) -> Result<(), AccessError>;

/// Functions of the loader from which `module_alloc` is called; the compiler may have put one into another, and may add to the name.
const LOADER: [&str; 3] = ["load_module", "layout_and_allocate", "move_module"];

/// A set of modules by their number and the sum of their scrambled addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bag {
    count: u64,
    sum: u64,
}

impl Bag {
    pub(crate) fn add(&mut self, module: Object<'_>) -> Result<(), AccessError> {
        self.count += 1;
        // An odd number with its bits well mixed (2^64 divided by the golden ratio).
        let scrambled = module.address().get().wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.sum = self.sum.wrapping_add((scrambled ^ scrambled >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        Ok(())
    }
}

/// The list behind `/proc/modules`.
pub(crate) fn every_listed<'v>(view: &View<'v>, visit: Visit<'_, 'v>) -> Result<bool, AccessError> {
    for module in view.modules()? {
        visit(module?.object())?;
    }
    Ok(true)
}

/// The set behind `/sys/module`. Parts of the kernel itself that have parameters are in it too; they have no module.
pub(crate) fn every_in_sysfs<'v>(view: &View<'v>, visit: Visit<'_, 'v>) -> Result<bool, AccessError> {
    let Ok(set) = view.global("module_kset") else { return Ok(false) };
    let Some(set) = set.target()? else { return Ok(false) };
    for entry in view.list(set.field("list")?.address(), "module_kobject", "kobj.entry")? {
        if let Some(module) = entry?.follow_some("mod")? {
            visit(module)?;
        }
    }
    Ok(true)
}

/// The first of the two copies of the tree; each module is in it once for what stays and once for what is freed after its start.
pub(crate) fn every_in_tree<'v>(view: &View<'v>, visit: Visit<'_, 'v>) -> Result<bool, AccessError> {
    let Ok(tree) = view.global("mod_tree") else { return Ok(false) };
    let Ok(trees) = tree.field("root.tree") else { return Ok(false) };
    for node in view.tree(trees.element(0)?.address(), "mod_tree_node", "node.node")? {
        let node = node?;
        let module = node.follow("mod")?;
        if node.address() == module.field("core_layout.mtn")?.address() {
            visit(module)?;
        }
    }
    Ok(true)
}

/// Memory that the loader took: where it begins, and its bytes.
pub(crate) fn every_memory(
    view: &View<'_>,
    visit: &mut dyn FnMut(VirtAddr, u64) -> Result<(), AccessError>,
) -> Result<(), AccessError> {
    let Ok(areas) = view.known_list("vmap_area_list") else { return Ok(()) };
    for area in areas {
        let Some(memory) = area?.follow_some("vm")? else { continue };
        let caller = view.profile().symbol_before(memory.pointer("caller")?);
        if caller.is_some_and(|caller| LOADER.iter().any(|name| caller.name.starts_with(name))) {
            visit(memory.pointer("addr")?, memory.get("size")?)?;
        }
    }
    Ok(())
}

/// True if a module in the list has that memory.
pub(crate) fn belongs(view: &View<'_>, memory: VirtAddr) -> Result<bool, AccessError> {
    for module in view.modules()? {
        let ranges = module?.ranges()?;
        if [ranges.core.0, ranges.init.0].contains(&memory.get()) {
            return Ok(true);
        }
    }
    Ok(false)
}
