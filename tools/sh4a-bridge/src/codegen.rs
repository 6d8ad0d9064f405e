//! Code size and instruction count of routines in Rust against the same routines in C.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use object::{Object, ObjectSymbol};

/// The routines, each with a Rust and a C twin.
pub const ROUTINES: [&str; 4] = ["checksum", "sort", "ring", "schedule"];

/// What one routine costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Bytes of code.
    pub bytes: u64,
    /// Instructions of one call.
    pub instructions: u64,
}

/// A routine in both languages.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Which routine.
    pub name: &'static str,
    /// Rust through the bridge.
    pub rust: Cost,
    /// C through the same GCC.
    pub c: Cost,
}

impl Comparison {
    /// Rust's instructions over C's.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        self.rust.instructions as f64 / self.c.instructions as f64
    }

    /// Rust's bytes over C's.
    #[must_use]
    pub fn size_ratio(&self) -> f64 {
        self.rust.bytes as f64 / self.c.bytes as f64
    }
}

/// Builds the routines below `build` with the bridge program `bridge`, and measures them under QEMU's user mode.
///
/// # Errors
/// When something needed is missing, or the twins give different results.
pub fn measure(bridge: &Path, build: &Path) -> Result<Vec<Comparison>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new("cargo")
        .args([
            "build",
            "--release",
            "-Zbuild-std=core",
            "-Zbuild-std-features=compiler-builtins-mem",
            "-Zjson-target-spec",
        ])
        .arg("--target")
        .arg(here.join("../../linker/target/sh4a-none.json"))
        .arg("--target-dir")
        .arg(build)
        .current_dir(here.join("codegen"))
        .env("CARGO_TARGET_SH4A_NONE_LINKER", bridge)
        .env_remove("RUSTFLAGS")
        .output()
        .context("cannot run cargo")?;
    if !output.status.success() {
        bail!("the routines do not build:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    let program = build.join("sh4a-none/release/codegen");
    let data = std::fs::read(&program).with_context(|| format!("cannot read {}", program.display()))?;
    let file = object::File::parse(&*data).context("the program is no ELF file")?;
    let (idle, _) = run(&program, "nothing")?;
    ROUTINES
        .into_iter()
        .map(|name| {
            let cost = |prefix: &str| -> Result<(Cost, i32)> {
                let full = format!("{prefix}_{name}");
                let (total, status) = run(&program, &full)?;
                Ok((Cost { bytes: size(&file, &full)?, instructions: total.saturating_sub(idle) }, status))
            };
            let ((rust, rust_result), (c, c_result)) = (cost("rust")?, cost("c")?);
            ensure!(rust_result == c_result, "{name}: Rust gives {rust_result}, C gives {c_result}");
            ensure!(c.instructions > 0, "{name}: no instructions were counted");
            Ok(Comparison { name, rust, c })
        })
        .collect()
}

/// Size of the function whose name is, or demangled ends in, `name`.
fn size(file: &object::File<'_>, name: &str) -> Result<u64> {
    let is_it = |symbol: &str| {
        symbol == name || format!("{:#}", rustc_demangle::demangle(symbol)).ends_with(&format!("::{name}"))
    };
    let found = file.symbols().find(|symbol| symbol.size() > 0 && symbol.name().is_ok_and(is_it));
    Ok(found.with_context(|| format!("no symbol for {name}"))?.size())
}

/// Instructions of a whole run, one line of QEMU's log each, and the exit status.
fn run(program: &Path, routine: &str) -> Result<(u64, i32)> {
    let log = tempfile::NamedTempFile::new().context("no temporary file")?;
    let status = Command::new("qemu-sh4")
        .args(["-cpu", "sh7785", "-singlestep", "-d", "exec,nochain", "-D"])
        .arg(log.path())
        .arg(program)
        .arg(routine)
        .stdin(Stdio::null())
        .status()
        .context("cannot run qemu-sh4")?;
    let text = std::fs::read(log.path()).context("cannot read QEMU's log")?;
    let count = text.split(|&byte| byte == b'\n').filter(|line| line.starts_with(b"Trace ")).count() as u64;
    Ok((count, status.code().context("the routine crashed")?))
}
