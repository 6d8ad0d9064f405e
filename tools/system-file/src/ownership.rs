//! Who owns which interrupt source, device and console.

use crate::board::{Board, Port};
use crate::model::Kind;
use crate::problem::Problem;
use crate::reader::Problems;
use crate::schema::Draft;
use std::ops::Range;

/// The channel that ticks for SPUMONE (spumone-sh4a/src/board/rp1.rs).
const TICK: &str = "TMU5";

/// Somebody needs a device for itself.
struct Claim {
    device: &'static str,
    /// Number of the guest; `None` is SPUMONE.
    owner: Option<usize>,
    /// What needs it, for messages.
    what: String,
    span: Option<Range<usize>>,
    /// The interrupt source that made the claim.
    source: Option<&'static str>,
}

/// `several`: there are several cores, or several vCPUs of one guest.
pub(crate) fn check(drafts: &[Draft<'_>], board: &Board, log: &Port, several: bool, problems: &Problems) {
    sources(drafts, problems);
    if several {
        tick(drafts, problems);
    }
    consoles(drafts, log, problems);
    for guest in drafts.iter().filter(|guest| guest.kind == Some(Kind::Linux)) {
        needs_of_linux(guest, board, log, problems);
    }
    devices(&claims(drafts, log), problems);
}

/// An interrupt source has one owner, and is named once.
fn sources(drafts: &[Draft<'_>], problems: &Problems) {
    let all: Vec<_> = drafts.iter().flat_map(|guest| &guest.interrupts).map(|(source, _)| source).collect();
    for (index, source) in all.iter().enumerate() {
        let earlier = all.iter().take(index).find(|other| other.get_ref().name == source.get_ref().name);
        if let Some(earlier) = earlier {
            let message = format!("interrupt {} is owned twice", source.get_ref().name);
            let problem = Problem::new(source.span(), message, "leave it to one guest, once");
            problems.add(problem.and(earlier.span(), "owned first here"));
        }
    }
}

/// With several cores or vCPUs SPUMONE needs a timer channel itself.
fn tick(drafts: &[Draft<'_>], problems: &Problems) {
    let all = drafts.iter().flat_map(|guest| &guest.interrupts).map(|(source, _)| source);
    for source in all.filter(|source| source.get_ref().name == TICK) {
        let message = format!("{TICK} is SPUMONE's own in a system with several cores or vCPUs");
        problems.add(Problem::new(source.span(), message, "leave it out, or take another channel of its unit"));
    }
}

/// A port has one user, except that guests that write through SPUMONE may share the port of its log.
fn consoles(drafts: &[Draft<'_>], log: &Port, problems: &Problems) {
    for (index, guest) in drafts.iter().enumerate() {
        let Some(console) = &guest.console else { continue };
        let port = console.get_ref();
        if port.name == log.name {
            if guest.kind == Some(Kind::Linux) {
                let message = format!("Linux drives its console {} itself, but SPUMONE logs there", port.name);
                problems.add(Problem::new(console.span(), message, "choose another port here or for `log`"));
            }
            continue;
        }
        let earlier = drafts.iter().take(index).filter_map(|g| g.console.as_ref()).find(|c| c.get_ref() == port);
        if let Some(earlier) = earlier {
            let message = format!("two guests use {} as their console", port.name);
            let cure = format!(
                "choose another port, or {}, the port of SPUMONE's log, which is shared line by line",
                log.name
            );
            problems.add(Problem::new(console.span(), message, cure).and(earlier.span(), "used first here"));
        }
    }
}

/// Linux cannot live without a timer interrupt, nor its console driver without the port's.
fn needs_of_linux(guest: &Draft<'_>, board: &Board, log: &Port, problems: &Problems) {
    let owns = |name: &str| guest.interrupts.iter().any(|(source, _)| source.get_ref().name == name);
    if !guest.interrupts.iter().any(|(source, _)| source.get_ref().name.starts_with("TMU")) {
        let at = guest.span.start..guest.span.start + 1;
        let cure = "add `{ source = \"TMU0\", level = 2 }` to its `interrupts`";
        problems.add(Problem::new(at, "a guest of kind `linux` owns no timer interrupt and would never tick", cure));
    }
    let Some(console) = guest.console.as_ref().filter(|console| console.get_ref().name != log.name) else { return };
    let name = console.get_ref().name;
    if board.source(name).is_none() {
        let message = format!("{name} has no interrupt that Linux could use for its console");
        problems.add(Problem::new(console.span(), message, "choose another port"));
    } else if !owns(name) {
        let message = format!("Linux's console is {name}, but nobody gives it the interrupt {name}");
        let cure = format!("add `{{ source = \"{name}\", level = 2 }}` to its `interrupts`");
        problems.add(Problem::new(console.span(), message, cure));
    }
}

fn claims(drafts: &[Draft<'_>], log: &Port) -> Vec<Claim> {
    let what = format!("SPUMONE's log on {}", log.name);
    let mut claims = vec![Claim { device: log.name, owner: None, what, span: None, source: None }];
    for (number, guest) in drafts.iter().enumerate() {
        let owner = Some(number);
        for (source, _) in &guest.interrupts {
            let (span, source) = (Some(source.span()), source.get_ref());
            let what = format!("interrupt {}", source.name);
            claims.push(Claim { device: source.device, owner, what, span, source: Some(source.name) });
        }
        for device in &guest.devices {
            let (device, span) = (*device.get_ref(), Some(device.span()));
            claims.push(Claim { device, owner, what: format!("device {device}"), span, source: None });
        }
        // Consoles that share a port have been reported, or share the log's.
        let console = guest.console.iter().filter(|console| console.get_ref().name != log.name);
        for (port, span) in console.map(|console| (console.get_ref(), console.span())) {
            let what = format!("console {}", port.name);
            claims.push(Claim { device: port.name, owner, what, span: Some(span), source: None });
        }
    }
    claims
}

/// Each device has one owner: channels of a timer unit share its start register, a port has one set of registers.
fn devices(claims: &[Claim], problems: &Problems) {
    for (index, claim) in claims.iter().enumerate() {
        let Some(span) = claim.span.clone() else { continue };
        let other = |other: &&Claim| other.device == claim.device && other.owner != claim.owner;
        let Some(other) = claims.iter().take(index).find(other) else { continue };
        let reported = (claim.source.is_some() && claim.source == other.source)
            || (claim.what.starts_with("console") && claim.what == other.what);
        if reported {
            continue;
        }
        let message =
            format!("device {} has two owners: {} needs it, and {} has it", claim.device, claim.what, other.what);
        let problem = Problem::new(span, message, "leave the device, with all its channels, to one owner");
        problems.add(match other.span.clone() {
            Some(first) => problem.and(first, "needed first here"),
            None => problem,
        });
    }
}
