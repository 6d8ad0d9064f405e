//! What a monitor is.

use crate::error::AccessError;
use crate::finding::Alarm;
use crate::version::{API_VERSION, Version};
use crate::view::View;

/// Whether a monitor has anything to watch in this guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applies {
    /// Yes.
    Yes,
    /// No, because of this: the kernel was built without what it watches.
    No(&'static str),
}

/// How far a monitor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scan {
    /// It has looked at everything once.
    Complete,
    /// There is more to look at; the next step goes on from here.
    Partial,
}

/// Something that happened to the guest.
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
