//! Builds the Linux guest by hand; `cargo xtask` does the same through the library.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use linux_guest::{ALL, Variant, checks, kernel};

/// Builds the kernels that the project boots.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Lists the kernels.
    List,
    /// Builds kernels and prints where they are.
    Build {
        /// Names from `list`; all of them if there are none.
        kernels: Vec<Variant>,
    },
    /// Proves what can be proved without booting.
    Check,
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::List => {
            for variant in ALL {
                println!("{variant}");
            }
        }
        Command::Build { kernels } => {
            let kernels = if kernels.is_empty() { ALL.to_vec() } else { kernels };
            for variant in kernels {
                println!("{variant} {}", kernel(variant)?.vmlinux.display());
            }
        }
        Command::Check => {
            println!("{}", checks::patches_are_small()?);
            println!("{}", checks::patches_change_nothing_when_off()?);
        }
    }
    Ok(())
}
