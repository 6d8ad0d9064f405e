//! Questions about a Linux guest that every host of monitors must answer alike, on the same state of the guest. They are put as a monitor would
//! put them, so that they run wherever monitors run; each answer is a line of at most 110 characters.
#![no_std]

mod answer;
mod limits;
mod objects;
mod places;

use core::fmt::Arguments;

use monitor_api::{AccessError, Budget, Guest, Processors, Registers};

/// Who takes the answers, a line each.
pub type Say<'s> = &'s mut dyn FnMut(Arguments<'_>);

/// Puts all questions but those about registers. The last answer is what the others were charged.
///
/// # Errors
/// When what every Linux has cannot be read: then there is nothing to compare.
pub fn ask(guest: &Guest<'_>, say: Say<'_>) -> Result<(), AccessError> {
    let budget = Budget::bytes(u64::MAX);
    let view = guest.view(&budget);
    objects::ask(&view, say)?;
    places::ask(&view, say)?;
    limits::ask(guest, say)?;
    say(format_args!("charged {}", budget.used()));
    Ok(())
}

/// The registers of every virtual CPU, as far as hosts need agree on them (not on SR's T, S, M and Q, nor on MACH and MACL, which a call need not keep).
pub fn ask_registers(host: &(impl Processors + ?Sized), say: Say<'_>) {
    for vcpu in 0..host.count() {
        let Some(mut all) = host.registers(vcpu) else {
            say(format_args!("cpu {vcpu} does not tell"));
            continue;
        };
        all.sr &= !0x303;
        for (name, eight) in [
            ("r0..7", all.r.first_chunk::<8>()),
            ("r8..15", all.r.last_chunk::<8>()),
            ("bank 0", Some(&all.bank0)),
            ("bank 1", Some(&all.bank1)),
        ] {
            say(format_args!("cpu {vcpu} {name} {:08x?}", eight.unwrap_or(&[0; 8])));
        }
        let Registers { pc, pr, gbr, vbr, sr, ssr, spc, .. } = all;
        say(format_args!("cpu {vcpu} pc {pc:08x} pr {pr:08x} gbr {gbr:08x} vbr {vbr:08x}"));
        say(format_args!("cpu {vcpu} sr {sr:08x} ssr {ssr:08x} spc {spc:08x}"));
    }
}
