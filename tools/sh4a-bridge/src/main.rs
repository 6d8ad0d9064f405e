//! What rustc runs as the linker of target `sh4a-none`.

use std::process::ExitCode;

fn main() -> ExitCode {
    match sh4a_bridge::link(std::env::args().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sh4a-bridge: {error:#}");
            ExitCode::FAILURE
        }
    }
}
