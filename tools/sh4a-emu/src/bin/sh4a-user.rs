//! `sh4a-user`: runs a static Linux/SH program on the emulated CPU, as `qemu-sh4` does.

use anyhow::Context;
use clap::Parser;
use sh4a_emu::user::{self, Config};
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Runs a static Linux/SH program on the emulated SH-4A core. Exits with the program's status, or with 125 if it was stopped
/// (illegal instruction, bad address, limit).
#[derive(Parser)]
#[command(version)]
struct Args {
    /// Stop after this many instructions
    #[arg(long, default_value_t = Config::default().limit)]
    max_insns: u64,
    /// MiB of memory
    #[arg(long, default_value_t = Config::default().memory >> 20)]
    memory: u32,
    /// Print the number of retired instructions on standard error
    #[arg(long)]
    count: bool,
    /// Run the program in supervisor mode
    #[arg(long)]
    supervisor: bool,
    /// Give the program this command's standard input (read to its end first)
    #[arg(long)]
    stdin: bool,
    /// The program
    program: PathBuf,
    /// Its arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<String>,
}

/// Exit status for a program that did not end by itself.
const STOPPED: u8 = 125;

fn main() -> anyhow::Result<ExitCode> {
    let args = Args::parse();
    let name = args.program.display().to_string();
    let file = std::fs::read(&args.program).with_context(|| format!("cannot read {name}"))?;
    let mut stdin = Vec::new();
    if args.stdin {
        std::io::stdin().read_to_end(&mut stdin)?;
    }
    let config = Config {
        args: [vec![name.clone()], args.args].concat(),
        stdin,
        limit: args.max_insns,
        memory: args.memory.saturating_mul(1 << 20),
        supervisor: args.supervisor,
        ..Config::default()
    };
    let outcome = user::run(&file, &config).with_context(|| format!("cannot run {name}"))?;
    std::io::stdout().write_all(&outcome.stdout)?;
    std::io::stderr().write_all(&outcome.stderr)?;
    if args.count {
        eprintln!("{} instructions", outcome.retired);
    }
    Ok(match outcome.ended {
        Ok(status) => ExitCode::from(status as u8),
        Err(stopped) => {
            eprintln!("{name}: {stopped}");
            ExitCode::from(STOPPED)
        }
    })
}
