//! `list_head` and `hlist_head` (`include/linux/types.h`).

use crate::address::VirtAddr;
use crate::error::AccessError;
use crate::name::Name;
use crate::object::{Object, member};
use crate::profile::Type;
use crate::view::View;
use crate::walk::MAX_ELEMENTS;

/// How far a walk has come, and Brent's search for circles: the walk is compared with a place that is moved up at every power of
/// two, so a circle of any length is noticed before it was walked three times, without memory.
#[derive(Clone, Debug)]
struct Progress {
    head: VirtAddr,
    limit: u32,
    count: u32,
    mark: VirtAddr,
    next_mark: u32,
}

impl Progress {
    const fn new(head: VirtAddr, limit: u32) -> Self {
        Self { head, limit, count: 0, mark: head, next_mark: 1 }
    }

    /// One more element, at `at`.
    fn take(&mut self, at: VirtAddr) -> Result<(), AccessError> {
        if self.count >= self.limit {
            return Err(AccessError::TooLong { head: self.head, limit: self.limit });
        }
        if at == self.mark && self.count > 0 {
            return Err(AccessError::Cyclic { head: self.head, at });
        }
        self.count += 1;
        if self.count == self.next_mark {
            self.mark = at;
            self.next_mark = self.next_mark.saturating_mul(2);
        }
        Ok(())
    }
}

/// The elements of a doubly linked list. Ends after the first error.
///
/// ```
/// use monitor_api::{AccessError, View};
///
/// /// The sum of all process numbers.
/// fn sum(view: &View<'_>) -> Result<u64, AccessError> {
///     let head = view.global("init_task")?.field("tasks")?;
///     view.list(head.address(), "task_struct", "tasks")?.map(|task| task?.get("pid")).sum()
/// }
/// # use monitor_api::{Budget, Guest, Image, PhysAddr, profile::Profile};
/// # let mut builder = kernel_profile::Builder::new("");
/// # let link = builder.structure("list_head", 8, &[("next", 0, 4), ("prev", 4, 4)]);
/// # let task = builder.structure("task_struct", 12, &[("pid", 0, 4)]);
/// # builder.member(task, "tasks", 4, link);
/// # builder.variable("init_task", 0x8c00_0000, 12, task);
/// # let profile = builder.finish();
/// # let words: [u32; 9] = [0, 0x8c00_0010, 0, 5, 0x8c00_001c, 0, 6, 0x8c00_0004, 0];
/// # let memory: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
/// # let start = PhysAddr::new(0x0c00_0000);
/// # let host = Image::new(start, &memory);
/// # let guest = Guest::attach(&host, Profile::open(&profile)?)?;
/// # let budget = Budget::bytes(10_000);
/// assert_eq!(sum(&guest.view(&budget)), Ok(11));
///
/// // The last element leads back to the first one and not to the head: no walk goes on for ever.
/// # let mut memory = memory.clone();
/// # memory[28..32].copy_from_slice(&0x8c00_0010u32.to_le_bytes());
/// # let host = Image::new(start, &memory);
/// # let guest = Guest::attach(&host, Profile::open(&profile)?)?;
/// assert!(matches!(sum(&guest.view(&budget)), Err(AccessError::Cyclic { .. })));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct List<'a> {
    view: View<'a>,
    element: Type<'a>,
    offset: u64,
    next: Option<VirtAddr>,
    progress: Progress,
}

impl<'a> View<'a> {
    /// The elements of type `element` that are linked by their member `link` into the list at `head` (a `list_head`).
    ///
    /// # Errors
    /// [`AccessError::NoType`], [`AccessError::NoField`].
    ///
    /// ```
    /// # kernel_profile::Sample::linux().look(|view| {
    /// // `init_task` holds the head; the walk gives the others.
    /// let head = view.global("init_task")?.field("tasks")?.address();
    /// let pids: Result<Vec<_>, _> = view.list(head, "task_struct", "tasks")?.map(|task| task?.get("pid")).collect();
    /// assert_eq!(pids, Ok(vec![1, 42]));
    /// assert!(view.list(head, "task_struct", "task").is_err()); // no such member
    /// # Ok(()) });
    /// ```
    pub fn list(&self, head: VirtAddr, element: &str, link: &str) -> Result<List<'a>, AccessError> {
        let element = self.object(element, head)?.ty();
        let offset = member(element, link)?.offset;
        Ok(List { view: *self, element, offset, next: Some(head), progress: Progress::new(head, MAX_ELEMENTS) })
    }

    /// A list whose elements the profile knows, by the path of its head: `init_task.tasks`, `super_blocks`.
    ///
    /// # Errors
    /// [`AccessError::NoSymbol`] if the profile knows no such list.
    ///
    /// ```
    /// # kernel_profile::Sample::linux().look(|view| {
    /// // The profile knows what is in it.
    /// let names: Result<Vec<_>, _> = view.known_list("init_task.tasks")?.map(|task| task?.name("comm")).collect();
    /// assert_eq!(names?.iter().map(|name| name.as_str()).collect::<Vec<_>>(), ["init", "sh"]);
    /// # Ok(()) });
    /// ```
    pub fn known_list(&self, head: &str) -> Result<List<'a>, AccessError> {
        let unknown = AccessError::NoSymbol { name: Name::new(head) };
        let list = self.profile().list(head).ok_or(unknown)?;
        let (variable, path) = head.split_once('.').unwrap_or((head, ""));
        let mut at = self.global(variable)?;
        if !path.is_empty() {
            at = at.field(path)?;
        }
        let offset = member(list.element, list.link)?.offset;
        let (head, progress) = (at.address(), Progress::new(at.address(), MAX_ELEMENTS));
        Ok(List { view: *self, element: list.element, offset, next: Some(head), progress })
    }

    /// The elements of a hash chain at `head` (a `hlist_head`).
    ///
    /// # Errors
    /// [`AccessError::NoType`], [`AccessError::NoField`].
    ///
    /// ```
    /// # kernel_profile::Sample::linux().look(|view| {
    /// // The chain of processes with an odd number.
    /// let chain = view.global("pid_hash")?.element(1)?.address();
    /// let pids: Result<Vec<_>, _> = view.hash_list(chain, "task_struct", "pid_links")?.map(|task| task?.get("pid")).collect();
    /// assert_eq!(pids, Ok(vec![1]));
    /// # Ok(()) });
    /// ```
    pub fn hash_list(&self, head: VirtAddr, element: &str, link: &str) -> Result<HashList<'a>, AccessError> {
        let element = self.object(element, head)?.ty();
        let offset = member(element, link)?.offset;
        Ok(HashList { view: *self, element, offset, next: Some(head), progress: Progress::new(head, MAX_ELEMENTS) })
    }
}

impl List<'_> {
    /// Takes at most `limit` elements; one more is [`AccessError::TooLong`].
    ///
    /// ```
    /// use monitor_api::AccessError;
    ///
    /// # kernel_profile::Sample::linux().look(|view| {
    /// let pids: Vec<_> = view.known_list("init_task.tasks")?.limit(1).map(|task| task?.get("pid")).collect();
    /// // Two tasks: the second one is one too many.
    /// assert_eq!(pids[0], Ok(1));
    /// assert!(matches!(pids[1], Err(AccessError::TooLong { limit: 1, .. })));
    /// # Ok(()) });
    /// ```
    #[must_use]
    pub fn limit(mut self, limit: u32) -> Self {
        self.progress.limit = limit;
        self
    }
}

impl<'a> Iterator for List<'a> {
    type Item = Result<Object<'a>, AccessError>;

    fn next(&mut self) -> Option<Self::Item> {
        let at = self.next.take()?;
        let next = match self.view.pointer(at) {
            Ok(next) if next == self.progress.head => return None,
            Ok(next) => next,
            Err(error) => return Some(Err(error)),
        };
        Some(self.progress.take(next).and_then(|()| {
            let element = element(self.view, self.element, next, self.offset)?;
            self.next = Some(next);
            Ok(element)
        }))
    }
}

/// The elements of a hash chain. Ends after the first error.
///
/// ```
/// # use monitor_api::{Budget, Guest, Image, PhysAddr, VirtAddr, profile::Profile};
/// # let mut builder = kernel_profile::Builder::new("");
/// # builder.structure("entry", 8, &[("next", 0, 4), ("key", 4, 4)]);
/// # let profile = builder.finish();
/// # let words: [u32; 5] = [0x8c00_0004, 0x8c00_000c, 5, 0, 6];
/// # let memory: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
/// # let host = Image::new(PhysAddr::new(0x0c00_0000), &memory);
/// # let guest = Guest::attach(&host, Profile::open(&profile)?)?;
/// # let budget = Budget::bytes(10_000);
/// # let view = guest.view(&budget);
/// let chain = view.hash_list(VirtAddr::new(0x8c00_0000), "entry", "next")?;
/// let keys: Result<Vec<u64>, _> = chain.map(|entry| entry?.get("key")).collect();
/// assert_eq!(keys, Ok(vec![5, 6]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct HashList<'a> {
    view: View<'a>,
    element: Type<'a>,
    offset: u64,
    next: Option<VirtAddr>,
    progress: Progress,
}

impl<'a> Iterator for HashList<'a> {
    type Item = Result<Object<'a>, AccessError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = match self.view.pointer(self.next.take()?) {
            Ok(next) if next.get() == 0 => return None,
            Ok(next) => next,
            Err(error) => return Some(Err(error)),
        };
        Some(self.progress.take(next).and_then(|()| {
            let element = element(self.view, self.element, next, self.offset)?;
            self.next = Some(next);
            Ok(element)
        }))
    }
}

/// The element whose link is at `link`.
fn element<'a>(view: View<'a>, ty: Type<'a>, link: VirtAddr, offset: u64) -> Result<Object<'a>, AccessError> {
    let address = link.get().checked_sub(offset).ok_or(AccessError::Unmapped { address: link })?;
    Ok(Object::new(view, ty, VirtAddr::new(address)))
}
