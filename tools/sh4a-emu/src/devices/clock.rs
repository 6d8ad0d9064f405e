//! The ratio between the emulator's time and the chip's peripheral clock.

use crate::device::Instant;

/// Pclk as an exact fraction of the core's cycles, so that no rounding ever accumulates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeripheralClock {
    ticks: u64,
    cycles: u64,
}

impl PeripheralClock {
    /// A clock that makes `ticks` ticks in `cycles` core cycles; zero of either counts as one.
    pub fn new(ticks: u64, cycles: u64) -> Self {
        Self { ticks: ticks.max(1), cycles: cycles.max(1) }
    }

    /// RP1: Pclk 50 MHz, core 600 MHz divided by 2^N.
    pub fn rp1(divider_shift: u32) -> Self {
        Self::new(1 << divider_shift.min(20), 12)
    }

    /// r2d as QEMU counts under `-icount shift=N`: an instruction takes 2^N ns, Pclk is 60 MHz.
    pub fn r2d(icount_shift: u32) -> Self {
        Self::new(3 << icount_shift.min(20), 50)
    }

    /// Ticks that have happened by `now`.
    pub fn ticks(self, now: Instant) -> u64 {
        (u128::from(now) * u128::from(self.ticks) / u128::from(self.cycles)) as u64
    }

    /// The first instant at which `ticks` ticks have happened.
    pub fn instant(self, ticks: u64) -> Instant {
        let cycles = u128::from(ticks) * u128::from(self.cycles);
        u64::try_from(cycles.div_ceil(u128::from(self.ticks))).unwrap_or(Instant::MAX)
    }

    /// Core cycles in one second of guest time, given Pclk's frequency in Hz.
    pub fn cycles_per_second(self, pclk_hz: u64) -> u64 {
        self.instant(pclk_hz)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instant_is_the_first_one_at_which_the_tick_has_happened() {
        for clock in [
            PeripheralClock::rp1(0),
            PeripheralClock::rp1(7),
            PeripheralClock::r2d(0),
            PeripheralClock::r2d(4),
            PeripheralClock::r2d(10),
        ] {
            for ticks in 1..500 {
                let at = clock.instant(ticks);
                assert!(clock.ticks(at) >= ticks);
                assert!(at == 0 || clock.ticks(at - 1) < ticks);
            }
        }
    }

    #[test]
    fn rates_are_those_of_the_boards() {
        assert_eq!(PeripheralClock::rp1(0).ticks(600_000_000), 50_000_000);
        assert_eq!(PeripheralClock::rp1(7).ticks(600_000_000 >> 7), 50_000_000);
        // shift 0: 10^9 instructions are one second, 60 MHz.
        assert_eq!(PeripheralClock::r2d(0).ticks(1_000_000_000), 60_000_000);
        assert_eq!(PeripheralClock::r2d(4).ticks(1_000_000_000 >> 4), 60_000_000);
    }
}
