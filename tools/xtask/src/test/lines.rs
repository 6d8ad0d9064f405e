//! Debug lines: gdb knows the Rust source of what the bridge compiled, also where a system is stopped on our emulator.

use std::ffi::OsStr;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow, ensure};
use provision::command;
use regex::Regex;
use sh4a_bridge::conformance::{self, SOURCES};
use sh4a_emu::gdb::serve_stream;
use sh4a_emu::machine::{Config, Machine};

use crate::{image, target, workspace};

/// Cycles within which a system reaches a breakpoint or its end.
const PATIENCE: u64 = 60_000_000_000;

/// A line of a source, found by its text: lines move.
struct Place {
    path: PathBuf,
    number: usize,
    text: String,
}

impl Place {
    /// The last line of the file that holds `text`.
    fn of(path: &str, text: &str) -> Result<Self> {
        let path = workspace::root().join(path);
        let source = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let found = source.lines().enumerate().filter(|(_, line)| line.contains(text)).last();
        let (index, line) = found.with_context(|| format!("{} has no line `{text}`", path.display()))?;
        Ok(Self { number: index + 1, text: line.trim().to_owned(), path })
    }

    fn file(&self) -> &OsStr {
        self.path.file_name().unwrap_or_default()
    }

    /// As gdb takes it.
    fn spec(&self) -> String {
        format!("{}:{}", self.file().display(), self.number)
    }

    /// As gdb gives it, as a regular expression.
    fn shown(&self) -> String {
        regex::escape(&format!("{}:{}", self.path.display(), self.number))
    }
}

/// A conformance program: functions lead to the lines where they begin, a line leads to its code, and `list` shows the source.
pub(super) fn of_program(program: &Path) -> Result<()> {
    let source = "tools/sh4a-bridge/conformance/src/cases/panics.rs";
    let file = regex::escape(&format!("{SOURCES}/src/cases/panics.rs"));
    for name in ["index", "division", "utf8"] {
        let head = Place::of(source, &format!("pub fn {name}("))?;
        let said = gdb(program, &[format!("info functions panics_{name}$")])?;
        expect(&said, &[format!(r"File {file}:\n{}:\s.* r_conformance_cases_panics_{name}\(", head.number)])?;
    }
    let place = Place::of(source, "table[i]")?;
    let here = format!("set substitute-path {SOURCES} {}", conformance::sources().display());
    let said = gdb(program, &[here, format!("info line {}", place.spec()), format!("list {0},{0}", place.spec())])?;
    expect(
        &said,
        &[
            format!(r"Line {} of .* starts at address 0x[0-9a-f]+ <.*panics_index\+", place.number),
            format!(r"(?m)^{}\s+{}$", place.number, regex::escape(&place.text)),
        ],
    )
}

/// The hypervisor on machine rp1: a breakpoint at a Rust line is met, and the way there is named in Rust lines.
pub(super) fn of_the_hypervisor() -> Result<()> {
    let end = Place::of("spumone-sh4a/src/instance.rs", "    halt()")?;
    let system = image::load(&workspace::root().join("configs/rp1-rt.toml"))?;
    let image = image::build(&system)?;
    let program = target::build("spumone-sh4a", "rp1")?.program("spumone");

    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port for gdb")?;
    let port = listener.local_addr().context("no port for gdb")?.port();
    let emulator = std::thread::spawn(move || -> Result<()> {
        let mut machine = Machine::new(Config::rp1());
        machine.load_flash(&image).context("the image does not fit the flash")?;
        let (stream, _) = listener.accept().context("gdb does not come")?;
        serve_stream(&mut machine, stream, PATIENCE)?;
        Ok(())
    });
    let commands = [
        format!("target remote 127.0.0.1:{port}"),
        format!("break {}", end.spec()),
        "continue".to_owned(),
        "backtrace".to_owned(),
        "up".to_owned(),
        "detach".to_owned(),
    ];
    let said = gdb(&program, &commands)?;
    emulator.join().map_err(|_| anyhow!("the emulator's thread panicked"))??;
    expect(
        &said,
        &[
            format!(r"Breakpoint 1, \w+instance_finish .* at {}", end.shown()),
            format!(r"(?m)^#0 .*instance_finish .* at {}$", end.shown()),
            // The caller's line, as a number and, out of the source, as text.
            r"(?m)^#1 .*spumone_on_hypercall .*/spumone-sh4a/src/trap/dispatch\.rs:\d+$".to_owned(),
            r"(?m)^\d+\s+Outcome::Finished => instance::finish\(\),$".to_owned(),
        ],
    )
}

/// What gdb prints when it is asked about a program.
fn gdb(program: &Path, commands: &[String]) -> Result<String> {
    let mut gdb = Command::new(provision::gdb()?);
    gdb.args(["-nx", "-batch", "-ex", "set confirm off", "-ex", "set width 0"]);
    gdb.args(commands.iter().flat_map(|command| ["-ex", command])).arg(program);
    command::capture(&mut gdb)
}

fn expect(said: &str, expected: &[String]) -> Result<()> {
    for text in expected {
        ensure!(Regex::new(text)?.is_match(said), "gdb does not say `{text}`:\n{said}");
    }
    Ok(())
}
