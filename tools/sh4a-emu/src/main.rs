//! `sh4a-emu`: runs an image on machine rp1 or r2d.

use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::{Args, Parser, Subcommand, ValueEnum};
use sh4a_emu::machine::{Config, DEFAULT_QUANTUM, LocalWindow, Machine, Stop};
use sh4a_emu::oracle::{self, BootPlan};
use sh4a_emu::serial::SerialSpec;
use sh4a_emu::trace::ChromeTrace;

/// A deterministic SH-4A emulator.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Boots a kernel on machine r2d and on stock QEMU, and compares console, instruction counts and speed.
    Compare(Compare),
    /// Runs an image until it powers off, halts, or is ended with Ctrl-A x.
    Run(Box<Run>),
}

#[derive(Clone, Copy, ValueEnum)]
enum MachineName {
    Rp1,
    R2d,
}

#[derive(Args)]
struct Compare {
    /// zImage or flat image for r2d.
    #[arg(long, value_name = "FILE")]
    kernel: PathBuf,
    /// QEMU.
    #[arg(long, value_name = "PROGRAM", default_value = "qemu-system-sh4")]
    qemu: PathBuf,
    /// The boot is done when the console shows this.
    #[arg(long, value_name = "TEXT", default_value = "\n# ")]
    until: String,
    /// One instruction takes 2^N ns in both.
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=10))]
    icount_shift: u32,
    /// Boots for the time (the best counts).
    #[arg(long, value_name = "N", default_value_t = 3)]
    runs: usize,
    /// Seconds that one boot may take.
    #[arg(long, value_name = "S", default_value_t = 60)]
    timeout_s: u64,
}

#[derive(Args)]
struct Run {
    /// The board.
    #[arg(long, value_enum)]
    machine: MachineName,
    /// Image for NOR flash; the core starts at 0xa0000000.
    #[arg(long, value_name = "FILE", required_unless_present = "kernel")]
    flash: Option<PathBuf>,
    /// ELF program (by physical addresses) or flat image (0x0c800000, as QEMU's -M r2d -kernel).
    #[arg(long, value_name = "FILE", conflicts_with = "flash")]
    kernel: Option<PathBuf>,
    /// The kernel's command line.
    #[arg(long, value_name = "STR", requires = "kernel")]
    append: Option<String>,
    /// What a serial port is connected to: N=stdio, N=stdout, N=file:PATH, N=pty, N=tcp:PORT, N=null. rp1: 0..3 are SCIF0..3; r2d: 0
    /// is the SCI, 1 the SCIF. Without any, port 0 (r2d: 1) is stdio.
    #[arg(long, value_name = "N=WHERE")]
    serial: Vec<SerialSpec>,
    /// Waits for gdb on this port of the loopback interface before anything runs.
    #[arg(long, value_name = "PORT")]
    gdb: Option<u16>,
    /// Writes an event trace that https://ui.perfetto.dev opens.
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
    /// Shows the events of SPUMONE's trace ring in the trace; ADDR is its bus address where it is not the board's usual one.
    #[arg(long, value_name = "ADDR", value_parser = number, num_args = 0..=1, default_missing_value = "0")]
    trace_ring: Option<u32>,
    /// Ends the run after this much time, in core cycles (instructions plus sleep).
    #[arg(long, value_name = "N")]
    max_insns: Option<u64>,
    /// r2d: one instruction takes 2^N ns, as QEMU's -icount shift=N.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(0..=10))]
    icount_shift: u32,
    /// Cores of rp1.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=4))]
    cores: u8,
    /// r2d: the board's own SH7751R instead of an SH7785 (QEMU's default CPU; no SH-4A instructions).
    #[arg(long)]
    sh7751r: bool,
    /// rp1: whether other cores can reach a core's local memories, at 0x14000000.
    #[arg(long, value_enum, default_value_t)]
    local_window: LocalWindow,
    /// How many cycles a core may run ahead of the slowest.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_QUANTUM, value_parser = clap::value_parser!(u64).range(1..))]
    quantum: u64,
    /// Chance decides which core runs when and for how long; the same seed repeats the same run.
    #[arg(long, value_name = "N")]
    interleave_seed: Option<u64>,
    /// Ends the run at the first access that nothing answers.
    #[arg(long)]
    stop_on_unmapped: bool,
    /// Idle time passes as fast as the host can, even when somebody may be at a console (terminal, pty, TCP).
    #[arg(long)]
    warp: bool,
    /// Prints instruction and interrupt counts at the end, and what each core did with its time.
    #[arg(long)]
    stats: bool,
}

fn number(text: &str) -> Result<u32, String> {
    let digits = text.strip_prefix("0x");
    let value = digits.map_or_else(|| text.parse(), |hex| u32::from_str_radix(&hex.replace('_', ""), 16));
    value.map_err(|error| format!("{text:?}: {error}; write for example 0x16000000"))
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Compare(options) => compare(options),
        Command::Run(options) => run(&options),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("sh4a-emu: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn compare(options: Compare) -> Result<ExitCode> {
    let plan = BootPlan {
        image: options.kernel,
        until: options.until,
        icount_shift: options.icount_shift,
        timeout: Duration::from_secs(options.timeout_s),
    };
    let comparison = oracle::compare(&options.qemu, &plan, options.runs)?;
    println!("{comparison}");
    Ok(if comparison.agrees() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn build(options: &Run) -> Result<Machine> {
    let base = match options.machine {
        MachineName::Rp1 => Config::rp1(),
        MachineName::R2d => Config::r2d(),
    };
    let mut machine = Machine::new(Config {
        cores: options.cores.into(),
        local_window: options.local_window,
        quantum: options.quantum,
        interleave_seed: options.interleave_seed,
        icount_shift: options.icount_shift,
        sh4a: !options.sh7751r,
        stop_on_unmapped: options.stop_on_unmapped,
        trace_ring: options.trace_ring.map(|addr| if addr == 0 { base.usual_trace_ring() } else { addr }),
        ..base
    });
    let read = |path: &PathBuf| std::fs::read(path).with_context(|| format!("cannot read {}", path.display()));
    if let Some(path) = &options.flash {
        machine.load_flash(&read(path)?).with_context(|| path.display().to_string())?;
    }
    if let Some(path) = &options.kernel {
        machine.load_kernel(&read(path)?, options.append.as_deref()).with_context(|| path.display().to_string())?;
    }
    Ok(machine)
}

fn connect(options: &Run, machine: &mut Machine) -> Result<()> {
    let default = match options.machine {
        MachineName::Rp1 => "0=stdio",
        MachineName::R2d => "1=stdio",
    };
    let mut specs = options.serial.clone();
    if specs.is_empty() {
        specs.push(default.parse()?);
    }
    if specs.iter().filter(|spec| spec.is_stdio()).count() > 1 {
        bail!("only one serial port can be stdio; use stdout for the others");
    }
    for spec in &specs {
        let backend = spec.open(machine.control()).with_context(|| format!("serial {}", spec.port))?;
        if !machine.connect(spec.port, backend) {
            bail!("serial {}: this machine has ports 0..{}", spec.port, machine.board().ports() - 1);
        }
    }
    if specs.iter().any(SerialSpec::is_interactive) && !options.warp {
        machine.follow_real_time();
    }
    Ok(())
}

fn run(options: &Run) -> Result<ExitCode> {
    let mut machine = build(options)?;
    connect(options, &mut machine)?;
    if let Some(path) = &options.trace {
        let file = File::create(path).with_context(|| format!("cannot create {}", path.display()))?;
        let trace = ChromeTrace::new(BufWriter::new(file), machine.config().cycles_per_second());
        machine.board_mut().observer_mut().set_trace(Box::new(trace));
    }
    let limit = options.max_insns.unwrap_or(u64::MAX);
    let started = std::time::Instant::now();
    let stop = match options.gdb {
        Some(port) => sh4a_emu::gdb::serve(&mut machine, port, limit)?,
        None => machine.run(limit),
    };
    let wall = started.elapsed();
    if let Some(mut trace) = machine.board_mut().observer_mut().take_trace() {
        trace.finish().context("the trace could not be written")?;
    }
    let code = end(options, &machine, &stop);
    if options.stats {
        statistics(&machine, wall);
    }
    Ok(code)
}

fn end(options: &Run, machine: &Machine, stop: &Stop) -> ExitCode {
    let bad = match stop {
        Stop::Halted | Stop::PowerOff | Stop::Host => None,
        Stop::Limit => Some(format!("limit of {} cycles reached", options.max_insns.unwrap_or(u64::MAX))),
        Stop::Crash(crash) => Some(format!("double fault\n{crash}")),
        Stop::Unmapped { core, pc, error } => {
            Some(format!("core {core}, before PC {pc:#010x}: nothing answers {error:x?}"))
        }
        Stop::Breakpoint { core, pc } => Some(format!("core {core}: breakpoint at {pc:#010x}")),
        Stop::Watchpoint { core, addr, .. } => Some(format!("core {core}: watchpoint at {addr:#010x}")),
    };
    match bad {
        None => ExitCode::SUCCESS,
        Some(why) => {
            eprintln!("\nsh4a-emu: {why}\n{}", machine.report());
            ExitCode::FAILURE
        }
    }
}

fn statistics(machine: &Machine, wall: Duration) {
    let retired = machine.retired();
    let mips = retired as f64 / wall.as_secs_f64() / 1e6;
    eprintln!("\n{retired} instructions, {} cycles, {:.3} s, {mips:.1} MIPS", machine.time(), wall.as_secs_f64());
    for core in 0..machine.cores() {
        eprintln!("  core {core}: {}", machine.core_time(core));
    }
    let observer = machine.board().observer();
    for (intevt, count) in observer.interrupts() {
        eprintln!("  interrupt {intevt:#05x}: {count}");
    }
    for (expevt, count) in observer.exceptions() {
        eprintln!("  exception {expevt:#05x}: {count}");
    }
    let unmapped = machine.board().unmapped();
    if unmapped.count() > 0 {
        eprintln!("  {} accesses that nothing answered:", unmapped.count());
        unmapped.records().iter().for_each(|access| eprintln!("    {access}"));
    }
}
