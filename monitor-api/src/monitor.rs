//! What a monitor is.

use crate::error::AccessError;
use crate::finding::Alarm;
use crate::version::{API_VERSION, Version};
use crate::view::View;

/// Whether a monitor has anything to watch in this guest.
///
/// ```
/// use monitor_api::{AccessError, Applies, View};
///
/// /// How a monitor of loadable modules begins.
/// fn init(view: &View<'_>) -> Result<Applies, AccessError> {
///     match view.known_list("modules") {
///         Ok(_) => Ok(Applies::Yes),
///         Err(AccessError::NoSymbol { .. }) => Ok(Applies::No("the kernel loads no modules")),
///         Err(error) => Err(error),
///     }
/// }
/// # kernel_profile::Sample::linux().look(|view| { assert_eq!(init(view)?, Applies::Yes); Ok(()) });
/// # kernel_profile::Sample::default().look(|view| { assert_ne!(init(view)?, Applies::Yes); Ok(()) });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applies {
    /// Yes.
    Yes,
    /// No, because of this: the kernel was built without what it watches.
    No(&'static str),
}

/// How far a monitor is.
///
/// ```
/// use monitor_api::{AccessError, Scan, View};
///
/// /// A step over the kernel's variables: five at a time.
/// fn step(view: &View<'_>, next: &mut u32) -> Result<Scan, AccessError> {
///     let mut variables = view.profile().variables_from(*next);
///     for (number, _) in variables.by_ref().take(5) {
///         *next = number + 1;
///     }
///     Ok(if variables.next().is_some() { Scan::Partial } else { Scan::Complete })
/// }
/// # kernel_profile::Sample::linux().look(|view| {
/// # let mut next = 0;
/// // This kernel has eight.
/// assert_eq!((step(view, &mut next)?, step(view, &mut next)?), (Scan::Partial, Scan::Complete));
/// # Ok(()) });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scan {
    /// It has looked at everything once.
    Complete,
    /// There is more to look at; the next step goes on from here.
    Partial,
}

/// Something that happened to the guest.
///
/// ```
/// use monitor_api::Event;
///
/// /// What a monitor of a heartbeat does with the moment of the last one.
/// fn event(event: Event, last: &mut Option<u64>) {
///     match event {
///         Event::Restarted | Event::Resumed => *last = None, // a pause is no missing heartbeat
///         _ => {}
///     }
/// }
///
/// let mut last = Some(1_000_000);
/// event(Event::Resumed, &mut last);
/// assert_eq!(last, None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The guest was started afresh: whatever a monitor remembers of it is void.
    Restarted,
    /// The guest went on after it had been paused: clocks jump.
    Resumed,
}

/// A monitor. It keeps what it needs in itself, of fixed size; there is no allocator.
///
/// A host calls [`Monitor::init`] once, then [`Monitor::step`] again and again, each time with a fresh budget, and
/// [`Monitor::event`] in between. An error ends the step; the monitor is called again later, so it must leave itself fit for that.
///
/// ```
/// use monitor_api::{AccessError, Alarm, Applies, Event, Finding, Monitor, Scan, VirtAddr, View};
///
/// /// Reports when a flag of the kernel is raised.
/// #[derive(Default)]
/// struct Tainted {
///     at: Option<VirtAddr>,
/// }
///
/// impl Monitor for Tainted {
///     fn name(&self) -> &'static str { "tainted" }
///     fn about(&self) -> &'static str { "the kernel calls itself tainted" }
///
///     fn init(&mut self, view: &View<'_>) -> Result<Applies, AccessError> {
///         self.at = Some(view.symbol("tainted_mask")?);
///         Ok(Applies::Yes)
///     }
///
///     fn step(&mut self, view: &View<'_>, alarm: &mut Alarm<'_>) -> Result<Scan, AccessError> {
///         if let Some(at) = self.at && let mask @ 1.. = view.u32(at)? {
///             alarm.raise(Finding::new("tainted", at).values(0, mask.into()));
///         }
///         Ok(Scan::Complete)
///     }
/// }
/// # use monitor_api::{Guest, Image, Limits, PhysAddr, Session, Verdict, profile::Profile};
/// # let mut builder = kernel_profile::Builder::new("");
/// # builder.symbol("tainted_mask", 0x8c00_0000, 4);
/// # let profile = builder.finish();
/// # let host = Image::new(PhysAddr::new(0x0c00_0000), &[1, 0, 0, 0]);
/// # let guest = Guest::attach(&host, Profile::open(&profile)?)?;
/// # let mut tainted = Tainted::default();
/// # let mut session = Session::new(&mut tainted);
/// # assert_eq!(session.init(&guest, Limits::bytes(100))?, Applies::Yes);
/// # assert_eq!(session.step(&guest, Limits::bytes(100), &mut |_| ()).verdict, Verdict::Report);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Monitor {
    /// A short name, as in the folder `monitors`.
    ///
    /// ```
    /// use kernel_profile::IoWait;
    /// use monitor_api::{Limits, Monitor, Session};
    ///
    /// # let guest = kernel_profile::Sample::default();
    /// # guest.attached(|guest, _| {
    /// // What a host says of a monitor that cannot begin, here because the kernel is no Linux.
    /// let mut monitor = IoWait::default();
    /// let error = Session::new(&mut monitor).init(guest, Limits::bytes(1000)).unwrap_err();
    /// let line = format!("{}: {error}", monitor.name());
    /// assert_eq!(line, "io-wait: the monitor cannot begin: the profile has no symbol init_task");
    /// # Ok(()) });
    /// ```
    fn name(&self) -> &'static str;

    /// What it finds, in one line.
    ///
    /// ```
    /// use kernel_profile::IoWait;
    /// use monitor_api::Monitor;
    ///
    /// // A list of monitors, a line each.
    /// let monitors: [&dyn Monitor; 1] = [&IoWait::default()];
    /// let lines = monitors.map(|monitor| format!("{:<10} {}", monitor.name(), monitor.about()));
    /// assert_eq!(lines, ["io-wait    tasks that wait for a disk"]);
    /// ```
    fn about(&self) -> &'static str;

    /// The API that it was written for.
    ///
    /// ```
    /// use kernel_profile::IoWait;
    /// use monitor_api::{API_VERSION, Limits, Session, SessionError, Version};
    ///
    /// # kernel_profile::Sample::linux().attached(|guest, _| {
    /// let needs = Version { major: API_VERSION.major + 1, minor: 0 };
    /// let mut newer = IoWait { needs };
    /// let refused = Session::new(&mut newer).init(guest, Limits::bytes(1000));
    /// assert_eq!(refused, Err(SessionError::Version { needs, has: API_VERSION }));
    /// # Ok(()) });
    /// ```
    fn needs(&self) -> Version {
        API_VERSION
    }

    /// Looks up what it needs in the profile, and forgets what it knew.
    ///
    /// # Errors
    /// When the profile lacks something, or the guest's memory cannot be read.
    ///
    /// ```
    /// use kernel_profile::{Builder, IoWait, Sample};
    /// use monitor_api::{Applies, Monitor};
    ///
    /// # let mut without = Sample::default();
    /// # let task = without.builder.structure("task_struct", 8, &[("pid", 4, 4)]);
    /// # without.builder.variable("init_task", 0x8c00_1000, 8, task);
    /// # Sample::linux().look(|with| Ok(without.look(|without| {
    /// assert_eq!(IoWait::default().init(with)?, Applies::Yes);
    /// // A kernel whose `task_struct` has no `in_iowait`: nothing to watch, and no error.
    /// assert_eq!(IoWait::default().init(without)?, Applies::No("the kernel does not count waits"));
    /// # Ok(()) })));
    /// ```
    fn init(&mut self, view: &View<'_>) -> Result<Applies, AccessError>;

    /// Looks, as far as the budget reaches, and raises an alarm for what is wrong.
    ///
    /// # Errors
    /// When the guest's memory could not be read: nothing is known then.
    ///
    /// ```
    /// use kernel_profile::IoWait;
    /// use monitor_api::{AccessError, Alarm, Budget, Finding, Monitor, Scan};
    ///
    /// # kernel_profile::Sample::linux().attached(|guest, _| {
    /// let mut found = Vec::new();
    /// let mut sink = |finding: &Finding| found.push(*finding);
    /// let scan = IoWait::default().step(&guest.view(&Budget::bytes(1000)), &mut Alarm::new(&mut sink));
    /// assert_eq!((scan, found[0].subject.as_str()), (Ok(Scan::Complete), "sh"));
    ///
    /// // An error is no answer: nothing is known.
    /// let mut sink = |_: &Finding| ();
    /// let scan = IoWait::default().step(&guest.view(&Budget::bytes(50)), &mut Alarm::new(&mut sink));
    /// assert!(matches!(scan, Err(AccessError::BudgetExceeded { .. })));
    /// # Ok(()) });
    /// ```
    fn step(&mut self, view: &View<'_>, alarm: &mut Alarm<'_>) -> Result<Scan, AccessError>;

    /// Is told what happened to the guest. After [`Event::Restarted`] the host calls [`Monitor::init`] anew.
    ///
    /// # Errors
    /// As [`Monitor::step`].
    ///
    /// ```
    /// use kernel_profile::IoWait;
    /// use monitor_api::{Alarm, Event, Finding, Monitor, Verdict};
    ///
    /// # kernel_profile::Sample::linux().look(|view| {
    /// let mut sink = |_: &Finding| ();
    /// let mut alarm = Alarm::new(&mut sink);
    /// IoWait::default().event(view, Event::Resumed, &mut alarm)?;
    /// assert_eq!(alarm.verdict(), Verdict::Report); // it says that what it measured is void
    /// # Ok(()) });
    /// ```
    fn event(&mut self, view: &View<'_>, event: Event, alarm: &mut Alarm<'_>) -> Result<(), AccessError> {
        let _ = (view, event, alarm);
        Ok(())
    }
}
