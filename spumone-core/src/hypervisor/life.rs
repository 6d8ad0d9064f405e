//! How guests, and the system, end.

use super::entry::{Hypervisor, Outcome};
use super::report::FaultReport;
use super::state::CoreState;
use crate::arch::Arch;
use crate::cluster::{Ending, Op};
use crate::error::GuestFault;
use crate::guest::{Guest, Life};
use crate::sched::Next;
use crate::system::GuestFlags;
use crate::trace::Event;
use crate::vcpu::VcpuId;
use core::fmt;

impl Hypervisor {
    /// Stops a guest for good after a fault, and says why.
    pub(super) fn park(&mut self, arch: &mut impl Arch, vcpu: VcpuId, fault: GuestFault, report: Option<&FaultReport>) {
        let Some(guest) = self.state.guest_of(vcpu).copied() else { return };
        arch.trace(Event::Park(guest.config.id.into()));
        // It has not ended before: its vCPU ran.
        let _ = self.run(arch, Op::end(guest.config.id, Ending::Parked(0)));
        if let Some(guest) = self.state.guests.get_mut(usize::from(guest.config.id)) {
            guest.life = Life::Parked(Some(fault));
        }
        let console = &mut self.state.console;
        match report {
            Some(report) => {
                let pc = report.pc;
                console.log(format_args!("guest {} parked at PC {pc:#010x}: {fault}\n{report}", guest.config.name));
            }
            None => console.log(format_args!("guest {} parked: {fault}", guest.config.name)),
        }
    }

    /// A guest ended itself.
    pub(super) fn end(&mut self, arch: &mut impl Arch, guest: u8, status: u32) {
        arch.trace(Event::Exit(u32::from(guest) << 24 | (status & 0xff_ffff)));
        let _ = self.run(arch, Op::end(guest, Ending::Exited(status)));
        let CoreState { console, guests, .. } = &mut self.state;
        if let Some(guest) = guests.get(usize::from(guest)) {
            console.log(format_args!("guest {} ended with status {status}", guest.config.name));
        }
    }

    /// The last line of a run: `all guests ended: NAME=STATUS ...`.
    pub fn last_words(&mut self) {
        let CoreState { console, guests, .. } = &mut self.state;
        for guest in guests.iter() {
            console.flush_line(guest.config.id, guest.config.name.as_str());
        }
        console.log(format_args!("{}", Finished(guests)));
    }

    /// Sends what the log holds; true when everything is out. For the end.
    pub fn send_log(&mut self, arch: &mut impl Arch) -> bool {
        self.state.drain(arch)
    }

    /// A line of the log.
    pub fn log(&mut self, text: fmt::Arguments<'_>) {
        self.state.console.log(text);
    }

    /// The current vCPU waits for an interrupt, inside the `idle` call; what comes next.
    pub fn idle(&mut self, arch: &mut impl Arch, current: Option<VcpuId>) -> Next {
        self.observe(arch, current);
        self.state.sched.idle();
        match self.leave(arch) {
            Outcome::Leave(next) => next,
            // A guest that can call `idle` is alive; if none is essential any more, the core sleeps all the same.
            Outcome::Return(_) | Outcome::Finished => Next::Idle,
        }
    }
}

impl CoreState {
    /// True when no guest is left that the system waits for: no essential one, or none at all where none is essential.
    pub(super) fn nobody_left(&self) -> bool {
        let essential = |guest: &Guest| guest.config.flags.contains(GuestFlags::ESSENTIAL);
        let counts = |guest: &&Guest| essential(guest) || !self.guests.iter().any(essential);
        self.guests.iter().filter(counts).all(|guest| guest.life != Life::Alive)
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
