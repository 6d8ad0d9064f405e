//! Red-black trees (`include/linux/rbtree.h`), in order.

use crate::address::VirtAddr;
use crate::error::AccessError;
use crate::object::{Object, member};
use crate::profile::Type;
use crate::view::View;
use crate::walk::MAX_ELEMENTS;

/// A red-black tree with as many nodes as a 32-bit machine can hold is no deeper.
const DEPTH: u32 = 64;

/// The elements of a red-black tree from left to right. Ends after the first error.
///
/// ```
/// # use monitor_api::{Budget, Guest, Image, PhysAddr, VirtAddr, profile::Profile};
/// # let mut builder = kernel_profile::Builder::new("");
/// # builder.structure("rb_node", 12, &[("__rb_parent_color", 0, 4), ("rb_right", 4, 4), ("rb_left", 8, 4)]);
/// # builder.structure("entity", 16, &[("node", 0, 12), ("key", 12, 4)]);
/// # let profile = builder.finish();
/// # // The root's pointer; 2 with 1 to its left and 3 to its right.
/// # let words: [u32; 13] = [0x8c00_0004, 1, 0x8c00_0024, 0x8c00_0014, 2, 0x8c00_0004, 0, 0, 1, 0x8c00_0004, 0, 0, 3];
/// # let memory: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
/// # let host = Image::new(PhysAddr::new(0x0c00_0000), &memory);
/// # let guest = Guest::attach(&host, Profile::open(&profile)?)?;
/// # let budget = Budget::bytes(10_000);
/// # let view = guest.view(&budget);
/// let root = VirtAddr::new(0x8c00_0000);
/// let keys: Result<Vec<u64>, _> = view.tree(root, "entity", "node")?.map(|entity| entity?.get("key")).collect();
/// assert_eq!(keys, Ok(vec![1, 2, 3]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Tree<'a> {
    view: View<'a>,
    element: Type<'a>,
    offset: u64,
    root: VirtAddr,
    links: Links,
    /// The node before the next element; `None` at the start.
    at: Option<VirtAddr>,
    done: bool,
    taken: u32,
}

/// Offsets in a node.
#[derive(Clone, Copy, Debug)]
struct Links {
    parent: u64,
    right: u64,
    left: u64,
}

impl<'a> View<'a> {
    /// The elements of type `element` that are linked by their member `link` (an `rb_node`) into the tree at `root` (an `rb_root`).
    ///
    /// # Errors
    /// [`AccessError::NoType`], [`AccessError::NoField`].
    ///
    /// ```
    /// # kernel_profile::Sample::linux().look(|view| {
    /// // CPU 1's tasks, the one that ran least first.
    /// let root = view.per_cpu("runqueues", 1)?.field("tasks_timeline")?.address();
    /// let ran: Result<Vec<_>, _> = view.tree(root, "sched_entity", "run_node")?.map(|entity| entity?.get("vruntime")).collect();
    /// assert_eq!(ran, Ok(vec![10, 20]));
    /// # Ok(()) });
    /// ```
    pub fn tree(&self, root: VirtAddr, element: &str, link: &str) -> Result<Tree<'a>, AccessError> {
        let element = self.object(element, root)?.ty();
        let node = self.object("rb_node", root)?.ty();
        let links = Links {
            parent: member(node, "__rb_parent_color")?.offset,
            right: member(node, "rb_right")?.offset,
            left: member(node, "rb_left")?.offset,
        };
        let offset = member(element, link)?.offset;
        Ok(Tree { view: *self, element, offset, root, links, at: None, done: false, taken: 0 })
    }
}

impl Tree<'_> {
    fn link(&self, node: VirtAddr, offset: u64) -> Result<Option<VirtAddr>, AccessError> {
        let at = node.checked_add(offset).ok_or(AccessError::Unmapped { address: node })?;
        Ok(Some(self.view.pointer(at)?).filter(|next| next.get() != 0))
    }

    /// The node that is furthest to the left below `node`.
    fn leftmost(&self, mut node: VirtAddr) -> Result<VirtAddr, AccessError> {
        for _ in 0..DEPTH {
            match self.link(node, self.links.left)? {
                Some(left) => node = left,
                None => return Ok(node),
            }
        }
        Err(AccessError::Cyclic { head: self.root, at: node })
    }

    fn successor(&self, node: VirtAddr) -> Result<Option<VirtAddr>, AccessError> {
        if let Some(right) = self.link(node, self.links.right)? {
            return self.leftmost(right).map(Some);
        }
        let mut child = node;
        for _ in 0..DEPTH {
            let Some(word) = self.link(child, self.links.parent)? else { return Ok(None) };
            // The two lowest bits are the colour.
            let parent = VirtAddr::new(word.get() & !3);
            if parent.get() == 0 {
                return Ok(None);
            }
            if self.link(parent, self.links.right)? != Some(child) {
                return Ok(Some(parent));
            }
            child = parent;
        }
        Err(AccessError::Cyclic { head: self.root, at: child })
    }

    fn step(&self) -> Result<Option<VirtAddr>, AccessError> {
        if self.taken >= MAX_ELEMENTS {
            return Err(AccessError::TooLong { head: self.root, limit: MAX_ELEMENTS });
        }
        match self.at {
            Some(node) => self.successor(node),
            None => self.link(self.root, 0)?.map(|top| self.leftmost(top)).transpose(),
        }
    }
}

impl<'a> Iterator for Tree<'a> {
    type Item = Result<Object<'a>, AccessError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let node = match self.step() {
            Ok(Some(node)) => node,
            Ok(None) => {
                self.done = true;
                return None;
            }
            Err(error) => {
                self.done = true;
                return Some(Err(error));
            }
        };
        self.taken += 1;
        self.at = Some(node);
        let address = node.get().checked_sub(self.offset).map(VirtAddr::new);
        self.done = address.is_none();
        let address = address.ok_or(AccessError::Unmapped { address: node });
        Some(address.map(|address| Object::new(self.view, self.element, address)))
    }
}
