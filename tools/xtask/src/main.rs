//! The one door: every command of the project. One file a command; this one only parses.

mod bench;
mod build;
mod demo;
mod doctor;
mod epitaph;
mod flash;
mod guest;
mod image;
mod monitor;
mod profile;
mod run;
mod target;
mod test;
mod toppers;
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
    Demo(demo::Options),
    Run(run::Options),
    Build(build::Options),
    Image(image::Options),
    Flash(flash::Options),
    Guest(guest::Options),
    Bench(bench::Options),
    Monitor(monitor::Options),
    Profile(profile::Options),
    Doctor(doctor::Options),
    Epitaph(epitaph::Options),
    Test(test::Options),
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Demo(options) => conclude(demo::run(&options)),
        Command::Build(options) => conclude(build::run(&options)),
        Command::Run(options) => conclude(run::run(&options)),
        Command::Image(options) => conclude(image::run(&options)),
        Command::Flash(options) => conclude(flash::run(&options)),
        Command::Guest(options) => conclude(guest::run(&options)),
        Command::Monitor(options) => conclude(monitor::run(&options)),
        Command::Profile(options) => conclude(profile::run(&options)),
        Command::Bench(options) => conclude(bench::run(&options)),
        Command::Doctor(options) => conclude(doctor::run(&options)),
        Command::Epitaph(options) => conclude(epitaph::run(&options)),
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
