//! XArray and IDR (`include/linux/xarray.h`): trees of nodes with 16 or 64 slots.

use crate::address::VirtAddr;
use crate::error::AccessError;
use crate::object::{Object, member};
use crate::view::View;
use crate::walk::MAX_ELEMENTS;

/// Levels that an index of 64 bits needs at most with 16 slots a node.
const LEVELS: usize = 16;

/// A node on the way to where the walk is.
#[derive(Clone, Copy, Debug)]
struct Step {
    slots: VirtAddr,
    next: u64,
}

/// The pointers in an XArray or IDR in the order of their indices. Ends after the first error.
///
/// ```
/// # use monitor_api::{Budget, Guest, Image, PhysAddr, profile::Profile};
/// # let mut builder = kernel_profile::Builder::new("");
/// # let void = builder.opaque("");
/// # let pointer = builder.pointer(void);
/// # let slots = builder.array(pointer, 4);
/// # let node = builder.structure("xa_node", 20, &[("shift", 0, 1)]);
/// # builder.member(node, "slots", 4, slots);
/// # let root = builder.structure("xarray", 4, &[]);
/// # builder.member(root, "xa_head", 0, pointer);
/// # builder.variable("numbers", 0x8c00_0000, 4, root);
/// # let profile = builder.finish();
/// # let words: [u32; 6] = [0x8c00_0006, 0, 0x8c11_0000, 0, 0x8c22_0000, 0];
/// # let memory: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
/// # let host = Image::new(PhysAddr::new(0x0c00_0000), &memory);
/// # let guest = Guest::attach(&host, Profile::open(&profile)?)?;
/// # let budget = Budget::bytes(10_000);
/// # let view = guest.view(&budget);
/// let pointers: Result<Vec<_>, _> = view.radix(view.global("numbers")?)?.collect();
/// assert_eq!(pointers?.iter().map(|pointer| pointer.get()).collect::<Vec<_>>(), [0x8c11_0000, 0x8c22_0000]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Radix<'a> {
    view: View<'a>,
    root: VirtAddr,
    /// Where the slots are in a node, how many, and the size of one.
    slots: (u64, u64, u64),
    head: Option<VirtAddr>,
    way: [Option<Step>; LEVELS],
    taken: u32,
    slots_read: u32,
}

impl<'a> View<'a> {
    /// The pointers in an `xarray` (the one in an `idr` is its member `idr_rt`).
    ///
    /// # Errors
    /// [`AccessError::NoType`], [`AccessError::NoField`], and those of reading the head.
    ///
    /// ```
    /// # kernel_profile::Sample::linux().look(|view| {
    /// let root = view.global("pid_idr")?.field("idr_rt")?;
    /// let tasks: Result<Vec<_>, _> = view.radix(root)?.map(|at| view.object("task_struct", at?)?.get("pid")).collect();
    /// assert_eq!(tasks, Ok(vec![1, 42])); // in the order of the indices
    /// # Ok(()) });
    /// ```
    pub fn radix(&self, root: Object<'a>) -> Result<Radix<'a>, AccessError> {
        let slots = member(self.object("xa_node", root.address())?.ty(), "slots")?;
        let size = u64::from(self.profile().pointer_size());
        Ok(Radix {
            view: *self,
            root: root.address(),
            slots: (slots.offset, slots.ty.size() / size, size),
            head: Some(root.pointer("xa_head")?),
            way: [None; LEVELS],
            taken: 0,
            slots_read: 0,
        })
    }
}

impl Radix<'_> {
    /// The next pointer that is no node.
    fn advance(&mut self) -> Result<Option<VirtAddr>, AccessError> {
        if let Some(head) = self.head.take()
            && let Some(entry) = self.enter(head)?
        {
            return Ok(Some(entry));
        }
        while let Some(level) = self.way.iter().rposition(Option::is_some) {
            let Some(step) = &mut self.way[level] else { break };
            if step.next >= self.slots.1 {
                self.way[level] = None;
                continue;
            }
            let at = step.slots.checked_add(step.next * self.slots.2);
            step.next += 1;
            // Empty slots count too: a tree of nodes that point to each other must end.
            self.slots_read += 1;
            if self.slots_read > 4 * MAX_ELEMENTS {
                return Err(AccessError::TooLong { head: self.root, limit: MAX_ELEMENTS });
            }
            let entry = self.view.pointer(at.ok_or(AccessError::Unmapped { address: self.root })?)?;
            if let Some(entry) = self.enter(entry)? {
                return Ok(Some(entry));
            }
        }
        Ok(None)
    }

    /// Goes down into a node; gives back what is a pointer to something else.
    fn enter(&mut self, entry: VirtAddr) -> Result<Option<VirtAddr>, AccessError> {
        match (entry.get() & 3, entry.get()) {
            (0, 0) => Ok(None),
            (0, _) => Ok(Some(entry)),
            // Internal entries up to 4096 are marks: retry, zero, siblings.
            (2, number) if number > 4096 => {
                let level = self.way.iter().position(Option::is_none);
                let level = level.ok_or(AccessError::Cyclic { head: self.root, at: entry })?;
                let slots = VirtAddr::new(number - 2).checked_add(self.slots.0);
                let slots = slots.ok_or(AccessError::Unmapped { address: entry })?;
                self.way[level] = Some(Step { slots, next: 0 });
                Ok(None)
            }
            _ => Ok(None),
        }
    }
}

impl Iterator for Radix<'_> {
    type Item = Result<VirtAddr, AccessError>;

    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.advance();
        if matches!(entry, Ok(Some(_))) {
            self.taken += 1;
        }
        if entry.is_err() || self.taken > MAX_ELEMENTS {
            self.way = [None; LEVELS];
        }
        if self.taken > MAX_ELEMENTS {
            return None;
        }
        entry.transpose()
    }
}
