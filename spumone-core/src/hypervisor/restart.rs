//! A guest begins anew: who asks for it, and its memory, which is loaded in small steps of work.

use super::calls::Caller;
use super::entry::{Hypervisor, Outcome};
use crate::arch::Arch;
use crate::cluster::{Ending, Op};
use crate::error::GuestFault;
use crate::format::FormatError;
use crate::guest::Life;
use crate::image::{Piece, Reload};

impl Hypervisor {
    /// The caller's guest shall begin anew.
    pub(super) fn restart(&mut self, arch: &mut impl Arch, caller: Caller) -> Outcome {
        if arch.image().is_none() {
            self.park(arch, caller.vcpu, GuestFault::Restart, None);
        } else {
            // Another of its vCPUs may have been faster.
            let _ = self.run(arch, Op::restart(caller.vcpu, caller.guest));
        }
        self.leave(arch)
    }

    /// Loads the next piece of the memory of `guest`, whose vCPUs all stand.
    pub(super) fn load(&mut self, arch: &mut impl Arch, guest: u8) {
        match self.load_piece(arch, guest) {
            Ok(false) => {}
            Ok(true) => {
                self.work.reload = None;
                self.node.loaded();
            }
            Err(error) => {
                self.work.reload = None;
                let fault = GuestFault::Image(error);
                let _ = self.run(arch, Op::end(guest, Ending::Parked(0)));
                if let Some(guest) = self.state.guests.get_mut(usize::from(guest)) {
                    guest.life = Life::Parked(Some(fault));
                    self.state.console.log(format_args!("guest {} parked: {fault}", guest.config.name));
                }
                self.node.not_loaded();
            }
        }
    }

    /// True when everything is loaded.
    fn load_piece(&mut self, arch: &mut impl Arch, guest: u8) -> Result<bool, FormatError> {
        let Some(reload) = &mut self.work.reload else {
            let memory = self.state.guests.get(usize::from(guest)).map(|guest| guest.config.memory);
            let (Some(bytes), Some(memory)) = (arch.image(), memory) else { return Ok(true) };
            self.work.reload = Some(Reload::new(bytes, guest, memory)?);
            return Ok(false);
        };
        match reload.next_piece()? {
            Piece::Checked => {}
            Piece::Copy(address, piece) => arch.load(address, piece),
            Piece::Clear(address, length) => arch.clear(address, length),
            Piece::End => return Ok(true),
        }
        Ok(false)
    }
}
