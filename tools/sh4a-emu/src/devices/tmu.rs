//! TMU, one unit: a start register shared by up to three 32-bit down-counters (SH7751R manual section 12, SH-4A manual "TMU").
//!
//! The prescaler runs freely from Pclk, so a channel steps at multiples of its divider. A channel that stands at 0 underflows
//! on the next step: TCNT takes TCOR and UNF is set, so a period is TCOR + 1 steps.

use super::clock::PeripheralClock;
use crate::bus::{CoreId, Width};
use crate::device::{Device, Instant, Unanswered};

const TOCR: u32 = 0x00;
const TSTR: u32 = 0x04;
const CHANNELS: u32 = 0x08;
const CHANNEL_LEN: u32 = 12;

const TCR_UNF: u16 = 1 << 8;
const TCR_UNIE: u16 = 1 << 5;
const TCR_TPSC: u16 = 7;
/// TPSC, CKEG, UNIE are stored as written; ICPE of channel 2 too (no capture input is connected).
const TCR_STORED: u16 = 0x00ff;

/// A timer unit.
#[derive(Clone, Debug)]
pub struct Tmu {
    clock: PeripheralClock,
    tocr: u8,
    tstr: u8,
    channels: Vec<Channel>,
}

#[derive(Clone, Debug)]
struct Channel {
    tcor: u32,
    /// The count at step `since`.
    count: u32,
    since: u64,
    tcr: u16,
}

impl Channel {
    fn divider(&self) -> u64 {
        match self.tcr & TCR_TPSC {
            0 => 4,
            1 => 16,
            2 => 64,
            3 => 256,
            4 => 1024,
            // RTC and external clock inputs are not connected; they count like the slowest prescaler.
            _ => 1024,
        }
    }

    fn steps_to_underflow(&self) -> u64 {
        u64::from(self.count) + 1
    }

    /// Moves the reference point to step `steps`, passing underflows on the way.
    fn settle(&mut self, steps: u64) {
        let passed = steps.saturating_sub(self.since);
        self.since = steps;
        if passed < self.steps_to_underflow() {
            self.count -= passed as u32;
            return;
        }
        self.tcr |= TCR_UNF;
        let over = passed - self.steps_to_underflow();
        self.count = self.tcor - (over % (u64::from(self.tcor) + 1)) as u32;
    }
}

impl Tmu {
    /// A unit with `channels` (1..=3) channels.
    pub fn new(clock: PeripheralClock, channels: usize) -> Self {
        let idle = Channel { tcor: u32::MAX, count: u32::MAX, since: 0, tcr: 0 };
        Self { clock, tocr: 0, tstr: 0, channels: vec![idle; channels.clamp(1, 3)] }
    }

    fn runs(&self, index: usize) -> bool {
        self.tstr >> index & 1 != 0
    }

    fn settle(&mut self, index: usize, now: Instant) {
        let runs = self.runs(index);
        let ticks = self.clock.ticks(now);
        let channel = &mut self.channels[index];
        let steps = ticks / channel.divider();
        if runs {
            channel.settle(steps);
        } else {
            channel.since = steps;
        }
    }

    fn locate(&self, offset: u32) -> Result<(usize, u32), Unanswered> {
        let at = offset.checked_sub(CHANNELS).ok_or(Unanswered)?;
        let index = (at / CHANNEL_LEN) as usize;
        if index < self.channels.len() { Ok((index, at % CHANNEL_LEN)) } else { Err(Unanswered) }
    }

    fn write_tcr(&mut self, index: usize, now: Instant, value: u16) {
        let ticks = self.clock.ticks(now);
        let channel = &mut self.channels[index];
        // Writing 0 clears UNF, writing 1 leaves it as it is.
        channel.tcr = value & TCR_STORED | channel.tcr & value & TCR_UNF;
        channel.since = ticks / channel.divider();
    }
}

impl Device for Tmu {
    fn read(&mut self, _core: CoreId, now: Instant, offset: u32, width: Width) -> Result<u32, Unanswered> {
        match (offset, width) {
            (TOCR, Width::Byte) => return Ok(self.tocr.into()),
            (TSTR, Width::Byte) => return Ok(self.tstr.into()),
            _ => {}
        }
        let (index, register) = self.locate(offset)?;
        self.settle(index, now);
        let channel = &self.channels[index];
        match (register, width) {
            (0, Width::Long) => Ok(channel.tcor),
            (4, Width::Long) => Ok(channel.count),
            (8, Width::Half) => Ok(channel.tcr.into()),
            _ => Err(Unanswered),
        }
    }

    fn write(&mut self, _core: CoreId, now: Instant, offset: u32, width: Width, value: u32) -> Result<(), Unanswered> {
        match (offset, width) {
            (TOCR, Width::Byte) => {
                self.tocr = value as u8 & 1;
                return Ok(());
            }
            (TSTR, Width::Byte) => {
                self.advance(now);
                self.tstr = value as u8 & ((1 << self.channels.len()) - 1);
                return Ok(());
            }
            _ => {}
        }
        let (index, register) = self.locate(offset)?;
        self.settle(index, now);
        match (register, width) {
            (0, Width::Long) => self.channels[index].tcor = value,
            (4, Width::Long) => self.channels[index].count = value,
            (8, Width::Half) => self.write_tcr(index, now, value as u16),
            _ => return Err(Unanswered),
        }
        Ok(())
    }

    fn next_event(&self, now: Instant) -> Option<Instant> {
        (0..self.channels.len())
            .filter(|&index| {
                // A channel whose UNF already stands changes no output.
                self.runs(index) && self.channels[index].tcr & (TCR_UNF | TCR_UNIE) == TCR_UNIE
            })
            .map(|index| {
                let channel = &self.channels[index];
                let steps = channel.since + channel.steps_to_underflow();
                self.clock.instant(steps.saturating_mul(channel.divider())).max(now)
            })
            .min()
    }

    fn advance(&mut self, now: Instant) {
        (0..self.channels.len()).for_each(|index| self.settle(index, now));
    }

    fn outputs(&self) -> u32 {
        let requests = |channel: &Channel| channel.tcr & (TCR_UNF | TCR_UNIE) == TCR_UNF | TCR_UNIE;
        self.channels.iter().enumerate().map(|(index, channel)| u32::from(requests(channel)) << index).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TCOR0: u32 = 0x08;
    const TCNT0: u32 = 0x0c;
    const TCR0: u32 = 0x10;

    /// One Pclk tick is one cycle, so a step at TPSC 0 is 4 cycles.
    fn tmu() -> Tmu {
        Tmu::new(PeripheralClock::new(1, 1), 3)
    }

    fn write(tmu: &mut Tmu, now: Instant, offset: u32, width: Width, value: u32) {
        tmu.write(0, now, offset, width, value).expect("a register");
    }

    fn count(tmu: &mut Tmu, now: Instant) -> u32 {
        tmu.read(0, now, TCNT0, Width::Long).expect("TCNT0")
    }

    #[test]
    fn counts_down_at_pclk_over_four_only_while_started() {
        let mut tmu = tmu();
        write(&mut tmu, 0, TCNT0, Width::Long, 1000);
        assert_eq!(count(&mut tmu, 400), 1000);
        write(&mut tmu, 400, TSTR, Width::Byte, 1);
        assert_eq!(count(&mut tmu, 403), 1000);
        assert_eq!(count(&mut tmu, 404), 999);
        assert_eq!(count(&mut tmu, 800), 900);
        write(&mut tmu, 800, TSTR, Width::Byte, 0);
        assert_eq!(count(&mut tmu, 8000), 900);
    }

    #[test]
    fn each_prescaler_has_its_divider() {
        for (tpsc, divider) in [(0, 4), (1, 16), (2, 64), (3, 256), (4, 1024)] {
            let mut tmu = tmu();
            write(&mut tmu, 0, TCR0, Width::Half, tpsc);
            write(&mut tmu, 0, TSTR, Width::Byte, 1);
            assert_eq!(count(&mut tmu, divider * 10), u32::MAX - 10);
        }
    }

    #[test]
    fn a_period_is_tcor_plus_one_steps_and_requests_an_interrupt() {
        let mut tmu = tmu();
        write(&mut tmu, 0, TCOR0, Width::Long, 9);
        write(&mut tmu, 0, TCNT0, Width::Long, 9);
        write(&mut tmu, 0, TCR0, Width::Half, TCR_UNIE.into());
        write(&mut tmu, 0, TSTR, Width::Byte, 1);
        // 9 steps to reach 0, one more to underflow: 10 steps of 4 cycles.
        assert_eq!(tmu.next_event(0), Some(40));
        tmu.advance(39);
        assert_eq!(tmu.outputs(), 0);
        tmu.advance(40);
        assert_eq!(tmu.outputs(), 1);
        assert_eq!(count(&mut tmu, 40), 9);
        // Acknowledged by writing 0 to UNF; the next period began at the underflow, not at the acknowledgement.
        write(&mut tmu, 52, TCR0, Width::Half, TCR_UNIE.into());
        assert_eq!(tmu.outputs(), 0);
        assert_eq!(tmu.next_event(52), Some(80));
    }

    #[test]
    fn writing_one_to_unf_keeps_it_and_cannot_set_it() {
        let mut tmu = tmu();
        write(&mut tmu, 0, TCR0, Width::Half, (TCR_UNF | TCR_UNIE).into());
        assert_eq!(tmu.outputs(), 0);
        write(&mut tmu, 0, TCNT0, Width::Long, 0);
        write(&mut tmu, 0, TSTR, Width::Byte, 1);
        tmu.advance(4);
        write(&mut tmu, 5, TCR0, Width::Half, (TCR_UNF | TCR_UNIE).into());
        assert_eq!(tmu.outputs(), 1);
    }

    #[test]
    fn channels_share_tstr_but_not_their_counts() {
        let mut tmu = tmu();
        write(&mut tmu, 0, TSTR, Width::Byte, 0b111);
        write(&mut tmu, 8, TSTR, Width::Byte, 0b101);
        assert_eq!(tmu.read(0, 40, 0x18, Width::Long), Ok(u32::MAX - 2));
        assert_eq!(tmu.read(0, 40, 0x24, Width::Long), Ok(u32::MAX - 10));
        assert_eq!(tmu.read(0, 40, TSTR, Width::Byte), Ok(0b101));
    }

    #[test]
    fn many_periods_at_once_leave_the_right_count() {
        let mut tmu = tmu();
        write(&mut tmu, 0, TCOR0, Width::Long, 6);
        write(&mut tmu, 0, TCNT0, Width::Long, 6);
        write(&mut tmu, 0, TSTR, Width::Byte, 1);
        // 7 steps a period: after 7 * 1000 + 2 steps two of the next period are gone.
        assert_eq!(count(&mut tmu, 4 * 7002), 4);
    }

    #[test]
    fn wrong_widths_and_missing_channels_are_not_answered() {
        let mut two = Tmu::new(PeripheralClock::new(1, 1), 2);
        assert_eq!(two.read(0, 0, 0x20, Width::Long), Err(Unanswered));
        assert_eq!(two.read(0, 0, TSTR, Width::Long), Err(Unanswered));
        assert_eq!(two.write(0, 0, TCNT0, Width::Half, 0), Err(Unanswered));
    }
}
