//! The one door: every command of the project. One file a command; this one only parses.

mod doctor;
mod test;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Builds, runs, tests and measures SPUMONE.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Doctor(doctor::Options),
    Test(test::Options),
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Doctor(options) => conclude(doctor::run(&options)),
        Command::Test(options) => test::run(&options),
    }
}

fn conclude(result: anyhow::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
