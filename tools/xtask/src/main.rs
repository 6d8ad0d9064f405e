//! The one door: every command of the project. One file a command; this one only parses.

mod doctor;

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
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Doctor(options) => doctor::run(&options),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
