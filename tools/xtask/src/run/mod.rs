//! Boots a system on the emulator or on stock QEMU, at the terminal or headless.

mod emulator;
mod qemu;
mod watch;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use clap::{Args, ValueEnum};
use regex::Regex;
use sh4a_emu::machine::{DEFAULT_QUANTUM, LocalWindow};
use system_file::{Kind, System};

use crate::{image, workspace};
use watch::Watch;

/// Builds a system file's image and boots it
#[derive(Args)]
pub(crate) struct Options {
    /// The system file, e.g. configs/rp1-linux-rt.toml
    #[arg(long, value_name = "FILE")]
    pub(crate) system: PathBuf,
    /// The machine that the system file must be for
    #[arg(long)]
    pub(crate) machine: Option<String>,
    /// What plays the machine
    #[arg(long, value_enum, default_value_t = On::Emu)]
    pub(crate) on: On,
    /// No terminal: all consoles go to standard output, each line with its console's name
    #[arg(long)]
    pub(crate) headless: bool,
    /// Headless: succeed as soon as each of these matched a line of some console, in any order
    #[arg(long, value_name = "REGEX", requires = "headless")]
    pub(crate) expect: Vec<Regex>,
    /// Headless: fail after this many seconds
    #[arg(long, value_name = "N", default_value_t = 300)]
    pub(crate) timeout_s: u64,
    /// QEMU: one instruction takes 2^N ns of the guest's time, which makes a run repeatable
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=10))]
    pub(crate) icount: Option<u32>,
    /// Added to the command line of every Linux, e.g. spumone.run=bench
    #[arg(long, value_name = "WORDS")]
    pub(crate) append: Option<String>,
    #[command(flatten)]
    pub(crate) cores: Cores,
}

/// How the emulator plays several cores.
#[derive(Args, Clone, Debug)]
pub(crate) struct Cores {
    /// Emulator: how many cycles a core may run ahead of the slowest
    #[arg(long, value_name = "N", default_value_t = DEFAULT_QUANTUM, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) quantum: u64,
    /// Emulator: chance decides which core runs when and for how long; the same seed repeats the same run
    #[arg(long, value_name = "N")]
    pub(crate) interleave_seed: Option<u64>,
    /// Emulator, rp1: whether other cores can reach a core's local memories, at 0x14000000
    #[arg(long, value_enum, default_value_t)]
    pub(crate) local_window: LocalWindow,
    /// Emulator: says at the end what each core did with its time
    #[arg(long)]
    pub(crate) stats: bool,
}

impl Default for Cores {
    fn default() -> Self {
        Self { quantum: DEFAULT_QUANTUM, interleave_seed: None, local_window: LocalWindow::Closed, stats: false }
    }
}

impl Options {
    /// A headless run on the emulator with the usual limit.
    pub(crate) fn headless(system: &str, expect: &[&str]) -> Result<Self> {
        let expect = expect.iter().map(|text| Regex::new(text)).collect::<Result<_, _>>();
        Ok(Self {
            system: workspace::root().join(system),
            machine: None,
            on: On::Emu,
            headless: true,
            expect: expect.context("not a regular expression")?,
            timeout_s: 300,
            icount: None,
            append: None,
            cores: Cores::default(),
        })
    }
}

/// What plays the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum On {
    /// Our emulator
    Emu,
    /// Stock QEMU (r2d only)
    Qemu,
}

/// After this a run that should end by itself has failed; no test waits for it.
const LIMIT: Duration = Duration::from_secs(600);

/// Where a headless machine is.
enum Progress {
    Running,
    /// It came to an end by itself; `well` if that is how a system ends.
    Ended {
        well: bool,
        how: String,
    },
}

/// Builds the image and boots it.
pub(crate) fn run(options: &Options) -> Result<()> {
    run_to(options, std::io::stdout())
}

/// The same; the consoles of a headless run go to `out`.
pub(crate) fn run_to(options: &Options, out: impl Write) -> Result<()> {
    run_system(options, image::load(&options.system)?, out)
}

/// The same for a system that is not quite that of its file.
pub(crate) fn run_system(options: &Options, mut system: System, out: impl Write) -> Result<()> {
    for guest in system.guests.iter_mut().filter(|guest| guest.kind == Kind::Linux) {
        let words = guest.cmdline.iter().chain(&options.append).map(String::as_str).collect::<Vec<_>>();
        guest.cmdline = (!words.is_empty()).then(|| words.join(" "));
    }
    let board = system.board.name;
    if let Some(machine) = options.machine.as_deref().filter(|machine| *machine != board) {
        bail!("{} is for machine {board}, not {machine}", options.system.display());
    }
    ensure!(
        options.on == On::Emu || board == "r2d",
        "stock QEMU has no machine {board}; take a system file for r2d, or --on emu"
    );
    let image = image::build(&system)?;
    if options.headless {
        return headless(options, &system, &image, out);
    }
    let linux = system.guests.iter().find(|guest| guest.kind == Kind::Linux).or(system.guests.first());
    let terminal = linux.and_then(|guest| guest.console);
    let terminal = usize::from(terminal.unwrap_or(system.log));
    eprintln!("end it with Ctrl-A x");
    match options.on {
        On::Emu => {
            let machine = emulator::machine(board, system.cores, &image, &options.cores)?;
            emulator::interactive(machine, terminal, &console_names(&system), options.cores.stats)
        }
        On::Qemu => with_file(&image, |path| qemu::interactive(path, options.icount, terminal)),
    }
}

fn headless(options: &Options, system: &System, image: &[u8], out: impl Write) -> Result<()> {
    let mut watch = Watch::new(console_names(system), options.expect.clone(), out);
    let limit = Duration::from_secs(options.timeout_s);
    match options.on {
        On::Emu => {
            let started = Instant::now();
            let machine = emulator::machine(system.board.name, system.cores, image, &options.cores)?;
            let mut machine = emulator::Emulator::headless(machine);
            let result = drive(&mut watch, limit, |watch| Ok(machine.step(|port, bytes| watch.feed(port, bytes))));
            let (retired, seconds) = (machine.retired(), started.elapsed().as_secs_f64());
            let (name, mips) =
                (options.system.file_stem().unwrap_or_default().display(), retired as f64 / seconds / 1e6);
            eprintln!("{name}: {retired} instructions in {seconds:.1} s, {mips:.0} MIPS");
            if options.cores.stats {
                eprint!("{}", machine.core_times());
            }
            result
        }
        On::Qemu => with_file(image, |path| {
            let mut machine = qemu::Qemu::headless(path, options.icount)?;
            drive(&mut watch, limit, |watch| machine.step(|port, bytes| watch.feed(port, bytes)))
        }),
    }
}

/// Boots an image without a terminal and runs it until it ends by itself; returns what the consoles printed, each line with its
/// console's name in front.
pub(crate) fn to_the_end(on: On, system: &System, image: &[u8]) -> Result<String> {
    let mut out = Vec::new();
    let mut watch = Watch::new(console_names(system), Vec::new(), &mut out);
    match on {
        On::Emu => {
            let machine = emulator::machine(system.board.name, system.cores, image, &Cores::default())?;
            let mut machine = emulator::Emulator::headless(machine);
            drive(&mut watch, LIMIT, |watch| Ok(machine.step(|port, bytes| watch.feed(port, bytes))))?;
        }
        On::Qemu => with_file(image, |path| {
            let mut machine = qemu::Qemu::headless(path, None)?;
            drive(&mut watch, LIMIT, |watch| machine.step(|port, bytes| watch.feed(port, bytes)))
        })?,
    }
    Ok(String::from_utf8_lossy(&out).into_owned())
}

/// Runs an ELF file on a bare machine of ours to its end; what serial port `port` transmitted.
pub(crate) fn bare(board: &str, program: &Path, port: usize) -> Result<String> {
    let elf = std::fs::read(program).with_context(|| format!("cannot read {}", program.display()))?;
    emulator::bare(board, &elf, port)
}

/// Runs an image on our emulator to its end; at serial port `port` waits for each first text and types the second.
pub(crate) fn scripted(system: &System, image: &[u8], port: usize, steps: &[(&str, &str)]) -> Result<String> {
    let machine = emulator::machine(system.board.name, system.cores, image, &Cores::default())?;
    emulator::play(machine, port, steps)
}

/// Runs an image on our emulator until each expression has matched a line; returns what the consoles printed.
pub(crate) fn until(system: &System, image: &[u8], expected: &[&str]) -> Result<String> {
    let expected = expected.iter().map(|text| Regex::new(text)).collect::<Result<_, _>>()?;
    let mut out = Vec::new();
    let mut watch = Watch::new(console_names(system), expected, &mut out);
    let machine = emulator::machine(system.board.name, system.cores, image, &Cores::default())?;
    let mut machine = emulator::Emulator::headless(machine);
    drive(&mut watch, LIMIT, |watch| Ok(machine.step(|port, bytes| watch.feed(port, bytes))))?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}

/// Steps a machine until everything expected came (or, if nothing is expected, until it ends well); fails when it ends
/// before that or the time is over.
fn drive<W: Write>(
    watch: &mut Watch<W>,
    limit: Duration,
    mut step: impl FnMut(&mut Watch<W>) -> Result<Progress>,
) -> Result<()> {
    let started = Instant::now();
    loop {
        let progress = step(watch)?;
        if watch.complete() {
            return Ok(());
        }
        let failure = match progress {
            Progress::Running if started.elapsed() < limit => continue,
            Progress::Running => format!("{} s are over", limit.as_secs()),
            Progress::Ended { well: true, .. } if watch.missing().is_empty() => return Ok(()),
            Progress::Ended { how, .. } => how,
        };
        let missing: Vec<String> = watch.missing().iter().map(|regex| format!("\n  missing: {regex}")).collect();
        bail!("{failure}{}\n{}", missing.concat(), watch.tails());
    }
}

/// Names of the serial ports by number: the guest that owns it, or what it is for.
fn console_names(system: &System) -> Vec<String> {
    let ports = system.board.ports.iter().map(|port| usize::from(port.number)).max().map_or(0, |last| last + 1);
    let name = |number: usize| {
        let owner = system.guests.iter().find(|guest| guest.console.map(usize::from) == Some(number));
        match owner {
            // The log's port carries guests' lines too, with their names in front.
            _ if usize::from(system.log) == number => "spumone".to_owned(),
            Some(guest) => guest.name.to_string(),
            None => format!("serial{number}"),
        }
    };
    (0..ports).map(name).collect()
}

fn with_file<T>(image: &[u8], run: impl FnOnce(&Path) -> Result<T>) -> Result<T> {
    let dir = tempfile::tempdir().context("no temporary folder")?;
    let path = dir.path().join("image.bin");
    std::fs::write(&path, image).context("cannot write the image")?;
    run(&path)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// For r2d: prints "hello" on the SCIF and switches the board off.
    #[rustfmt::skip]
    const HELLO: [u8; 56] = [
        0x08, 0xd1, // mov.l  SCSCR,r1
        0x30, 0xe0, // mov    #0x30,r0       transmitter and receiver on
        0x01, 0x21, // mov.w  r0,@r1
        0x08, 0xd1, // mov.l  SCFTDR,r1
        0x09, 0xc7, // mova   text,r0
        0x03, 0x62, // mov    r0,r2
        0x24, 0x60, // 1: mov.b @r2+,r0
        0x08, 0x20, // tst    r0,r0
        0x02, 0x89, // bt     2f
        0x00, 0x21, // mov.b  r0,@r1
        0xfa, 0xaf, // bra    1b
        0x09, 0x00, // nop
        0x04, 0xd1, // 2: mov.l PA_POWOFF,r1
        0x01, 0xe0, // mov    #1,r0
        0x01, 0x21, // mov.w  r0,@r1
        0xfe, 0xaf, // 3: bra 3b
        0x09, 0x00, // nop
        0x09, 0x00, // nop
        0x08, 0x00, 0xe8, 0xff, // SCSCR 0xffe80008
        0x0c, 0x00, 0xe8, 0xff, // SCFTDR 0xffe8000c
        0x30, 0x00, 0x00, 0xa4, // PA_POWOFF 0xa4000030
        b'h', b'e', b'l', b'l', b'o', b'\n', 0, 0,
    ];

    fn boot(image: &[u8], expected: &[&str], limit: Duration) -> (Result<()>, String) {
        let expected = expected.iter().map(|text| Regex::new(text).unwrap()).collect();
        let mut out = Vec::new();
        let mut watch = Watch::new(vec!["sci".into(), "scif".into()], expected, &mut out);
        let machine = emulator::machine("r2d", 1, image, &Cores::default()).unwrap();
        let mut machine = emulator::Emulator::headless(machine);
        let result = drive(&mut watch, limit, |watch| Ok(machine.step(|port, bytes| watch.feed(port, bytes))));
        (result, String::from_utf8(out).unwrap())
    }

    const LONG: Duration = Duration::from_secs(600);

    #[test]
    fn a_machine_that_says_what_is_expected_succeeds() {
        let (result, shown) = boot(&HELLO, &["^hello$"], LONG);
        result.unwrap();
        assert_eq!(shown, "      scif | hello\n");
    }

    #[test]
    fn without_expectations_a_good_end_is_enough() {
        boot(&HELLO, &[], LONG).0.unwrap();
    }

    #[test]
    fn an_end_before_everything_came_fails_with_what_is_missing_and_the_console() {
        let error = boot(&HELLO, &["hello", "goodbye"], LONG).0.unwrap_err().to_string();
        assert!(error.contains("switched itself off"), "{error}");
        assert!(error.contains("missing: goodbye") && !error.contains("missing: hello"), "{error}");
        assert!(error.contains("end of scif:\nhello") && error.contains("sci: printed nothing"), "{error}");
    }

    #[test]
    fn a_machine_that_hangs_fails_when_the_time_is_over() {
        let hang = [0xfe, 0xaf, 0x09, 0x00]; // 1: bra 1b; nop
        let error = boot(&hang, &["hello"], Duration::ZERO).0.unwrap_err().to_string();
        assert!(error.contains("0 s are over") && error.contains("missing: hello"), "{error}");
    }

    #[test]
    fn a_crash_is_reported_with_the_machine_state() {
        // TRAPA with SR.BL = 1, as it is after reset, is a double fault.
        let error = boot(&[0x00, 0xc3], &["hello"], LONG).0.unwrap_err().to_string();
        assert!(error.contains("double fault") && error.contains("SPC"), "{error}");
    }

    #[test]
    fn ports_are_named_after_their_guests() {
        let load = |name: &str| image::load(&workspace::root().join("configs").join(name)).unwrap();
        assert_eq!(console_names(&load("r2d-linux-rt.toml")), ["spumone", "linux"]);
        assert_eq!(console_names(&load("rp1-linux-rt.toml")), ["linux", "rt-probe", "serial2", "spumone"]);
    }
}
