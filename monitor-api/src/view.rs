//! What a monitor sees of a guest.

mod names;
mod read;

use core::fmt;

use crate::budget::Budget;
use crate::host::Host;
use crate::profile::Profile;
use crate::registers::Registers;

/// A guest as a monitor sees it: read-only, while the guest runs on. What is read in two accesses may come from two moments; see
/// [`View::stable`] and [`View::sequenced`].
///
/// ```
/// use monitor_api::{AccessError, Budget, Guest, Image, PhysAddr, VirtAddr, View, profile::Profile};
///
/// fn jiffies(view: &View<'_>) -> Result<u32, AccessError> {
///     view.u32(view.symbol("jiffies")?)
/// }
///
/// # let mut builder = kernel_profile::Builder::new("");
/// # builder.symbol("jiffies", 0x8c00_0004, 4);
/// # let profile = builder.finish();
/// let host = Image::new(PhysAddr::new(0x0c00_0000), &[0, 0, 0, 0, 7, 0, 0, 0]);
/// let guest = Guest::attach(&host, Profile::open(&profile)?)?;
/// let budget = Budget::bytes(100);
/// let view = guest.view(&budget);
/// assert_eq!(jiffies(&view), Ok(7));
/// assert_eq!(view.u32(VirtAddr::new(0x8c00_0006)), Err(AccessError::Misaligned { address: VirtAddr::new(0x8c00_0006), size: 4 }));
/// assert!(matches!(view.u32(VirtAddr::new(0x8c00_0008)), Err(AccessError::OutOfRange { .. })));
/// assert!(matches!(view.symbol("jiffy"), Err(AccessError::NoSymbol { .. })));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct View<'a> {
    host: &'a dyn Host,
    profile: Profile<'a>,
    budget: &'a Budget,
}

impl fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View").field("profile", &self.profile).field("budget", self.budget).finish_non_exhaustive()
    }
}

impl<'a> View<'a> {
    pub(crate) const fn new(host: &'a dyn Host, profile: Profile<'a>, budget: &'a Budget) -> Self {
        Self { host, profile, budget }
    }

    /// The profile of the guest's kernel.
    ///
    /// ```
    /// use monitor_api::VirtAddr;
    ///
    /// # kernel_profile::Sample::linux().look(|view| {
    /// // Which function a saved program counter is in.
    /// let symbol = view.profile().symbol_before(VirtAddr::new(0x8c00_2028)).unwrap();
    /// assert_eq!(symbol.name, "schedule");
    /// # Ok(()) });
    /// ```
    pub const fn profile(&self) -> Profile<'a> {
        self.profile
    }

    /// What is left to spend in this step.
    ///
    /// ```
    /// use monitor_api::{Budget, VirtAddr};
    ///
    /// # kernel_profile::Sample::linux().attached(|guest, _| {
    /// let budget = Budget::bytes(1000);
    /// let view = guest.view(&budget);
    /// view.u32(VirtAddr::new(0x8c00_2000))?;
    /// assert_eq!(view.budget().left(), 980); // 4 bytes, and 16 for the access
    /// # Ok(()) });
    /// ```
    pub const fn budget(&self) -> &'a Budget {
        self.budget
    }

    /// Nanoseconds of the host's clock.
    ///
    /// ```
    /// # kernel_profile::Sample::linux().look(|view| {
    /// // One millisecond: since when something has been as it is.
    /// let since = view.now();
    /// assert_eq!(since, 1_000_000);
    /// # Ok(()) });
    /// ```
    pub fn now(&self) -> u64 {
        self.host.now()
    }

    /// Number of virtual CPUs whose registers the host can tell.
    ///
    /// ```
    /// # kernel_profile::Sample::linux().look(|view| {
    /// let privileged = (0..view.vcpus()).filter(|vcpu| view.registers(*vcpu).is_some_and(|registers| registers.is_privileged()));
    /// assert_eq!(privileged.collect::<Vec<_>>(), [1]); // CPU 0 is in user mode
    /// # Ok(()) });
    /// ```
    pub fn vcpus(&self) -> usize {
        self.host.count()
    }

    /// The registers of a virtual CPU.
    ///
    /// ```
    /// use monitor_api::VirtAddr;
    ///
    /// # kernel_profile::Sample::linux().look(|view| {
    /// // Linux/SH keeps the current task's `thread_info` in R7 of bank 1.
    /// let Some(registers) = view.registers(1) else { panic!("two CPUs") };
    /// let task = view.object("task_struct", VirtAddr::new(registers.bank1[7].into()))?;
    /// assert_eq!(task.name("comm")?.as_str(), "sh");
    /// assert_eq!(view.registers(2), None);
    /// # Ok(()) });
    /// ```
    pub fn registers(&self, vcpu: usize) -> Option<Registers> {
        self.host.registers(vcpu)
    }

    /// VBR of a virtual CPU, 0 if the guest has not set it yet; hosts know it of a CPU that runs, too.
    ///
    /// ```
    /// # kernel_profile::Sample::linux().look(|view| {
    /// assert_eq!(view.vector_base(1), view.registers(1).map(|registers| registers.vbr));
    /// assert_eq!(view.vector_base(2), None); // two CPUs
    /// # Ok(()) });
    /// ```
    pub fn vector_base(&self, vcpu: usize) -> Option<u32> {
        self.host.vector_base(vcpu)
    }
}
