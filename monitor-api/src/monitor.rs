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
    fn name(&self) -> &'static str;

    /// What it finds, in one line.
    fn about(&self) -> &'static str;

    /// The API that it was written for.
    fn needs(&self) -> Version {
        API_VERSION
    }

    /// Looks up what it needs in the profile, and forgets what it knew.
    ///
    /// # Errors
    /// When the profile lacks something, or the guest's memory cannot be read.
    fn init(&mut self, view: &View<'_>) -> Result<Applies, AccessError>;

    /// Looks, as far as the budget reaches, and raises an alarm for what is wrong.
    ///
    /// # Errors
    /// When the guest's memory could not be read: nothing is known then.
    fn step(&mut self, view: &View<'_>, alarm: &mut Alarm<'_>) -> Result<Scan, AccessError>;

    /// Is told what happened to the guest. After [`Event::Restarted`] the host calls [`Monitor::init`] anew.
    ///
    /// # Errors
    /// As [`Monitor::step`].
    fn event(&mut self, view: &View<'_>, event: Event, alarm: &mut Alarm<'_>) -> Result<(), AccessError> {
        let _ = (view, event, alarm);
        Ok(())
    }
}
