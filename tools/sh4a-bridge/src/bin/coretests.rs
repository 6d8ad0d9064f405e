//! Runs rustc's tests of `core` on SH-4A; ends in one line `N passed, N failed`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use sh4a_bridge::conformance::Executor;
use sh4a_bridge::coretests::{Settings, run};
use sh4a_bridge::levels;

/// rustc's own tests of `core`, as an SH-4A program
#[derive(Parser)]
struct Options {
    /// Only tests whose name contains this text
    #[arg(long)]
    only: Option<String>,
    /// How they are compiled: rp1, Os, O2-fpu, checked
    #[arg(long, default_value = "O2-fpu")]
    level: String,
    /// Run on this program (our emulator's `sh4a-user`) instead of QEMU
    #[arg(long, value_name = "PROGRAM")]
    emulator: Option<PathBuf>,
    /// Where to build
    #[arg(long, default_value = "target/coretests")]
    build: PathBuf,
}

fn main() -> ExitCode {
    match all(&Options::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("coretests: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn all(options: &Options) -> anyhow::Result<ExitCode> {
    let settings = Settings {
        bridge: std::env::current_exe()?.with_file_name("sh4a-bridge"),
        build: std::path::absolute(&options.build)?,
        level: levels::all()
            .find(|level| level.name == options.level)
            .with_context(|| format!("there is no level {}", options.level))?,
        executor: match &options.emulator {
            Some(program) => Executor::emulator(program),
            None => Executor::qemu()?,
        },
        only: options.only.clone(),
    };
    let counts = run(&settings, |line| println!("{line}"))?;
    println!("{} excepted, {} ignored by their own attributes", counts.excepted, counts.ignored);
    println!("{} passed, {} failed", counts.passed, counts.failures.len());
    Ok(if counts.failures.is_empty() && counts.passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
