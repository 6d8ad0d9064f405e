//! Monitors: lists, runs and begins them.

pub(crate) mod create;
mod dump;
mod order;
pub(crate) mod spumone;
mod watch;

pub(crate) use dump::from_board;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use clap::{Args, Subcommand, ValueEnum};
use linux_guest::Variant;
use monitor_api::profile::Profile;
use monitor_api::{Limits, Monitor, Verdict};
use monitor_hosts::{Dump, Emulator, GdbStub, Target, Watch, proof};

use crate::profile;

/// Lists, runs and begins monitors
#[derive(Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Lists the monitors
    List,
    /// Runs a monitor (or `all`) on a guest; fails if it raises something
    Run(Box<Run>),
    /// Boots a system with a guest of kind monitor, and shows at the terminal what its monitors do and find
    Watch(watch::Options),
    /// Writes a guest's memory as an ELF core: of a kernel at its shell on the emulator, or of a guest that stands still for it on a board
    Dump(dump::Options),
    /// Orders what becomes of a guest that stands still on a board, because a monitor's policy said so
    Order(order::Options),
    /// Begins a monitor: a crate in monitors/ that builds, is tested, and runs on every host
    New {
        /// Its name, such as open-files
        name: String,
    },
}

/// Where the guest is.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum On {
    /// Live on the emulator: boots the kernel until its shell
    Emu,
    /// In a memory dump: an ELF core, or raw memory
    Dump,
    /// Behind a gdb stub, such as QEMU's
    Gdb,
    /// On SPUMONE: boots configs/rp1-smp-linux-monitors.toml on the emulator and reads what its monitors write down
    Spumone,
}

#[derive(Args)]
struct Run {
    /// Which, or `all`
    name: String,
    /// Where the guest is
    #[arg(long, value_enum)]
    on: On,
    /// The dump's file, or the stub's address (localhost:1234)
    #[arg(required_if_eq_any([("on", "dump"), ("on", "gdb")]))]
    place: Option<String>,
    /// The guest's kernel, such as rp1-upstream, or a vmlinux file
    #[arg(long, value_name = "KERNEL", default_value = "rp1-upstream")]
    kernel: String,
    /// A profile that was made before, instead of the kernel's
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
    /// Complete scans of each monitor
    #[arg(long, value_name = "N", default_value_t = 2)]
    scans: u32,
    /// Bytes that a step may read
    #[arg(long, value_name = "N", default_value_t = 512 << 10)]
    budget: u64,
    /// The dump is raw memory that begins at this address
    #[arg(long, value_name = "ADDRESS", value_parser = number)]
    raw: Option<u64>,
    /// Where guest memory begins (gdb)
    #[arg(long, value_name = "ADDRESS", value_parser = number, default_value = "0x0c000000")]
    memory: u64,
    /// Guest memory in megabytes (gdb)
    #[arg(long, value_name = "MB", default_value_t = 64)]
    megabytes: u64,
}

fn number(text: &str) -> Result<u64, String> {
    let digits = text.strip_prefix("0x");
    let value = digits.map_or_else(|| text.parse(), |hex| u64::from_str_radix(hex, 16));
    value.map_err(|error| format!("{text:?}: {error}; write for example 0x0c000000"))
}

/// Does it.
pub(crate) fn run(options: &Options) -> Result<()> {
    match &options.action {
        Action::List => {
            print!("{}", monitor_hosts::about());
            Ok(())
        }
        Action::Run(options) => run_on(options),
        Action::Watch(options) => watch::run(options),
        Action::Dump(options) => dump::run(options),
        Action::Order(options) => order::run(options),
        Action::New { name } => create::run(name),
    }
}

fn run_on(options: &Run) -> Result<()> {
    if options.on == On::Spumone {
        return spumone::run(&options.name, options.scans);
    }
    let mut monitors: Vec<Box<dyn Monitor>> = match options.name.as_str() {
        "all" => monitor_hosts::all(),
        name => vec![monitor_hosts::by_name(name)?],
    };
    let bytes = match &options.profile {
        Some(path) => std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?,
        None => profile::extract(&options.kernel)?.1,
    };
    let profile = Profile::open(&bytes)?;
    let mut target = target(options)?;
    let how = Watch { scans: options.scans, limits: Limits::bytes(options.budget) };
    let summary = monitor_hosts::watch(target.as_mut(), profile, &mut monitors, how, &mut |raised| {
        println!("{} (scan {}): {}", raised.monitor, raised.scan, raised.finding);
    })?;
    for (name, why) in &summary.not_applicable {
        println!("{name}: does not apply: {why}");
    }
    for (name, error) in &summary.broken {
        println!("{name}: a scan broke off: {error}");
    }
    for (name, cost) in summary.cost.iter().filter(|(_, cost)| cost.bytes > 0) {
        let each = u64::from(cost.scans.max(1));
        println!("{name}: {} scans, {} steps, {} bytes a scan", cost.scans, cost.steps, cost.bytes / each);
    }
    ensure!(summary.verdict() == Verdict::Fine, "{} findings; verdict: {:?}", summary.raised.len(), summary.verdict());
    ensure!(summary.broken.is_empty(), "{} scans broke off", summary.broken.len());
    println!("nothing found");
    Ok(())
}

fn target(options: &Run) -> Result<Box<dyn Target>> {
    let place = options.place.as_deref().unwrap_or_default();
    Ok(match options.on {
        On::Emu => Box::new(boot(options.kernel.parse()?)?),
        On::Dump => Box::new(match options.raw {
            Some(start) => Dump::read_raw(place.as_ref(), start)?,
            None => Dump::read_core(place.as_ref())?,
        }),
        On::Gdb => {
            let memory = (options.memory, options.megabytes << 20);
            Box::new(GdbStub::connect(place, memory, Duration::from_millis(100))?)
        }
        On::Spumone => bail!("monitors on SPUMONE are read, not run from here"),
    })
}

fn boot(kernel: Variant) -> Result<Emulator> {
    if kernel.flavour != linux_guest::Flavour::Upstream {
        bail!("{kernel} does not run alone: take an upstream kernel");
    }
    proof::prepare(kernel)?.at_shell()
}
