//! From text to a [`System`]: reads every key, then lets the rules look at the whole.

use crate::board::{BOARDS, Board, Port, Source};
use crate::model::{GUEST_IMAGES, Guest, GuestImage, Interrupt, Kind, System};
use crate::problem::{BadSystemFile, Problem};
use crate::reader::{Problems, Reader, suggest};
use crate::rules;
use crate::watch::{self, WatchDraft};
use spumone_core::format::Name;
use spumone_core::governor::Bounds;
use spumone_core::system::Region;
use std::ops::Range;
use std::path::Path;
use toml::Spanned;
use toml::de::DeTable;

/// Reads and checks the system file at `path`; relative image paths are resolved against its folder.
///
/// # Errors
/// The file cannot be read, or breaks a rule.
pub fn load(path: &Path) -> Result<System, BadSystemFile> {
    let file = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| {
        let message = format!("cannot read the system file: {error}");
        BadSystemFile::new(
            &file,
            "",
            vec![Problem::new(0..0, message, "give the path of a TOML file, e.g. configs/rp1-linux-rt.toml")],
        )
    })?;
    let mut system = parse(&file, &text)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    for guest in &mut system.guests {
        if let GuestImage::File(image) = &mut guest.image {
            *image = folder.join(&image);
        }
    }
    Ok(system)
}

/// Checks the text of a system file; `file` is its name in messages.
///
/// # Errors
/// All rules that the text breaks.
pub fn parse(file: &str, text: &str) -> Result<System, BadSystemFile> {
    let bad = |problems| BadSystemFile::new(file, text, problems);
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let problem = |error: &toml::de::Error| {
            let span = error.span().unwrap_or(0..0);
            Problem::new(span, format!("not TOML: {}", error.message()), "correct the syntax (https://toml.io)")
        };
        return Err(bad(errors.iter().map(problem).collect()));
    }
    let problems = Problems::default();
    let system = read(&document, &problems);
    match system {
        Some(system) if problems.is_empty() => Ok(system),
        _ => Err(bad(problems.into_inner())),
    }
}

/// What the rules need to know besides the values: where they stand.
pub(crate) struct Draft<'a> {
    pub(crate) span: Range<usize>,
    pub(crate) name: Option<Spanned<&'a str>>,
    pub(crate) kind: Option<Kind>,
    pub(crate) memory: Option<Spanned<Region>>,
    pub(crate) priority: Option<Spanned<u8>>,
    pub(crate) vcpus: Option<Spanned<u32>>,
    pub(crate) placement: Option<Spanned<Vec<Spanned<u32>>>>,
    pub(crate) governor: Option<Spanned<Bounds>>,
    pub(crate) interrupts: Vec<(Spanned<&'static Source>, Spanned<u8>)>,
    pub(crate) devices: Vec<Spanned<&'static str>>,
    pub(crate) console: Option<Spanned<&'static Port>>,
    pub(crate) cmdline: Option<Spanned<&'a str>>,
    pub(crate) params: Option<Spanned<Vec<Spanned<u32>>>>,
    pub(crate) image: Option<Spanned<GuestImage>>,
    pub(crate) watch: WatchDraft<'a>,
    fpu: Option<bool>,
    essential: Option<bool>,
}

fn read(document: &Spanned<DeTable<'_>>, problems: &Problems) -> Option<System> {
    let mut file = Reader::new(document.get_ref(), document.span(), "the file", problems);
    let machine = file.string("machine");
    let board = machine.as_ref().and_then(|name| Board::named(name.get_ref()));
    let names = BOARDS.iter().map(|board| board.name);
    match &machine {
        None => file.missing("machine", "\"rp1\""),
        Some(name) if board.is_none() => unknown(problems, "machine", name, names, "choose a machine"),
        Some(_) => {}
    }
    let cores = file.number("cores");
    let log = file.string("log");
    let mut guests = file.tables("guest");
    // Without the board nothing else can be judged but the keys.
    let mut drafts: Vec<_> = guests.iter_mut().map(|guest| read_guest(guest, board, problems)).collect();
    if guests.is_empty() {
        let cure = "add a table [[guest]] with at least name, kind, image, memory and priority";
        problems.add(Problem::new(0..0, "the file has no guest", cure));
    }
    guests.into_iter().for_each(Reader::finish);
    let ports = |board: &'static Board| board.ports.iter().map(|port| port.name);
    let log = board.and_then(|board| match &log {
        None => board.port(board.log),
        Some(name) => {
            let port = board.port(name.get_ref());
            if port.is_none() {
                unknown(problems, "serial port", name, ports(board), "choose a port of the board");
            }
            port
        }
    });
    file.finish();
    let (board, log) = (board?, log?);
    let cores = rules::cores(cores, board, problems);
    rules::check(&drafts, board, cores, log, problems);
    if !problems.is_empty() {
        return None;
    }
    let names: Vec<_> = drafts.iter().map(|draft| draft.name.as_ref().map(|name| *name.get_ref())).collect();
    let guests = drafts.drain(..).map(|draft| finish(draft, &names)).collect::<Option<_>>()?;
    Some(System { board, cores, log: log.number, guests })
}

/// Reads the keys of one guest, each by itself.
fn read_guest<'a>(guest: &mut Reader<'a, '_>, board: Option<&'static Board>, problems: &Problems) -> Draft<'a> {
    let name = guest.string("name");
    if name.is_none() {
        guest.missing("name", "\"linux\"");
    }
    let kind = guest.string("kind");
    let known_kind = kind.as_ref().and_then(|kind| Kind::named(kind.get_ref()));
    match &kind {
        None => guest.missing("kind", "\"linux\"`, `kind = \"rtos\"` or `kind = \"monitor\""),
        Some(kind) if known_kind.is_none() => {
            unknown(problems, "kind of guest", kind, Kind::NAMES.into_iter(), "choose a kind");
        }
        Some(_) => {}
    }
    let image = guest.string("image");
    if image.is_none() {
        guest.missing("image", "\"linux\"` or the path of an ELF file, `image = \"../build/guest.elf\"");
    }
    let image = image.and_then(|image| read_image(&image, problems));
    let memory = read_memory(guest);
    let governor = read_governor(guest);
    let priority = guest.number("priority");
    if priority.is_none() {
        guest.missing("priority", "1");
    }
    let priority = priority.and_then(|priority| {
        let value = u8::try_from(*priority.get_ref()).ok();
        if value.is_none() {
            problems.add(Problem::new(priority.span(), "priority above 255", "choose a number from 0 to 255"));
        }
        value.map(|value| Spanned::new(priority.span(), value))
    });
    let console = guest.string("console");
    let devices = guest.strings("devices").map(Spanned::into_inner).unwrap_or_default();
    let interrupts = read_interrupts(guest, board, problems);
    let console = board.zip(console).and_then(|(board, name)| {
        let port = board.port(name.get_ref());
        if port.is_none() {
            let ports = board.ports.iter().map(|port| port.name);
            unknown(problems, "serial port", &name, ports, "choose a port of the board");
        }
        port.map(|port| Spanned::new(name.span(), port))
    });
    let devices = devices.iter().filter_map(|name| {
        let known = board?.devices;
        let device = known.iter().find(|device| *device == name.get_ref());
        if device.is_none() {
            unknown(problems, "device", name, known.iter().copied(), "choose a device of the board");
        }
        device.map(|device| Spanned::new(name.span(), *device))
    });
    Draft {
        span: guest.span(),
        name,
        kind: known_kind,
        memory,
        priority,
        devices: devices.collect(),
        vcpus: guest.number("vcpus"),
        placement: guest.numbers("placement"),
        governor,
        interrupts,
        console,
        cmdline: guest.string("cmdline"),
        params: guest.numbers("params"),
        image,
        fpu: guest.boolean("fpu").map(Spanned::into_inner),
        essential: guest.boolean("essential").map(Spanned::into_inner),
        watch: watch::read(guest, problems),
    }
}

fn read_memory(guest: &mut Reader<'_, '_>) -> Option<Spanned<Region>> {
    let before = guest.table("memory");
    let Some(mut memory) = before else {
        guest.missing("memory", "{ start = 0x0c400000, size = 0x07c00000 }");
        return None;
    };
    let (start, size) = (memory.number("start"), memory.number("size"));
    if start.is_none() {
        memory.missing("start", "0x0c400000");
    }
    if size.is_none() {
        memory.missing("size", "0x07c00000");
    }
    let span = memory.span();
    memory.finish();
    Some(Spanned::new(span, Region { start: start?.into_inner(), length: size?.into_inner() }))
}

fn read_governor(guest: &mut Reader<'_, '_>) -> Option<Spanned<Bounds>> {
    let mut governor = guest.table("governor")?;
    let (min, max) = (governor.number("min"), governor.number("max"));
    if min.is_none() {
        governor.missing("min", "1");
    }
    if max.is_none() {
        governor.missing("max", "4");
    }
    let span = governor.span();
    governor.finish();
    // The rules refuse what did not fit, as they refuse 255.
    let cores = |number: Spanned<u32>| u8::try_from(number.into_inner()).unwrap_or(u8::MAX);
    Some(Spanned::new(span, Bounds { low: cores(min?), high: cores(max?) }))
}

fn read_interrupts(
    guest: &mut Reader<'_, '_>,
    board: Option<&'static Board>,
    problems: &Problems,
) -> Vec<(Spanned<&'static Source>, Spanned<u8>)> {
    let mut interrupts = Vec::new();
    for mut entry in guest.tables("interrupts") {
        let (name, level) = (entry.string("source"), entry.number("level"));
        if name.is_none() {
            entry.missing("source", "\"TMU0\"");
        }
        if level.is_none() {
            entry.missing("level", "2");
        }
        entry.finish();
        let (Some(board), Some(name), Some(level)) = (board, name, level) else { continue };
        match board.source(name.get_ref()) {
            // The rules refuse a level that did not fit, as they refuse 255.
            Some(source) => {
                let level = Spanned::new(level.span(), u8::try_from(*level.get_ref()).unwrap_or(u8::MAX));
                interrupts.push((Spanned::new(name.span(), source), level));
            }
            None => {
                let sources = board.sources.iter().map(|source| source.name);
                unknown(problems, "interrupt source", &name, sources, "choose a source of the board");
            }
        }
    }
    interrupts
}

/// A well-known name or, if it looks like a path, a file.
fn read_image(image: &Spanned<&str>, problems: &Problems) -> Option<Spanned<GuestImage>> {
    let text = *image.get_ref();
    if let Some(name) = GUEST_IMAGES.into_iter().find(|name| *name == text) {
        return Some(Spanned::new(image.span(), GuestImage::WellKnown(name)));
    }
    if text.contains(['/', '.']) {
        return Some(Spanned::new(image.span(), GuestImage::File(text.into())));
    }
    unknown(problems, "guest image", image, GUEST_IMAGES.into_iter(), "name a guest or give the path of an ELF file");
    None
}

pub(crate) fn unknown<'n>(
    problems: &Problems,
    what: &str,
    name: &Spanned<&str>,
    known: impl Iterator<Item = &'n str> + Clone,
    otherwise: &str,
) {
    let message = format!("unknown {what} `{}`", name.get_ref());
    problems.add(Problem::new(name.span(), message, suggest(name.get_ref(), known, otherwise)));
}

/// The guest, once the rules found nothing to object to.
fn finish(draft: Draft<'_>, names: &[Option<&str>]) -> Option<Guest> {
    let kind = draft.kind?;
    let vcpus = draft.vcpus.map_or(1, Spanned::into_inner) as u8;
    let placement = match draft.placement {
        Some(placement) => placement.into_inner().into_iter().map(|core| core.into_inner() as u8).collect(),
        None => (0..vcpus).collect(),
    };
    let interrupt = |(source, level): (Spanned<&'static Source>, Spanned<u8>)| {
        let source = source.into_inner();
        Interrupt { source: source.name, intevt: source.intevt, level: level.into_inner() }
    };
    let params = draft.params.map(Spanned::into_inner).unwrap_or_default();
    Some(Guest {
        name: Name::new(draft.name?.get_ref())?,
        kind,
        image: draft.image?.into_inner(),
        memory: draft.memory?.into_inner(),
        priority: draft.priority?.into_inner(),
        placement,
        governor: draft.governor.map(Spanned::into_inner),
        interrupts: draft.interrupts.into_iter().map(interrupt).collect(),
        console: draft.console.map(|port| port.get_ref().number),
        cmdline: draft.cmdline.map(|line| line.into_inner().to_owned()),
        params: params.into_iter().map(Spanned::into_inner).collect(),
        fpu: draft.fpu.unwrap_or(kind == Kind::Linux),
        essential: draft.essential.unwrap_or(kind != Kind::Monitor),
        watch: draft.watch.finish(names),
    })
}
