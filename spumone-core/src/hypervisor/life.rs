//! How guests, and the system, end.

use super::report::FaultReport;
use super::state::Hypervisor;
use crate::arch::Arch;
use crate::error::GuestFault;
use crate::guest::{Guest, Life};
use crate::sched::Next;
use crate::system::GuestFlags;
use crate::trace::Event;
use crate::vcpu::{State, VcpuId};
use core::fmt;

impl Hypervisor {
    /// Stops a guest for good after a fault, and says why.
    pub(super) fn park(&mut self, arch: &mut impl Arch, vcpu: VcpuId, fault: GuestFault, report: Option<&FaultReport>) {
        let Some(guest) = self.retire(arch, vcpu, Life::Parked(fault), State::Parked) else { return };
        arch.trace(Event::Park(guest.config.id.into()));
        match report {
            Some(report) => {
                let pc = report.pc;
                self.console
                    .log(format_args!("guest {} parked at PC {pc:#010x}: {fault}\n{report}", guest.config.name));
            }
            None => self.console.log(format_args!("guest {} parked: {fault}", guest.config.name)),
        }
    }

    /// A guest ended itself.
    pub(super) fn end(&mut self, arch: &mut impl Arch, vcpu: VcpuId, status: u32) {
        let Some(guest) = self.retire(arch, vcpu, Life::Ended(status), State::Ended) else { return };
        arch.trace(Event::Exit(u32::from(guest.config.id) << 24 | (status & 0xff_ffff)));
        self.console.log(format_args!("guest {} ended with status {status}", guest.config.name));
    }

    /// Takes everything from a guest that it could disturb others with.
    fn retire(&mut self, arch: &mut impl Arch, vcpu: VcpuId, life: Life, state: State) -> Option<Guest> {
        let guest = self.guests.get_mut(vcpu.index())?;
        guest.life = life;
        let guest = *guest;
        self.console.flush_line(guest.config.id, guest.config.name.as_str());
        self.sched.retire(vcpu, state);
        if self.fpu_owner == Some(vcpu) {
            self.fpu_owner = None;
        }
        for code in self.owners.of(vcpu) {
            arch.irq_mask(code);
        }
        self.update_actions(arch);
        self.finished = self.nobody_left();
        Some(guest)
    }

    /// True when no guest is left that the system waits for: no essential one, or none at all where none is essential.
    fn nobody_left(&self) -> bool {
        let essential = |guest: &Guest| guest.config.flags.contains(GuestFlags::ESSENTIAL);
        let counts = |guest: &&Guest| essential(guest) || !self.guests.iter().any(essential);
        self.guests.iter().filter(counts).all(|guest| guest.life != Life::Alive)
    }

    /// The last line of a run: `all guests ended: NAME=STATUS ...`.
    pub fn last_words(&mut self) {
        for guest in &self.guests {
            self.console.flush_line(guest.config.id, guest.config.name.as_str());
        }
        let Self { console, guests, .. } = self;
        console.log(format_args!("{}", Finished(guests)));
    }

    /// Sends what the log holds; true when everything is out. For the idle core and for the end.
    pub fn send_log(&mut self, arch: &mut impl Arch) -> bool {
        self.drain(arch)
    }

    /// A line of the log.
    pub fn log(&mut self, text: fmt::Arguments<'_>) {
        self.console.log(text);
    }

    /// The current vCPU waits for an interrupt, inside the `idle` call; what comes next.
    pub fn idle(&mut self, arch: &mut impl Arch, current: Option<VcpuId>) -> Next {
        self.sched.observe(current, |vcpu| arch.departures(vcpu));
        self.sched.idle();
        match self.leave(arch) {
            super::Outcome::Leave(next) => next,
            // A guest that can call `idle` is alive; if none is essential any more, the core sleeps all the same.
            super::Outcome::Return(_) | super::Outcome::Finished => Next::Idle,
        }
    }
}

/// What became of the guests.
pub struct Finished<'a>(pub &'a [Guest]);

impl fmt::Display for Finished<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("all guests ended:")?;
        for guest in self.0 {
            let name = guest.config.name;
            match guest.life {
                Life::Alive => write!(f, " {name}=running")?,
                Life::Ended(status) => write!(f, " {name}={status}")?,
                Life::Parked(_) => write!(f, " {name}=parked")?,
            }
        }
        Ok(())
    }
}
