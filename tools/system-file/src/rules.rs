//! What a guest must keep by itself, and the guests among themselves; ownership has its own file.

use crate::board::{Board, Port, Region};
use crate::model::{GuestImage, Kind};
use crate::ownership;
use crate::problem::Problem;
use crate::reader::Problems;
use crate::schema::Draft;
use crate::watch;
use spumone_core::format::Name;
use spumone_core::governor::Bounds;
use spumone_core::system::{MAX_CORES, MAX_GUESTS};
use toml::Spanned;

/// Linux's COMMAND_LINE_SIZE on SH (asm-generic/setup.h), less the terminating zero.
const MAX_CMDLINE: usize = 511;
/// Guests' memories are whole pages.
const PAGE: u32 = 0x1000;

/// The number of cores used, 1 unless the file says more.
pub(crate) fn cores(cores: Option<Spanned<u32>>, board: &Board, problems: &Problems) -> u8 {
    let Some(cores) = cores else { return 1 };
    let number = u8::try_from(*cores.get_ref()).ok().filter(|n| (1..=board.cores).contains(n));
    number.unwrap_or_else(|| {
        let message = format!("`cores` is {}, but {} has {}", cores.get_ref(), board.name, board.cores);
        problems.add(Problem::new(cores.span(), message, format!("choose 1 to {}", board.cores)));
        board.cores
    })
}

/// All rules.
pub(crate) fn check(drafts: &[Draft<'_>], board: &Board, cores: u8, log: &Port, problems: &Problems) {
    if let Some(extra) = drafts.get(MAX_GUESTS) {
        let message = format!("{} guests, but a system has at most {MAX_GUESTS}", drafts.len());
        problems.add(Problem::new(head(extra), message, "remove guests"));
    }
    for (index, guest) in drafts.iter().enumerate() {
        let others = drafts.get(..index).unwrap_or(&[]);
        name(guest, others, problems);
        priority(guest, others, problems);
        vcpus(guest, cores, problems);
        governor(guest, cores, problems);
        image(guest, board, problems);
        memory(guest, others, board, problems);
        levels(guest, problems);
        arguments(guest, problems);
    }
    let several = cores > 1 || drafts.iter().any(|guest| number_of_vcpus(guest) > 1);
    watch::check(drafts, board, problems);
    ownership::check(drafts, board, log, several, problems);
}

/// A guest's table spans many lines; its first character is enough to show it.
fn head(guest: &Draft<'_>) -> std::ops::Range<usize> {
    guest.span.start..guest.span.start + 1
}

fn name(guest: &Draft<'_>, others: &[Draft<'_>], problems: &Problems) {
    let Some(name) = &guest.name else { return };
    if Name::new(name.get_ref()).is_none() {
        let message = format!("`{}` is no legal name", name.get_ref());
        problems.add(Problem::new(name.span(), message, "use 1 to 16 printable ASCII characters without blanks"));
    }
    if let Some(other) = others.iter().filter_map(|g| g.name.as_ref()).find(|n| n.get_ref() == name.get_ref()) {
        let message = format!("two guests are named `{}`", name.get_ref());
        problems.add(
            Problem::new(name.span(), message, "give each guest its own name").and(other.span(), "used first here"),
        );
    }
}

fn priority(guest: &Draft<'_>, others: &[Draft<'_>], problems: &Problems) {
    let Some(priority) = &guest.priority else { return };
    let same = |p: &&Spanned<u8>| p.get_ref() == priority.get_ref();
    if let Some(other) = others.iter().filter_map(|g| g.priority.as_ref()).find(same) {
        let message = format!("two guests have priority {}", priority.get_ref());
        let cure = "give each guest its own priority; the greater runs first";
        problems.add(Problem::new(priority.span(), message, cure).and(other.span(), "used first here"));
    }
}

fn vcpus(guest: &Draft<'_>, cores: u8, problems: &Problems) {
    let number = number_of_vcpus(guest);
    if let Some(vcpus) = guest.vcpus.as_ref().filter(|_| !(1..=MAX_CORES as u32).contains(&number)) {
        let message = format!("{number} vCPUs, but a guest has 1 to {MAX_CORES}");
        problems.add(Problem::new(vcpus.span(), message, format!("choose 1 to {MAX_CORES}")));
        return;
    }
    let Some(placement) = &guest.placement else {
        if let Some(vcpus) = guest.vcpus.as_ref().filter(|_| number > cores.into()) {
            let message =
                format!("{number} vCPUs, but the system uses {cores} core{}", if cores == 1 { "" } else { "s" });
            let shared: Vec<_> = (0..number).map(|vcpu| (vcpu % u32::from(cores)).to_string()).collect();
            let cure = format!("say which share a core, `placement = [{}]`, or raise `cores`", shared.join(", "));
            problems.add(Problem::new(vcpus.span(), message, cure));
        }
        return;
    };
    if placement.get_ref().len() != number as usize {
        let message = format!("`placement` names {} cores for {number} vCPUs", placement.get_ref().len());
        problems.add(Problem::new(placement.span(), message, "name one core for each vCPU; two may share one"));
    }
    for core in placement.get_ref().iter().filter(|core| *core.get_ref() >= cores.into()) {
        let message = format!("core {} does not exist: the system uses {cores}, counted from 0", core.get_ref());
        problems.add(Problem::new(core.span(), message, format!("choose 0 to {}, or raise `cores`", cores - 1)));
    }
}

fn governor(guest: &Draft<'_>, cores: u8, problems: &Problems) {
    let Some(governor) = &guest.governor else { return };
    let Bounds { low, high } = *governor.get_ref();
    if low == 0 || low > high || high > cores {
        let message = format!("`governor` allows {low} to {high} cores, but the system uses {cores}");
        let cure = format!("choose 1 <= min <= max <= {cores}");
        problems.add(Problem::new(governor.span(), message, cure));
    }
    if number_of_vcpus(guest) < 2 {
        let message = "`governor` for a guest with one vCPU, which is on one core anyway";
        problems.add(Problem::new(governor.span(), message, "remove it, or raise `vcpus`"));
    }
}

fn number_of_vcpus(guest: &Draft<'_>) -> u32 {
    guest.vcpus.as_ref().map_or(1, |vcpus| *vcpus.get_ref())
}

/// What `cargo xtask build` makes is for one vCPU or for several, and not for every board.
fn image(guest: &Draft<'_>, board: &Board, problems: &Problems) {
    let Some(image) = &guest.image else { return };
    let GuestImage::WellKnown(name) = image.get_ref() else { return };
    let vcpus = number_of_vcpus(guest);
    if !board.has_image(name) {
        let message = format!("`{name}` is for several cores, and {} has one", board.name);
        let cure = if *name == "monitors" { "take another board" } else { "use `linux`" };
        problems.add(Problem::new(image.span(), message, cure));
    } else if (*name == "monitors") != (guest.kind == Some(Kind::Monitor)) && guest.kind.is_some() {
        let message = "the image `monitors` and the kind `monitor` belong together";
        problems.add(Problem::new(image.span(), message, "change the one or the other"));
    } else if *name == "linux" && vcpus > 1 {
        let message = format!("`linux` is a kernel for one vCPU, but the guest has {vcpus}");
        problems.add(Problem::new(image.span(), message, "use `linux-smp`, or remove `vcpus`"));
    }
}

fn memory(guest: &Draft<'_>, others: &[Draft<'_>], board: &Board, problems: &Problems) {
    let Some(memory) = &guest.memory else { return };
    let (region, span) = (memory.get_ref(), memory.span());
    if region.length == 0 || region.start % PAGE != 0 || region.length % PAGE != 0 {
        let message = format!("memory {} is not made of whole pages", show(region));
        problems.add(Problem::new(span.clone(), message, format!("use multiples of {PAGE:#x} for start and size")));
    }
    if !inside(region, &board.memory) {
        let message =
            format!("memory {} is not in the memory of {}, {}", show(region), board.name, show(&board.memory));
        problems.add(Problem::new(
            span.clone(),
            message,
            "choose start and size inside the board's memory (bus addresses)",
        ));
    }
    for reserved in board.reserved.iter().filter(|reserved| reserved.region.overlaps(region)) {
        let message = format!("memory {} overlaps {} at {}", show(region), reserved.name, show(&reserved.region));
        let cure = format!("start at {:#x} or above", reserved.region.start + reserved.region.length);
        problems.add(Problem::new(span.clone(), message, cure));
    }
    for other in others.iter().filter_map(|g| g.memory.as_ref()).filter(|other| other.get_ref().overlaps(region)) {
        let message = format!("memory {} overlaps another guest's {}", show(region), show(other.get_ref()));
        let cure = "move or shrink one of the two";
        problems.add(Problem::new(span.clone(), message, cure).and(other.span(), "the other guest's memory"));
    }
}

fn inside(inner: &Region, outer: &Region) -> bool {
    let end = |region: &Region| u64::from(region.start) + u64::from(region.length);
    inner.start >= outer.start && end(inner) <= end(outer)
}

/// First and last address.
fn show(region: &Region) -> String {
    let last = (u64::from(region.start) + u64::from(region.length)).saturating_sub(1);
    format!("{:#010x}..={last:#010x}", region.start)
}

fn levels(guest: &Draft<'_>, problems: &Problems) {
    let Some(kind) = guest.kind else { return };
    let (low, high) = kind.levels();
    for (source, level) in guest.interrupts.iter().filter(|(_, level)| !(low..=high).contains(level.get_ref())) {
        let name = source.get_ref().name;
        let message = format!("level of {name} is outside {low}..={high}, the partition of kind `{}`", kind.name());
        let cure = format!("choose a level from {low} to {high}: Linux has 1..=7, real-time kernels have 8..=15");
        problems.add(Problem::new(level.span(), message, cure));
    }
}

/// `cmdline` is for Linux, `params` are for the others.
fn arguments(guest: &Draft<'_>, problems: &Problems) {
    if let Some(line) = &guest.cmdline {
        if let Some(kind) = guest.kind.filter(|kind| *kind != Kind::Linux) {
            let message = format!("`cmdline` given to a guest of kind `{}`", kind.name());
            let cure = if kind == Kind::Rtos { "; use `params`" } else { "" };
            problems.add(Problem::new(line.span(), message, format!("only Linux has a command line{cure}")));
        }
        if line.get_ref().len() > MAX_CMDLINE {
            let message = format!("`cmdline` has {} bytes, Linux takes {MAX_CMDLINE}", line.get_ref().len());
            problems.add(Problem::new(line.span(), message, "shorten it"));
        }
        if line.get_ref().chars().any(char::is_control) {
            problems.add(Problem::new(line.span(), "`cmdline` has a control character", "remove it"));
        }
    }
    if let Some((params, kind)) = guest.params.as_ref().zip(guest.kind).filter(|(_, kind)| *kind != Kind::Rtos) {
        let message = format!("`params` given to a guest of kind `{}`", kind.name());
        let cure = if kind == Kind::Linux {
            "Linux has no parameter block; use `cmdline`"
        } else {
            "monitors are told by `budget` and `policy`"
        };
        problems.add(Problem::new(params.span(), message, cure));
    }
}
