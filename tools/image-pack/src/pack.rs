//! From a system and its programs to the flat image.

use crate::elf::Elf;
use crate::error::PackError;
use crate::guest;
use crate::layout::{self, Draft};
use spumone_core::format::{Name, crc32};
use spumone_core::image::{self, HEADER_OFFSET, Part, PartKind, table_bytes};
use spumone_core::system::{self, GuestFlags, Irq};
use system_file::{Kind, System};

/// Parts start at multiples of this, so that the boot stage may copy words.
const ALIGNMENT: usize = 16;

/// An ELF file and its name for messages.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// Path, for messages.
    pub name: &'a str,
    /// Content.
    pub elf: &'a [u8],
}

/// The programs of a system.
pub struct Inputs<'a> {
    /// The boot stage, linked for the start of the image.
    pub boot: Input<'a>,
    /// SPUMONE's instance; the system table goes behind it.
    pub instance: Input<'a>,
    /// The guests, in the order of the system file.
    pub guests: Vec<Input<'a>>,
    /// For each guest of kind monitor, in the order of the system file, the profile of the kernel that it watches.
    pub profiles: Vec<&'a [u8]>,
}

/// Makes the flat image.
///
/// # Errors
/// The first input that does not fit, and why.
pub fn pack(system: &System, inputs: &Inputs<'_>) -> Result<Vec<u8>, PackError> {
    if inputs.guests.len() != system.guests.len() {
        return Err(PackError::Count { guests: system.guests.len(), images: inputs.guests.len() });
    }
    let board = system.board;
    let boot = Elf::read(inputs.boot.name, inputs.boot.elf)?;
    let boot = layout::boot_stage(&boot, board)?;
    let instance = Elf::read(inputs.instance.name, inputs.instance.elf)?;
    layout::check_instance(&instance, board.instance)?;
    let mut parts = drafts(&instance, PartKind::Load, None, "spumone");
    let mut guests = Vec::new();
    let mut guest_parts = Vec::new();
    let mut profiles = inputs.profiles.iter();
    for ((guest, input), id) in system.guests.iter().zip(&inputs.guests).zip(0u8..) {
        let mut elf = Elf::read(input.name, input.elf)?;
        layout::check_guest(&elf, guest.name.as_str(), &guest.memory)?;
        guest::prepare(guest, &mut elf)?;
        let profile = match &guest.watch {
            Some(watch) => {
                let profile = profiles.next().ok_or(PackError::NoProfile { guest: guest.name.to_string() })?;
                let address = layout::behind_guest(&elf, guest.name.as_str(), &guest.memory, profile.len())?;
                guest::monitors(watch, address, profile.len(), &mut elf)?;
                Some((address, profile))
            }
            None => None,
        };
        let own = drafts(&elf, PartKind::Guest, Some(id), guest.name.as_str());
        let number = own.len();
        guest_parts.extend(own);
        guest_parts.extend(profile.map(|(address, profile)| Draft {
            kind: PartKind::Guest,
            guest: Some(id),
            name: part_name(guest.name.as_str(), number),
            address,
            memory: profile.len() as u32,
            data: profile.to_vec(),
        }));
        guests.push(describe_guest(guest, id, elf.entry));
    }
    parts.push(system_table(system, &guests, &instance)?);
    parts.extend(guest_parts);
    let image = assemble(&boot.bytes, &parts);
    let (bytes, room) = (image.len(), board.image.length as usize);
    if bytes > room {
        return Err(PackError::TooLarge { bytes, over: bytes - room, limit: board.image_limit });
    }
    let start = u64::from(board.image.start);
    let occupied = board.image_in_memory.then_some((start, start + bytes as u64));
    layout::check_overlaps(&parts, &boot.elsewhere, occupied)?;
    finish(image, &boot.bytes, &parts, system, instance.entry)
}

fn drafts(elf: &Elf<'_>, kind: PartKind, guest: Option<u8>, name: &str) -> Vec<Draft> {
    let part = |(number, segment)| Draft::of_segment(segment, kind, guest, part_name(name, number));
    elf.segments.iter().enumerate().map(part).collect()
}

/// "linux.0", cut at the front part so that it is a legal name.
fn part_name(owner: &str, number: usize) -> Name {
    let mut bytes = [0; Name::LEN];
    let tail = format!(".{number}");
    let head = owner.bytes().filter(u8::is_ascii_graphic).take(Name::LEN - tail.len().min(Name::LEN));
    for (place, byte) in bytes.iter_mut().zip(head.chain(tail.bytes())) {
        *place = byte;
    }
    Name::from_bytes(bytes).expect("graphic ASCII, at least the dot and a digit")
}

/// The guest as the hypervisor sees it.
fn describe_guest(guest: &system_file::Guest, id: u8, entry: u32) -> system::Guest {
    let mut placement = [None; system::MAX_CORES];
    for (place, core) in placement.iter_mut().zip(&guest.placement) {
        *place = Some(*core);
    }
    let (level_low, level_high) = guest.kind.levels();
    let mut flags = GuestFlags::empty();
    flags.set(GuestFlags::FPU, guest.fpu);
    flags.set(GuestFlags::MMU, guest.kind == Kind::Linux);
    flags.set(GuestFlags::ESSENTIAL, guest.essential);
    // A real-time guest's stack is the top of its memory, seen through P1; Linux sets its own.
    let top = 0x8000_0000 | (guest.memory.start + guest.memory.length);
    system::Guest {
        id,
        name: guest.name,
        memory: guest.memory,
        entry,
        stack_top: if guest.kind == Kind::Linux { 0 } else { top },
        priority: guest.priority,
        vcpus: guest.placement.len() as u8,
        placement,
        governor: guest.governor,
        level_low,
        level_high,
        irq_off: guest.kind.irq_off(),
        flags,
        console: guest.console,
        watches: guest.watch.as_ref().map(|watch| watch.guest),
    }
}

fn system_table(system: &System, guests: &[system::Guest], instance: &Elf<'_>) -> Result<Draft, PackError> {
    let interrupts = system.guests.iter().zip(0u8..).flat_map(|(guest, id)| {
        let source = move |i: &'_ system_file::Interrupt| {
            let level = i.level;
            i.intevt.iter().map(move |&intevt| Irq { intevt, guest: id, level })
        };
        guest.interrupts.iter().flat_map(source)
    });
    let mut table = vec![0; system::MAX_BYTES];
    let irqs: Vec<_> = interrupts.collect();
    let used = system::encode(&mut table, system.board.number, system.cores, system.log, guests, &irqs)?;
    table.truncate(used);
    let (kind, memory) = (PartKind::SystemTable, system::MAX_BYTES as u32);
    let address = layout::behind(instance, system.board, memory)?;
    Ok(Draft { kind, guest: None, name: part_name("system-table", 0), address, memory, data: table })
}

/// Boot stage, room for header and table, and the parts' content.
fn assemble(boot: &[u8], parts: &[Draft]) -> Vec<u8> {
    let mut image = boot.to_vec();
    image.resize(HEADER_OFFSET as usize + table_bytes(parts.len() + 1), 0);
    for part in parts {
        image.resize(image.len().next_multiple_of(ALIGNMENT), 0);
        image.extend_from_slice(&part.data);
    }
    image
}

/// Writes header and part table; the offsets follow [`assemble`].
fn finish(
    mut image: Vec<u8>,
    boot: &[u8],
    drafts: &[Draft],
    system: &System,
    entry: u32,
) -> Result<Vec<u8>, PackError> {
    let mut offset = HEADER_OFFSET as usize + table_bytes(drafts.len() + 1);
    let length = boot.len() as u32;
    let mut parts = vec![Part {
        kind: PartKind::BootStage,
        guest: None,
        offset: 0,
        length,
        address: system.board.image.start,
        memory: length,
        crc: crc32(boot),
        name: part_name("boot", 0),
    }];
    for draft in drafts {
        offset = offset.next_multiple_of(ALIGNMENT);
        parts.push(Part {
            kind: draft.kind,
            guest: draft.guest,
            offset: offset as u32,
            length: draft.data.len() as u32,
            address: draft.address,
            memory: draft.memory,
            crc: crc32(&draft.data),
            name: draft.name,
        });
        offset += draft.data.len();
    }
    image::encode(&mut image, system.board.number, entry, &parts)?;
    Ok(image)
}
