//! How many cores a guest's vCPUs use, and which: as few as its load needs, between bounds.
//!
//! Pure: once a tick it sees what every core has published and where the vCPUs are, and names the vCPUs that shall move. It
//! runs on one core. Load is counted in samples: at each tick a core counts how many of the guest's vCPUs could run there.

use crate::cluster::CoreId;
use crate::system::MAX_CORES;
use crate::vcpu::{MAX_VCPUS, VcpuId};
use heapless::Vec;

/// Ticks over which load is averaged before cores are given up.
pub const WINDOW: u32 = 25;
/// Ticks in a row with more work than cores, after which another core is taken.
pub const PATIENCE: u8 = 2;

/// What a core publishes for the governor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// vCPUs of the guest that could run at the last tick.
    pub demand: u32,
    /// The sum of `demand` over all ticks.
    pub samples: u32,
    /// Ticks at which a more urgent guest had the core.
    pub urgent: u32,
}

/// The number of cores that a guest may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// At least.
    pub low: u8,
    /// At most.
    pub high: u8,
}

/// What the governor sees at a tick.
pub struct View<'a> {
    /// What each core has published.
    pub loads: [Load; MAX_CORES],
    /// Where each of the guest's vCPUs is.
    pub places: &'a [(VcpuId, CoreId)],
    /// Cores that may be used, the best first.
    pub cores: &'a [CoreId],
}

/// Who shall go where.
pub type Moves = Vec<(VcpuId, CoreId), MAX_VCPUS>;

/// The governor of one guest.
#[derive(Clone, Debug)]
pub struct Governor {
    bounds: Option<Bounds>,
    /// Cores to be used now; 0: those where the vCPUs were placed.
    target: u8,
    ticks: u32,
    /// Ticks in a row with more work than cores.
    pressed: u8,
    /// The loads at the start of the window.
    base: [Load; MAX_CORES],
}

impl Default for Governor {
    fn default() -> Self {
        Self::new()
    }
}

impl Governor {
    /// It leaves vCPUs where they are placed until it has bounds.
    pub const fn new() -> Self {
        let base = [Load { demand: 0, samples: 0, urgent: 0 }; MAX_CORES];
        Self { bounds: None, target: 0, ticks: 0, pressed: 0, base }
    }

    /// Governs between these bounds from now on.
    pub fn set_bounds(&mut self, bounds: Bounds) {
        self.bounds = Some(bounds);
        self.target = self.target.max(bounds.low).min(bounds.high);
    }

    /// A tick has passed.
    pub fn tick(&mut self, view: &View<'_>) -> Moves {
        self.ticks += 1;
        let used = self.used(view);
        let Some(bounds) = self.bounds else {
            return if self.window_is_over() { self.relieve(view) } else { Moves::new() };
        };
        let most = bounds.high.min(view.cores.len() as u8).min(view.places.len() as u8).max(1);
        let least = bounds.low.max(1).min(most);
        let demand: u32 = view.loads.iter().map(|load| load.demand).sum();
        self.target = (if self.target == 0 { used } else { self.target }).max(least).min(most);
        self.pressed = if demand > self.target.into() { self.pressed.saturating_add(1) } else { 0 };
        if self.pressed >= PATIENCE && self.target < most {
            self.target = demand.min(most.into()) as u8;
            self.pressed = 0;
            self.restart(view);
        } else if self.window_is_over() {
            // A fifth of a core stays free, so that the core is not taken right back.
            let fits = (u32::from(self.target).saturating_sub(1) * WINDOW).saturating_sub(WINDOW / 5);
            if self.target > least && self.samples(view) <= fits {
                self.target -= 1;
            }
            self.restart(view);
        }
        self.assign(view)
    }

    fn window_is_over(&self) -> bool {
        self.ticks >= WINDOW
    }

    fn restart(&mut self, view: &View<'_>) {
        self.ticks = 0;
        self.base = view.loads;
    }

    /// vCPU-ticks of work in the window.
    fn samples(&self, view: &View<'_>) -> u32 {
        let since = |(now, then): (&Load, &Load)| now.samples.wrapping_sub(then.samples);
        view.loads.iter().zip(&self.base).map(since).sum()
    }

    fn used(&self, view: &View<'_>) -> u8 {
        let is_used = |core: &&CoreId| view.places.iter().any(|(_, place)| place == *core);
        view.cores.iter().filter(is_used).count() as u8
    }

    /// Brings every vCPU to one of the target's cores, evenly.
    fn assign(&self, view: &View<'_>) -> Moves {
        let cores = view.cores.get(..usize::from(self.target)).unwrap_or(view.cores);
        let floor = view.places.len() / cores.len().max(1);
        // So many cores have one more than the others.
        let mut extras = view.places.len() % cores.len().max(1);
        let mut count = [0usize; MAX_CORES];
        let mut stays = [false; MAX_VCPUS];
        for ((_, place), stays) in view.places.iter().zip(&mut stays).filter(|((_, place), _)| cores.contains(place)) {
            let Some(count) = count.get_mut(usize::from(place.0)) else { continue };
            let is_extra = *count == floor && extras > 0;
            if *count < floor || is_extra {
                extras -= usize::from(is_extra);
                *count += 1;
                *stays = true;
            }
        }
        let mut moves = Moves::new();
        for ((vcpu, place), _) in view.places.iter().zip(stays).filter(|(_, stays)| !stays) {
            let load = |core: &&CoreId| count.get(usize::from(core.0)).copied().unwrap_or(usize::MAX);
            let Some(&to) = cores.iter().min_by_key(load) else { break };
            if let Some(count) = count.get_mut(usize::from(to.0)) {
                *count += 1;
            }
            if to != *place {
                // There are no more moves than vCPUs.
                let _ = moves.push((*vcpu, to));
            }
        }
        moves
    }

    /// Without bounds: a core on which nothing could run takes a vCPU from one on which several could, unless a more urgent guest
    /// had it most of the time.
    fn relieve(&mut self, view: &View<'_>) -> Moves {
        let since = |core: &CoreId| {
            let at = usize::from(core.0);
            let (now, then) = (view.loads.get(at).copied(), self.base.get(at).copied());
            let (now, then) = (now.unwrap_or_default(), then.unwrap_or_default());
            (now.samples.wrapping_sub(then.samples), now.urgent.wrapping_sub(then.urgent))
        };
        let free = view.cores.iter().find(|core| {
            let (samples, urgent) = since(core);
            samples < WINDOW / 4 && urgent < WINDOW / 2
        });
        let crowded =
            view.cores.iter().filter(|core| since(core).0 >= WINDOW + WINDOW / 2).max_by_key(|core| since(core).0);
        let mut moves = Moves::new();
        if let (Some(&free), Some(crowded)) = (free, crowded) {
            let leaver = view.places.iter().rev().find(|(_, place)| place == crowded);
            let _ = leaver.map(|&(vcpu, _)| moves.push((vcpu, free)));
        }
        self.restart(view);
        moves
    }
}
