//! Reading what changes meanwhile: the guest is not stopped for a monitor.

use crate::address::VirtAddr;
use crate::error::AccessError;
use crate::view::View;

impl View<'_> {
    /// Reads twice, and again until both readings agree.
    ///
    /// # Errors
    /// [`AccessError::Unstable`] after `attempts` pairs that differed; the error of a reading that failed every time.
    ///
    /// ```
    /// # use monitor_api::{Budget, Guest, Image, PhysAddr, VirtAddr, profile::Profile};
    /// # let profile = kernel_profile::Builder::new("").finish();
    /// # let host = Image::new(PhysAddr::new(0x0c00_0000), &[1, 0, 0, 0, 2, 0, 0, 0]);
    /// # let guest = Guest::attach(&host, Profile::open(&profile)?)?;
    /// # let budget = Budget::bytes(1000);
    /// # let view = guest.view(&budget);
    /// let (head, tail) = (VirtAddr::new(0x8c00_0000), VirtAddr::new(0x8c00_0004));
    /// assert_eq!(view.stable(3, |view| Ok((view.u32(head)?, view.u32(tail)?))), Ok((1, 2)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn stable<T: PartialEq>(
        &self,
        attempts: u32,
        mut reading: impl FnMut(&Self) -> Result<T, AccessError>,
    ) -> Result<T, AccessError> {
        let mut last = Err(AccessError::Unstable { attempts });
        for _ in 0..attempts {
            match (reading(self), reading(self)) {
                (Ok(first), Ok(second)) if first == second => return Ok(second),
                (Ok(_), Ok(_)) => last = Err(AccessError::Unstable { attempts }),
                (Err(error), _) | (_, Err(error)) => last = Err(error),
            }
        }
        last
    }

    /// Reads what a sequence counter of the guest (`seqcount_t`) protects: begins while it is even, and takes the reading only if the
    /// counter is still the same afterwards.
    ///
    /// # Errors
    /// [`AccessError::Unstable`] after `attempts` readings during which the guest wrote; the error of a reading that nobody disturbed.
    ///
    /// ```
    /// # use monitor_api::{AccessError, Budget, Guest, Image, PhysAddr, VirtAddr, profile::Profile};
    /// # let profile = kernel_profile::Builder::new("").finish();
    /// # let host = Image::new(PhysAddr::new(0x0c00_0000), &[4, 0, 0, 0, 2, 0, 0, 0, 5, 0, 0, 0]);
    /// # let guest = Guest::attach(&host, Profile::open(&profile)?)?;
    /// # let budget = Budget::bytes(1000);
    /// # let view = guest.view(&budget);
    /// let (even, odd, value) = (VirtAddr::new(0x8c00_0000), VirtAddr::new(0x8c00_0008), VirtAddr::new(0x8c00_0004));
    /// assert_eq!(view.sequenced(even, 3, |view| view.u32(value)), Ok(2));
    /// // A writer is at work, and never finishes.
    /// assert_eq!(view.sequenced(odd, 3, |view| view.u32(value)), Err(AccessError::Unstable { attempts: 3 }));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn sequenced<T>(
        &self,
        counter: VirtAddr,
        attempts: u32,
        mut reading: impl FnMut(&Self) -> Result<T, AccessError>,
    ) -> Result<T, AccessError> {
        for _ in 0..attempts {
            let before = self.u32(counter)?;
            if before % 2 == 1 {
                continue;
            }
            let result = reading(self);
            if self.u32(counter)? == before {
                return result;
            }
        }
        Err(AccessError::Unstable { attempts })
    }
}

/// Suspicions of one scan that wait for the next one: what a running guest is just changing looks wrong once, what is wrong looks wrong
/// again. Holds `N` at a time; more are dropped, and come back in the next scan if they are real.
///
/// ```
/// use monitor_api::Suspects;
///
/// let mut suspects = Suspects::<8>::new();
/// assert!(!suspects.again(0x8c00_1000)); // seen for the first time
/// suspects.end_scan();
/// assert!(suspects.again(0x8c00_1000));  // and still there in the next scan
/// suspects.end_scan();
/// suspects.end_scan();                   // it was not there in a scan
/// assert!(!suspects.again(0x8c00_1000));
/// ```
#[derive(Clone, Debug)]
pub struct Suspects<const N: usize> {
    last: [Option<u64>; N],
    now: [Option<u64>; N],
}

impl<const N: usize> Suspects<N> {
    /// None yet.
    ///
    /// ```
    /// use monitor_api::Suspects;
    ///
    /// /// In a monitor; two at a time are enough to report.
    /// static NONE: Suspects<2> = Suspects::new();
    /// let mut suspects = NONE.clone();
    /// assert_eq!([1, 2, 3].map(|key| suspects.again(key)), [false; 3]);
    /// suspects.end_scan();
    /// assert_eq!([1, 2, 3].map(|key| suspects.again(key)), [true, true, false]); // there was no room for 3
    /// ```
    pub const fn new() -> Self {
        Self { last: [None; N], now: [None; N] }
    }

    /// Notes a suspicion by some number that names it (an address); true if the last scan had it too.
    ///
    /// ```
    /// use monitor_api::Suspects;
    ///
    /// let mut suspects = Suspects::<4>::new();
    /// assert!(!suspects.again(0x8c00_1200));
    /// assert!(!suspects.again(0x8c00_1200)); // twice in one scan is not twice
    /// suspects.end_scan();
    /// assert!(suspects.again(0x8c00_1200));
    /// ```
    pub fn again(&mut self, key: u64) -> bool {
        if !self.now.contains(&Some(key))
            && let Some(place) = self.now.iter_mut().find(|place| place.is_none())
        {
            *place = Some(key);
        }
        self.last.contains(&Some(key))
    }

    /// The scan is complete.
    ///
    /// ```
    /// use monitor_api::Suspects;
    ///
    /// let mut suspects = Suspects::<4>::new();
    /// suspects.again(0x8c00_1200);
    /// suspects.end_scan();
    /// suspects.end_scan(); // a scan in which it was right
    /// assert!(!suspects.again(0x8c00_1200));
    /// ```
    pub fn end_scan(&mut self) {
        self.last = core::mem::replace(&mut self.now, [None; N]);
    }
}

impl<const N: usize> Default for Suspects<N> {
    fn default() -> Self {
        Self::new()
    }
}
