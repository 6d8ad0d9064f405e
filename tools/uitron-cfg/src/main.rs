//! `uitron-cfg`: from a preprocessed .cfg file to `kernel_id.h` and `kernel_cfg.c`.

use anyhow::Context;
use clap::Parser;
use std::path::PathBuf;
use std::process::ExitCode;

/// Makes kernel_id.h and kernel_cfg.c of a uITRON application from its static API file.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The file, after the C preprocessor if it has preprocessor lines: gcc -E -x c -D_MACRO_ONLY app.cfg -o app.i
    file: PathBuf,
    /// Where the numbers of the objects go.
    #[arg(long, value_name = "FILE", default_value = "kernel_id.h")]
    id: PathBuf,
    /// Where the kernel's tables go.
    #[arg(long, value_name = "FILE", default_value = "kernel_cfg.c")]
    cfg: PathBuf,
}

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let system = match uitron_cfg::load(&arguments.file) {
        Ok(system) => system,
        Err(bad) => {
            eprintln!("{}", bad.picture());
            return Ok(ExitCode::FAILURE);
        }
    };
    let write = |path: &PathBuf, text: String| {
        std::fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))
    };
    write(&arguments.id, system.kernel_id())?;
    write(&arguments.cfg, system.kernel_cfg(&arguments.cfg.display().to_string()))?;
    Ok(ExitCode::SUCCESS)
}
