//! What the records of a system table must keep among themselves.

use super::guest::{Guest, Irq};
use super::parse::BLAME;
use super::record::{GUEST_BYTES, HEADER_BYTES, IRQ_BYTES, MAX_CORES, RawGuest, RawIrq};
use crate::format::FormatError;
use core::mem::offset_of;

/// The greatest serial port number.
pub(super) const LAST_PORT: u8 = 3;

type Checked = Result<(), FormatError>;

/// Each guest by itself and against those before it.
pub(super) fn guests(records: &[RawGuest], cores: u8) -> Checked {
    for (index, raw) in records.iter().enumerate() {
        let at = HEADER_BYTES + index * GUEST_BYTES;
        let guest = Guest::from_raw(index as u8, raw);
        let guest = guest.ok_or(BLAME.bad("guest name or flags", at, 0, u32::from(raw.name[0])))?;
        let reserved = raw.reserved.iter().fold(0, |all, byte| all | byte).into();
        BLAME.check(reserved == 0, "reserved field", at + offset_of!(RawGuest, reserved), 0, reserved)?;
        numbers(&guest, at)?;
        memory(&guest, at)?;
        placement(&guest, cores, at)?;
        governor(raw, cores, at)?;
        watches(&guest, records, at)?;
        for other in records.iter().take(index).filter_map(|raw| Guest::from_raw(0, raw)) {
            let unique = other.name != guest.name && other.priority != guest.priority;
            let at_priority = at + offset_of!(RawGuest, priority);
            BLAME.check(unique, "name or priority used twice", at_priority, 0, guest.priority.into())?;
            let (start, at_memory) = (guest.memory.start, at + offset_of!(RawGuest, memory_start));
            let disjoint = !other.memory.overlaps(&guest.memory);
            BLAME.check(disjoint, "memory of two guests", at_memory, other.memory.start, start)?;
        }
    }
    Ok(())
}

fn numbers(guest: &Guest, at: usize) -> Checked {
    let Guest { level_low, level_high, irq_off, vcpus, .. } = *guest;
    let at_low = at + offset_of!(RawGuest, level_low);
    BLAME.check((1..=15).contains(&level_low), "lowest level", at_low, 1, level_low.into())?;
    let ordered = (level_low..=15).contains(&level_high);
    BLAME.check(ordered, "highest level", at + offset_of!(RawGuest, level_high), 15, level_high.into())?;
    let covers = (level_high..=15).contains(&irq_off);
    BLAME.check(
        covers,
        "interrupts-off mask",
        at + offset_of!(RawGuest, irq_off),
        level_high.into(),
        irq_off.into(),
    )?;
    let some = (1..=MAX_CORES as u8).contains(&vcpus);
    BLAME.check(some, "vCPU count", at + offset_of!(RawGuest, vcpus), MAX_CORES as u32, vcpus.into())?;
    let port = guest.console.unwrap_or(0);
    BLAME.check(port <= LAST_PORT, "console port", at + offset_of!(RawGuest, console), LAST_PORT.into(), port.into())
}

fn memory(guest: &Guest, at: usize) -> Checked {
    let Guest { memory, entry, stack_top, .. } = *guest;
    let at_length = at + offset_of!(RawGuest, memory_length);
    let room = 0x2000_0000u32.saturating_sub(memory.start);
    BLAME.check(memory.length > 0 && memory.length <= room, "memory length", at_length, room, memory.length)?;
    BLAME.check(memory.holds(entry), "entry", at + offset_of!(RawGuest, entry), memory.start, entry)?;
    let stack = stack_top == 0 || memory.holds_or_ends_at(stack_top);
    BLAME.check(stack, "stack top", at + offset_of!(RawGuest, stack_top), memory.start, stack_top)
}

/// The first `vcpus` places name a core, the rest none.
fn placement(guest: &Guest, cores: u8, at: usize) -> Checked {
    for (vcpu, core) in guest.placement.iter().enumerate() {
        let used = vcpu < usize::from(guest.vcpus);
        let good = if used { core.is_some_and(|core| core < cores) } else { core.is_none() };
        let found = core.map_or(0xff, u32::from);
        let want = if used { u32::from(cores) - 1 } else { 0xff };
        BLAME.check(good, "core of a vCPU", at + offset_of!(RawGuest, placement) + vcpu, want, found)?;
    }
    Ok(())
}

/// No bounds, or 1 to the number of cores, in order.
fn governor(raw: &RawGuest, cores: u8, at: usize) -> Checked {
    let (low, high) = (raw.cores_low, raw.cores_high);
    let good = (low, high) == (0, 0) || (1..=high).contains(&low) && high <= cores;
    BLAME.check(good, "bounds of the governor", at + offset_of!(RawGuest, cores_low), cores.into(), high.into())
}

/// Nobody, or another guest none of whose vCPUs is placed on the only vCPU's core.
fn watches(guest: &Guest, records: &[RawGuest], at: usize) -> Checked {
    let Some(number) = guest.watches else { return Ok(()) };
    let at_watches = at + offset_of!(RawGuest, watches);
    let watched = records.get(usize::from(number)).and_then(|raw| Guest::from_raw(number, raw));
    let last = records.len() as u32;
    let watched = watched.filter(|watched| watched.id != guest.id);
    let watched = watched.ok_or(BLAME.bad("watched guest", at_watches, last, u32::from(number) + 1))?;
    let one = guest.vcpus == 1;
    BLAME.check(one, "vCPUs of a guest that watches", at + offset_of!(RawGuest, vcpus), 1, guest.vcpus.into())?;
    let core = guest.placement.first().copied().flatten();
    let apart = watched.placement.iter().flatten().all(|&other| Some(other) != core);
    let found = core.map_or(0xff, u32::from);
    BLAME.check(
        apart,
        "core that a guest shares with one that watches it",
        at + offset_of!(RawGuest, placement),
        0xff,
        found,
    )
}

/// Each interrupt source: a legal code, one owner, a level of the owner's partition.
pub(super) fn irqs(records: &[RawIrq], guests: &[RawGuest]) -> Checked {
    for (index, irq) in records.iter().map(Irq::from_raw).enumerate() {
        let at = HEADER_BYTES + guests.len() * GUEST_BYTES + index * IRQ_BYTES;
        let code = u32::from(irq.intevt);
        BLAME.check(code < 0x1000 && code % 0x20 == 0, "INTEVT code", at, 0xfe0, code)?;
        let last = guests.len() as u32 - 1;
        let owner =
            guests.get(usize::from(irq.guest)).ok_or(BLAME.bad("interrupt's guest", at + 2, last, irq.guest.into()))?;
        let inside = (owner.level_low..=owner.level_high).contains(&irq.level);
        BLAME.check(inside, "interrupt level", at + 3, owner.level_low.into(), irq.level.into())?;
        let doubled = records.iter().take(index).any(|raw| raw.intevt.get() == irq.intevt);
        BLAME.check(!doubled, "interrupt owned twice", at, 0, code)?;
    }
    Ok(())
}
