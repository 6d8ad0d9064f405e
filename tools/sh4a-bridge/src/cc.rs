//! GCC and binutils for SH-4A.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use provision::ShGcc;

use crate::args::Cpu;

/// The flags under which C means what the bridge means: wrapping arithmetic, no type-based aliasing, null may be an
/// address, no fused multiply-add, no loops turned into library calls.
const SEMANTICS: &[&str] = &[
    "-std=gnu11",
    "-ffreestanding",
    "-fno-strict-aliasing",
    "-fwrapv",
    "-fwrapv-pointer",
    "-fno-delete-null-pointer-checks",
    "-fno-tree-loop-distribute-patterns",
    "-ffp-contract=off",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-fno-pic",
    "-fno-pie",
    "-fno-stack-protector",
    "-fno-common",
    "-fno-asynchronous-unwind-tables",
    "-fno-unwind-tables",
    "-fno-ident",
    "-ffunction-sections",
    "-fdata-sections",
    "-w",
];

/// A C compiler for SH-4A that passed the self-test.
pub struct Compiler {
    tools: ShGcc,
    flags: Vec<String>,
}

impl Compiler {
    /// The compiler that `SH4A_GCC` names, or the one that `provision` finds or fetches; either has passed the self-test.
    ///
    /// # Errors
    /// When there is none, or it miscompiles as Debian 12's does.
    pub fn find(cpu: Cpu, level: &str, extra: &[String]) -> Result<Self> {
        let tools = match std::env::var_os("SH4A_GCC") {
            Some(gcc) => ShGcc::in_dir(Path::new(&gcc).parent().unwrap_or(Path::new("."))).context("SH4A_GCC")?,
            None => provision::sh_gcc()?,
        };
        let machine: &[&str] = match cpu {
            Cpu::NoFpu => &["-m4a-nofpu", "-matomic-model=hard-llcs,strict"],
            Cpu::Fpu => &["-m4a", "-matomic-model=hard-llcs,strict"],
            Cpu::Sh4 => &["-m4-nofpu", "-mno-usermode", "-matomic-model=soft-imask,strict"],
        };
        let mut flags: Vec<String> = SEMANTICS.iter().chain(machine).map(|&flag| flag.to_owned()).collect();
        flags.push(format!("-O{level}"));
        flags.extend_from_slice(extra);
        Ok(Self { tools, flags })
    }

    fn run<I: AsRef<OsStr>>(&self, what: &str, program: &Path, words: impl IntoIterator<Item = I>) -> Result<String> {
        let output = Command::new(program).args(words).output().with_context(|| {
            format!("cannot run {}; `cargo xtask doctor` installs it, or set SH4A_GCC", program.display())
        })?;
        if !output.status.success() {
            bail!("cannot {what}:\n{}", String::from_utf8_lossy(&output.stderr).trim_end());
        }
        if !output.stderr.is_empty() {
            eprint!("{}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Compiles C that the bridge wrote.
    ///
    /// # Errors
    /// With GCC's own message.
    pub fn compile(&self, source: &Path, object: &Path, extra: &[&str]) -> Result<()> {
        let mut words: Vec<&OsStr> = self.flags.iter().map(OsStr::new).collect();
        words.extend(extra.iter().map(OsStr::new));
        words.extend([OsStr::new("-c"), source.as_os_str(), OsStr::new("-o"), object.as_os_str()]);
        self.run(&format!("compile {}", source.display()), &self.tools.bin("gcc"), words).map(drop)
    }

    /// Assembles or compiles a source file that is not ours: `.s`, `.S`, `.c`.
    ///
    /// # Errors
    /// With GCC's own message.
    pub fn assemble(&self, source: &Path, object: &Path) -> Result<()> {
        self.compile(source, object, &["-g", "-Wa,--defsym,__sh__=1"])
    }

    /// Runs ld.
    ///
    /// # Errors
    /// With ld's own message.
    pub fn link(&self, words: &[String]) -> Result<()> {
        self.run("link", &self.tools.bin("ld"), words).map(drop)
    }

    /// GCC's own library.
    ///
    /// # Errors
    /// When GCC does not say where it is.
    pub fn libgcc(&self) -> Result<PathBuf> {
        Ok(self.run("ask GCC for its library", &self.tools.bin("gcc"), ["-print-libgcc-file-name"])?.trim().into())
    }
}
