//! Runs the conformance suite; ends in one line `N passed, N failed`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use sh4a_bridge::conformance::{Executor, Settings, build, run};

/// The same programs on the host and on SH-4A must print the same
#[derive(Parser)]
struct Options {
    /// Seed of the random programs
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many random programs
    #[arg(long, default_value_t = 40)]
    programs: u32,
    /// Only this level: rp1, r2d, Os, O2-fpu, checked
    #[arg(long)]
    level: Option<String>,
    /// Our emulator's `sh4a-user`: run every case on it as well
    #[arg(long, value_name = "PROGRAM")]
    emulator: Option<PathBuf>,
    /// Where to build
    #[arg(long, default_value = "target/conformance")]
    build: PathBuf,
}

fn main() -> ExitCode {
    match all(Options::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("conformance: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn all(options: Options) -> anyhow::Result<ExitCode> {
    let bridge = std::env::current_exe()?.with_file_name("sh4a-bridge");
    let settings = Settings {
        bridge,
        build: std::path::absolute(options.build)?,
        executors: [Executor::qemu()?].into_iter().chain(options.emulator.as_deref().map(Executor::emulator)).collect(),
        seed: options.seed,
        programs: options.programs,
        level: options.level,
    };
    let counts = run(&settings, &build(&settings)?, |line| println!("{line}"))?;
    println!("{} passed, {} failed", counts.passed, counts.failures.len());
    Ok(if counts.failures.is_empty() && counts.passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
