//! Monitor: what the kernel says of its modules in four places agrees.
//!
//! The list of modules, which `/proc/modules` shows; the set of `/sys/module`; the tree in which the kernel looks up whose code an address is
//! (`CONFIG_MODULES_TREE_LOOKUP`); and the memory that the loader took. A module that takes itself out of one of them stays in the others, and
//! its memory it cannot give back while it runs.
#![no_std]

mod orphans;
mod places;

use monitor_api::{AccessError, Alarm, Applies, Finding, Monitor, Name, Object, Scan, Suspects, View};

use orphans::Orphans;
use places::{Bag, every_in_sysfs, every_in_tree, every_listed, every_memory};

/// Elsewhere, but not in the list.
pub const UNLISTED: &str = "module hidden from the list of modules";
/// In the list, but not in `/sys/module`.
pub const NOT_IN_SYSFS: &str = "module hidden from sysfs";
/// In the list, but not in the tree.
pub const NOT_IN_TREE: &str = "module hidden from the lookup of addresses";
/// Memory of the loader that no module in the list has.
pub const ORPHAN: &str = "memory of a module that is nowhere";

/// Suspicions at a time.
const SUSPECTS: usize = 32;

/// The monitor. A difference counts when two scans running show the same one: modules come and go meanwhile.
#[derive(Clone, Debug, Default)]
pub struct HiddenModules {
    suspects: Suspects<SUSPECTS>,
    orphans: Orphans,
}

impl Monitor for HiddenModules {
    fn name(&self) -> &'static str {
        "hidden-modules"
    }

    fn about(&self) -> &'static str {
        "list of modules, sysfs, lookup tree and the memory of modules agree"
    }

    fn init(&mut self, view: &View<'_>) -> Result<Applies, AccessError> {
        *self = Self::default();
        Ok(match view.known_list("modules") {
            Ok(_) => Applies::Yes,
            Err(_) => Applies::No("the kernel loads no modules"),
        })
    }

    fn step(&mut self, view: &View<'_>, alarm: &mut Alarm<'_>) -> Result<Scan, AccessError> {
        let mut listed = Bag::default();
        every_listed(view, &mut |module| listed.add(module))?;
        let mut found = Found { view, suspects: &mut self.suspects, alarm };
        for (walk, missing) in [(every_in_sysfs as Walk, NOT_IN_SYSFS), (every_in_tree as Walk, NOT_IN_TREE)] {
            let mut there = Bag::default();
            // A kernel without this place says nothing about it.
            if walk(view, &mut |module| there.add(module))? && there != listed {
                walk(view, &mut |module| found.unless(UNLISTED, module, every_listed))?;
                every_listed(view, &mut |module| found.unless(missing, module, walk))?;
            }
        }
        self.suspects.end_scan();
        every_memory(view, &mut |memory, size| {
            if !places::belongs(view, memory)? && self.orphans.stays(memory.get(), view.now()) {
                alarm.raise(Finding::new(ORPHAN, memory).subject(Name::new("vmalloc")).values(0, size));
            }
            Ok(())
        })?;
        self.orphans.end_scan();
        Ok(Scan::Complete)
    }
}

/// A walk over modules; false if the kernel has no such place.
type Walk = for<'v> fn(&View<'v>, &mut dyn FnMut(Object<'v>) -> Result<(), AccessError>) -> Result<bool, AccessError>;

struct Found<'f, 'v, 'a> {
    view: &'f View<'v>,
    suspects: &'f mut Suspects<SUSPECTS>,
    alarm: &'f mut Alarm<'a>,
}

impl Found<'_, '_, '_> {
    /// Raises the alarm for a module that `walk` does not come by, when that was so in the last scan too.
    fn unless(&mut self, what: &'static str, module: Object<'_>, walk: Walk) -> Result<(), AccessError> {
        let mut there = false;
        walk(self.view, &mut |other| {
            there |= other.address() == module.address();
            Ok(())
        })?;
        // The last bits of an address are free to tell the suspicions apart.
        let key = module.address().get() << 2
            | [UNLISTED, NOT_IN_SYSFS].iter().position(|known| *known == what).map_or(2, |at| at as u64);
        if !there && self.suspects.again(key) {
            self.alarm.raise(Finding::new(what, module.address()).subject(module.name("name")?));
        }
        Ok(())
    }
}
