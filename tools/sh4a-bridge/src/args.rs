//! The linker command line: GNU ld's notation, as rustc writes it, plus `--bridge-...` options.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

/// Options of ld that take their value as the next word.
const WITH_VALUE: &[&str] = &[
    "-T",
    "-L",
    "-l",
    "-e",
    "-u",
    "-m",
    "-z",
    "-R",
    "-h",
    "-b",
    "-y",
    "-Map",
    "-Ttext",
    "-Tdata",
    "-Tbss",
    "-rpath",
    "-soname",
    "--defsym",
    "--script",
    "--entry",
    "--undefined",
    "--section-start",
    "--library-path",
    "--library",
    "--version-script",
    "--dynamic-list",
    "--require-defined",
];

/// Words that mean something to a compiler driver but not to ld, and nothing here.
const IGNORED: &[&str] = &["-nostartfiles", "-nodefaultlibs", "-no-pie", "-static-pie", "-pie"];

/// Which processor GCC makes code for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cpu {
    /// SH-4A without floating-point unit: floats in general registers, arithmetic from compiler_builtins.
    NoFpu,
    /// SH-4A with its floating-point unit.
    Fpu,
    /// SH-4 without floating-point unit, in supervisor mode: no `movua.l` and `movli.l`, so atomics mask interrupts.
    Sh4,
}

/// One word, or an option and its value, for ld.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// An input file.
    File(PathBuf),
    /// An option with its value, if it has one.
    Option(Vec<String>),
}

/// A parsed command line.
#[derive(Debug)]
pub struct Args {
    /// What to write.
    pub output: PathBuf,
    /// Inputs and options in their order.
    pub items: Vec<Item>,
    /// Processor.
    pub cpu: Cpu,
    /// GCC's optimisation level (`2`, `s`, ...).
    pub level: String,
    /// LLVM's pass pipeline.
    pub passes: String,
    /// Where to leave IR, C and objects; nowhere unless asked.
    pub keep: Option<PathBuf>,
    /// Functions that cannot be translated become traps: for running the rest of a test suite.
    pub trap_unknown: bool,
    /// More flags for GCC.
    pub cflags: Vec<String>,
}

/// Cross-crate optimisation first, then no vectors are left.
const DEFAULT_PASSES: &str =
    "lto<O2>,function(expand-reductions,scalarizer<load-store>,instsimplify,dce),globaldce,strip-dead-prototypes";

impl Args {
    /// Parses the words after the program's name.
    ///
    /// # Errors
    /// For response files that cannot be read, a missing `-o`, and unknown `--bridge-` options.
    pub fn parse(words: impl IntoIterator<Item = String>) -> Result<Self> {
        let mut args = Self {
            output: PathBuf::new(),
            items: Vec::new(),
            cpu: Cpu::NoFpu,
            level: "2".into(),
            passes: DEFAULT_PASSES.into(),
            keep: None,
            trap_unknown: false,
            cflags: Vec::new(),
        };
        let mut words = expand(words)?.into_iter();
        while let Some(word) = words.next() {
            if let Some(option) = word.strip_prefix("--bridge-") {
                args.bridge_option(option)?;
            } else if word == "-o" {
                args.output = words.next().context("-o without a file")?.into();
            } else if word == "-flavor" {
                words.next();
            } else if IGNORED.contains(&word.as_str()) {
            } else if WITH_VALUE.contains(&word.as_str()) {
                let value = words.next().with_context(|| format!("{word} without a value"))?;
                args.items.push(Item::Option(vec![word, value]));
            } else if word.starts_with('-') {
                args.items.push(Item::Option(vec![word]));
            } else {
                args.items.push(Item::File(word.into()));
            }
        }
        if args.output.as_os_str().is_empty() {
            bail!("no output file (-o)");
        }
        Ok(args)
    }

    fn bridge_option(&mut self, option: &str) -> Result<()> {
        let (name, value) = option
            .split_once('=')
            .with_context(|| format!("--bridge-{option} needs a value (--bridge-{option}=...)"))?;
        match (name, value) {
            ("cpu", "4a") => self.cpu = Cpu::Fpu,
            ("cpu", "4a-nofpu") => self.cpu = Cpu::NoFpu,
            ("cpu", "4-nofpu") => self.cpu = Cpu::Sh4,
            ("cpu", other) => bail!("--bridge-cpu={other}: use 4a, 4a-nofpu or 4-nofpu"),
            ("opt", "0" | "1" | "2" | "3" | "s" | "g") => self.level = value.into(),
            ("opt", other) => bail!("--bridge-opt={other}: use 0, 1, 2, 3, s or g"),
            ("passes", pipeline) => self.passes = pipeline.into(),
            ("keep", folder) => self.keep = Some(folder.into()),
            ("unknown", "trap") => self.trap_unknown = true,
            ("unknown", "error") => self.trap_unknown = false,
            ("unknown", other) => bail!("--bridge-unknown={other}: use error or trap"),
            ("cflag", flag) => self.cflags.push(flag.into()),
            _ => {
                bail!("unknown option --bridge-{name}; there are cpu, opt, passes, keep, unknown and cflag")
            }
        }
        Ok(())
    }

    /// Values of an option given as `-X value`, `-Xvalue`, `--long value` or `--long=value`.
    pub fn values<'a>(&'a self, short: &'a str, long: &'a str) -> impl Iterator<Item = &'a str> {
        self.items.iter().filter_map(move |item| {
            let Item::Option(words) = item else {
                return None;
            };
            match words.as_slice() {
                [name, value] if name == short || name == long => Some(value.as_str()),
                [word] => match word.strip_prefix(long).and_then(|rest| rest.strip_prefix('=')) {
                    Some(value) => Some(value),
                    None => word
                        .strip_prefix(short)
                        .filter(|rest| !rest.is_empty() && !word.starts_with("--") && !known_long(word)),
                },
                _ => None,
            }
        })
    }
}

/// Single-dash words that begin like a short option but are others.
fn known_long(word: &str) -> bool {
    ["-Ttext", "-Tdata", "-Tbss", "-Trodata", "-EL", "-EB", "-emit"].iter().any(|long| word.starts_with(long))
}

/// Expands `@file` and `-Wl,a,b`; options from `SH4A_BRIDGE_FLAGS` come first.
fn expand(words: impl IntoIterator<Item = String>) -> Result<Vec<String>> {
    let flags = std::env::var("SH4A_BRIDGE_FLAGS").unwrap_or_default();
    let mut out: Vec<String> = flags.split_whitespace().map(str::to_owned).collect();
    for word in words {
        if let Some(path) = word.strip_prefix('@') {
            let text =
                std::fs::read_to_string(path).with_context(|| format!("cannot read the response file {path}"))?;
            out.extend(
                text.lines()
                    .map(|line| line.trim().trim_matches('"').replace("\\\\", "\\"))
                    .filter(|line| !line.is_empty()),
            );
        } else if let Some(list) = word.strip_prefix("-Wl,") {
            out.extend(list.split(',').map(str::to_owned));
        } else {
            out.push(word);
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::{Args, Cpu, Item};

    fn parse(words: &[&str]) -> anyhow::Result<Args> {
        Args::parse(words.iter().map(|&word| word.to_owned()))
    }

    #[test]
    fn options_files_and_bridge_options_are_told_apart() {
        let args =
            parse(&["-flavor", "gnu", "a.o", "-Wl,-T,x.ld", "--bridge-cpu=4a", "-Lfoo", "-o", "out", "--gc-sections"])
                .expect("good");
        assert_eq!(args.cpu, Cpu::Fpu);
        assert_eq!(args.output.to_str(), Some("out"));
        assert_eq!(args.items[0], Item::File("a.o".into()));
        assert_eq!(args.values("-T", "--script").collect::<Vec<_>>(), ["x.ld"]);
        assert_eq!(args.values("-L", "--library-path").collect::<Vec<_>>(), ["foo"]);
        assert_eq!(args.values("-e", "--entry").count(), 0);
    }

    #[test]
    fn mistakes_are_named() {
        assert!(parse(&["a.o"]).expect_err("no output").to_string().contains("-o"));
        assert!(parse(&["-o", "x", "--bridge-cpu=9"]).expect_err("bad cpu").to_string().contains("4a-nofpu"));
        assert!(parse(&["-o", "x", "--bridge-nonsense=1"]).expect_err("unknown").to_string().contains("nonsense"));
    }
}
