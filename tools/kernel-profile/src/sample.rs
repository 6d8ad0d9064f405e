//! A guest of a few words, for tests of monitors.

use core::cell::RefCell;
use std::vec::Vec;

use monitor_api::profile::Profile;
use monitor_api::{
    AccessError, Alarm, Budget, Clock, Finding, Guest, Host, Image, Memory, Monitor, PhysAddr, Processors, Registers,
    Scan,
};

use crate::builder::Builder;

/// Where its memory begins, as its kernel sees it, and physically.
const VIRTUAL: u32 = 0x8c00_0000;
const PHYSICAL: u64 = 0x0c00_0000;
/// Bytes of it.
const LENGTH: usize = 64 << 10;

/// A guest whose kernel is described by `builder` and whose memory (64 KB of zeros from 0x8c000000 on) a test fills.
///
/// ```
/// use kernel_profile::Sample;
/// use monitor_api::{AccessError, Alarm, Applies, Finding, Monitor, Scan, View};
///
/// struct Tainted;
///
/// impl Monitor for Tainted {
///     fn name(&self) -> &'static str { "tainted" }
///     fn about(&self) -> &'static str { "a flag is raised" }
///     fn init(&mut self, _: &View<'_>) -> Result<Applies, AccessError> { Ok(Applies::Yes) }
///     fn step(&mut self, view: &View<'_>, alarm: &mut Alarm<'_>) -> Result<Scan, AccessError> {
///         let flag = view.symbol("tainted")?;
///         if view.u32(flag)? != 0 {
///             alarm.raise(Finding::new("tainted", flag));
///         }
///         Ok(Scan::Complete)
///     }
/// }
///
/// let mut guest = Sample::default();
/// guest.builder.symbol("tainted", 0x8c00_0010, 4);
/// guest.begin(&mut Tainted);
/// assert!(guest.scan(&mut Tainted).is_empty());
/// guest.put(0x8c00_0010, 1);
/// assert_eq!(guest.scan(&mut Tainted)[0].what, "tainted");
/// ```
#[derive(Clone, Debug)]
pub struct Sample {
    /// What its kernel's profile says.
    pub builder: Builder,
    /// What its virtual CPUs hold.
    pub cpus: Vec<Registers>,
    /// Nanoseconds of its host's clock.
    pub now: u64,
    memory: RefCell<Vec<u8>>,
    meanwhile: RefCell<Option<Meanwhile>>,
}

/// What a guest does while it is looked at.
#[derive(Clone, Debug)]
struct Meanwhile {
    /// Once the word there has been read,
    seen: u32,
    /// there these are written.
    words: Vec<(u32, u32)>,
}

impl Default for Sample {
    fn default() -> Self {
        let (memory, meanwhile) = (RefCell::new(vec![0; LENGTH]), RefCell::default());
        Self { builder: Builder::new(""), cpus: Vec::new(), now: 0, memory, meanwhile }
    }
}

impl Sample {
    /// Writes a word.
    ///
    /// # Panics
    /// When it is not in the guest's memory: the test is wrong.
    pub fn put(&mut self, at: u32, word: u32) {
        self.bytes(at, &word.to_le_bytes());
    }

    /// Writes words from `at` on.
    ///
    /// # Panics
    /// As [`Sample::put`].
    pub fn fill(&mut self, at: u32, words: &[u32]) {
        for (place, word) in (at..).step_by(4).zip(words) {
            self.put(place, *word);
        }
    }

    /// Writes bytes.
    ///
    /// # Panics
    /// As [`Sample::put`].
    pub fn bytes(&mut self, at: u32, bytes: &[u8]) {
        write(self.memory.get_mut(), at, bytes);
    }

    /// The guest works on while it is looked at: right after the word at `seen` has been read for the next time, and only then, it writes
    /// `words` (address and value of each).
    ///
    /// ```
    /// # use kernel_profile::Sample;
    /// # use monitor_api::{AccessError, Memory, PhysAddr};
    /// # fn word(guest: &Sample, at: u64) -> u32 {
    /// #     let mut bytes = [0; 4];
    /// #     guest.read(PhysAddr::new(at), &mut bytes).unwrap();
    /// #     u32::from_le_bytes(bytes)
    /// # }
    /// let mut guest = Sample::default();
    /// guest.meanwhile(0x8c00_0010, &[(0x8c00_0020, 5)]);
    /// assert_eq!(word(&guest, 0x0c00_0020), 0);
    /// assert_eq!(word(&guest, 0x0c00_0010), 0);
    /// assert_eq!(word(&guest, 0x0c00_0020), 5);
    /// ```
    pub fn meanwhile(&mut self, seen: u32, words: &[(u32, u32)]) {
        *self.meanwhile.get_mut() = Some(Meanwhile { seen, words: words.to_vec() });
    }

    /// False while what was to be written [`meanwhile`](Self::meanwhile) still waits.
    #[must_use]
    pub fn worked_on(&self) -> bool {
        self.meanwhile.borrow().is_none()
    }

    /// Makes the elements with these links a circular list behind `head`; `prev` follows `next`.
    ///
    /// # Panics
    /// As [`Sample::put`].
    pub fn link(&mut self, head: u32, links: &[u32]) {
        let all: Vec<u32> = [head].into_iter().chain(links.iter().copied()).collect();
        for (number, at) in all.iter().enumerate() {
            self.put(*at, all[(number + 1) % all.len()]);
            self.put(*at + 4, all[(number + all.len() - 1) % all.len()]);
        }
    }

    /// Lets a monitor begin.
    ///
    /// # Panics
    /// When it cannot, or says that it does not apply.
    pub fn begin(&self, monitor: &mut dyn Monitor) {
        let applies = self.with(|guest, budget| monitor.init(&guest.view(budget)));
        assert_eq!(applies, Ok(monitor_api::Applies::Yes), "{}", monitor.name());
    }

    /// One scan with 64 KB a step; what was found.
    ///
    /// # Panics
    /// When a step fails or the scan does not end.
    pub fn scan(&self, monitor: &mut dyn Monitor) -> Vec<Finding> {
        self.try_scan(monitor, 64 << 10).unwrap_or_else(|error| panic!("{}: {error}", monitor.name()))
    }

    /// One scan with `bytes` a step.
    ///
    /// # Errors
    /// That of the first step that failed.
    ///
    /// # Panics
    /// When the scan does not end within 1000 steps.
    pub fn try_scan(&self, monitor: &mut dyn Monitor, bytes: u64) -> Result<Vec<Finding>, AccessError> {
        let mut found = Vec::new();
        for _ in 0..1000 {
            let mut sink = |finding: &Finding| found.push(*finding);
            let mut alarm = Alarm::new(&mut sink);
            let scan = self.with(|guest, _| monitor.step(&guest.view(&Budget::bytes(bytes)), &mut alarm));
            match scan? {
                Scan::Complete => return Ok(found),
                Scan::Partial => {}
            }
        }
        panic!("{} does not complete a scan", monitor.name())
    }

    pub(crate) fn with<T>(&self, look: impl FnOnce(&Guest<'_>, &Budget) -> T) -> T {
        let profile = self.builder.clone().finish();
        let profile = Profile::open(&profile).expect("a profile that was just made");
        let guest =
            Guest::attach(self as &dyn Host, profile).expect("a guest whose banner and build id are the profile's");
        look(&guest, &Budget::bytes(1 << 20))
    }
}

impl Memory for Sample {
    fn read(&self, address: PhysAddr, into: &mut [u8]) -> Result<(), AccessError> {
        Image::new(PhysAddr::new(PHYSICAL), &self.memory.borrow()).read(address, into)?;
        let from = VIRTUAL.wrapping_add(address.get().wrapping_sub(PHYSICAL) as u32);
        let now = |does: &mut Meanwhile| (0..into.len()).contains(&(does.seen.wrapping_sub(from) as usize));
        for (at, word) in self.meanwhile.borrow_mut().take_if(now).into_iter().flat_map(|does| does.words) {
            write(&mut self.memory.borrow_mut(), at, &word.to_le_bytes());
        }
        Ok(())
    }
}

fn write(memory: &mut [u8], at: u32, bytes: &[u8]) {
    let from = at.wrapping_sub(VIRTUAL) as usize;
    memory[from..from + bytes.len()].copy_from_slice(bytes);
}

impl Processors for Sample {
    fn count(&self) -> usize {
        self.cpus.len()
    }

    fn registers(&self, number: usize) -> Option<Registers> {
        self.cpus.get(number).copied()
    }
}

impl Clock for Sample {
    fn now(&self) -> u64 {
        self.now
    }
}
