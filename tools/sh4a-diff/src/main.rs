//! `sh4a-diff`: see README.md.

use clap::Parser;
use sh4a_diff::Config;
use std::process::ExitCode;

/// Runs every SH-4A instruction form with random operands under qemu-sh4 and under sh4a-emu and compares the results.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// Seed of all operands
    #[arg(long, default_value_t = Config::default().seed)]
    seed: u64,
    /// Vectors of each form
    #[arg(long, default_value_t = Config::default().count)]
    count: u32,
    /// Index of the first vector of each form
    #[arg(long, default_value_t = 0)]
    first: u32,
    /// Only forms whose text begins with this, e.g. 'mov.l @Rm'
    #[arg(long)]
    form: Option<String>,
    /// Try every word that is no user-mode instruction, not a sample (some minutes)
    #[arg(long)]
    all_illegal: bool,
    /// Only this word, which must be illegal in user mode
    #[arg(long, value_parser = word)]
    word: Option<u16>,
    /// Run the bare-metal suite (exceptions, MMU, privileged state) instead
    #[arg(long)]
    system: bool,
    /// Mismatches to print in full
    #[arg(long, default_value_t = Config::default().show)]
    show: usize,
}

fn word(text: &str) -> Result<u16, String> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    u16::from_str_radix(digits, 16).map_err(|error| format!("not an instruction word in hexadecimal: {error}"))
}

fn main() -> anyhow::Result<ExitCode> {
    let Args { seed, count, first, form, all_illegal, word, system, show } = Args::parse();
    let illegal = if all_illegal { None } else { Config::default().illegal };
    let counts = if system {
        sh4a_diff::system::run()?
    } else {
        sh4a_diff::run(&Config { seed, count, first, form, illegal, word, show })?
    };
    println!("{} by the manual where QEMU 7.2 is wrong or silent", counts.by_manual);
    println!("{counts}");
    Ok(if counts.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
