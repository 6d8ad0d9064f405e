//! Code and read-only data of loadable modules: what they were when a module was first seen, since no build says what the loader makes of them.

use monitor_api::{AccessError, Alarm, Finding, Module, ModuleRanges, View, VirtAddr};
use sha2::{Digest, Sha256};

use crate::{MODULE, PIECE, RESERVE};

/// Modules that are remembered.
const MODULES: usize = 64;

/// One loading of a module: the same module loaded again is another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Load {
    module: VirtAddr,
    /// The number of its folder in sysfs, which counts up (`kernfs_node.id`).
    folder: u64,
    base: u64,
    length: u64,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    load: Load,
    digest: [u8; 16],
    /// Met in this scan.
    seen: bool,
}

/// A module that is being read.
#[derive(Clone, Debug)]
struct Open {
    load: Load,
    done: u64,
    hash: Sha256,
}

/// What is known of modules, and how far this scan is.
#[derive(Clone, Debug)]
pub(crate) struct Modules {
    known: [Option<Known>; MODULES],
    open: Option<Open>,
}

impl Default for Modules {
    fn default() -> Self {
        Self { known: [None; MODULES], open: None }
    }
}

impl Modules {
    /// Goes on with the modules that were not looked at in this scan; false when the budget ended.
    pub(crate) fn sweep(&mut self, view: &View<'_>, alarm: &mut Alarm<'_>) -> Result<bool, AccessError> {
        for module in view.modules()? {
            let module = module?;
            // Until it has begun the loader still writes to it.
            if !module.is_live()? {
                continue;
            }
            let load = Load::of(&module)?;
            if self.known.iter().flatten().any(|known| known.load == load && known.seen) {
                continue;
            }
            let Some(digest) = self.digest(view, load)? else { return Ok(false) };
            match self.known.iter_mut().flatten().find(|known| known.load == load) {
                Some(known) => {
                    known.seen = true;
                    if known.digest != digest {
                        alarm.raise(Finding::new(MODULE, VirtAddr::new(load.base)).subject(module.name()?));
                    }
                }
                None => {
                    let head = module.object().address();
                    let free = self.known.iter_mut().find(|known| known.is_none());
                    let free = free.ok_or(AccessError::TooLong { head, limit: MODULES as u32 })?;
                    *free = Some(Known { load, digest, seen: true });
                }
            }
        }
        Ok(true)
    }

    /// The scan is complete: what was not met any more was unloaded.
    pub(crate) fn end_scan(&mut self) {
        for place in &mut self.known {
            *place = place.filter(|known| known.seen).map(|known| Known { seen: false, ..known });
        }
        self.open = None;
    }

    /// Through the kernel's page tables, so that a page that leads elsewhere counts too. `None`: to be continued.
    fn digest(&mut self, view: &View<'_>, load: Load) -> Result<Option<[u8; 16]>, AccessError> {
        let mut open = match self.open.take() {
            Some(open) if open.load == load => open,
            _ => Open { load, done: 0, hash: Sha256::new() },
        };
        let outside = AccessError::Unmapped { address: VirtAddr::new(load.base) };
        let mut piece = [0; PIECE];
        while open.done < load.length {
            // An access of its own, and three more for the page table.
            if view.budget().left() < PIECE as u64 + 8 * 16 + RESERVE {
                self.open = Some(open);
                return Ok(None);
            }
            let now = piece.get_mut(..(PIECE as u64).min(load.length - open.done) as usize).unwrap_or_default();
            view.read(VirtAddr::new(load.base).checked_add(open.done).ok_or(outside)?, now)?;
            open.hash.update(&*now);
            open.done += now.len() as u64;
        }
        let digest = open.hash.finalize();
        Ok(Some(core::array::from_fn(|at| digest.get(at).copied().unwrap_or(0))))
    }
}

impl Load {
    fn of(module: &Module<'_>) -> Result<Self, AccessError> {
        let ModuleRanges { core: (base, _, length, _), .. } = module.ranges()?;
        let object = module.object();
        // Without sysfs a module that is loaded again at the same place looks like the old one.
        let folder = match object.follow_some("mkobj.kobj.sd") {
            Ok(Some(folder)) => folder.get("id").or_else(|_| folder.get("id.id"))?,
            Ok(None) | Err(AccessError::NoField { .. }) => 0,
            Err(error) => return Err(error),
        };
        Ok(Self { module: object.address(), folder, base, length })
    }
}
