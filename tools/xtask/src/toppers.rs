//! Builds uitron applications: a folder of C files and one .cfg file, with the kernel, into a guest's ELF file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, anyhow, bail, ensure};
use provision::{ShGcc, command};

use crate::{target, workspace};

/// Warnings that an application's author wants, and code that stands alone.
const FLAGS: [&str; 10] = [
    "-O2",
    "-g",
    "-std=gnu11",
    "-Wall",
    "-ffreestanding",
    "-fno-pic",
    "-fno-stack-protector",
    "-fno-asynchronous-unwind-tables",
    "-ffunction-sections",
    "-fno-common",
];

/// What this run of xtask has built out of this workspace, whose sources do not change under it: by folder and board.
static BUILT: Mutex<BTreeMap<(PathBuf, String), PathBuf>> = Mutex::new(BTreeMap::new());

/// The applications that system files name, and their folders below guests/toppers/apps.
pub(crate) fn shipped(image: &str) -> Option<PathBuf> {
    let name = image.strip_prefix("toppers-")?;
    let dir = folder("apps").join(name);
    dir.is_dir().then_some(dir)
}

fn folder(name: &str) -> PathBuf {
    workspace::root().join("guests/toppers").join(name)
}

/// Builds the application in `dir` for a board; returns its ELF file.
pub(crate) fn build(dir: &Path, board: &str) -> Result<PathBuf> {
    let key = (dir.to_owned(), board.to_owned());
    // Held while it is built: nobody reads what another one is writing.
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(program) = built.get(&key) {
        return Ok(program.clone());
    }
    let program = build_with(dir, board, &[])?;
    if dir.starts_with(workspace::root()) {
        built.insert(key, program.clone());
    }
    Ok(program)
}

/// The same with more C files.
pub(crate) fn build_with(dir: &Path, board: &str, more: &[PathBuf]) -> Result<PathBuf> {
    let app = App::new(dir, board)?;
    app.configure()?;
    let kernel = target::build("uitron-sh4a", board)?.program("uitron");
    let mut objects = Vec::new();
    for source in app.sources()?.iter().chain(more) {
        objects.push(app.compile(source)?);
    }
    app.link(&kernel, &objects)
}

struct App {
    dir: PathBuf,
    cfg: PathBuf,
    board: String,
    gcc: ShGcc,
    out: PathBuf,
}

impl App {
    fn new(dir: &Path, board: &str) -> Result<Self> {
        ensure!(["rp1", "r2d"].contains(&board), "there is no board {board}; take rp1 or r2d");
        let dir = fs::canonicalize(dir).with_context(|| format!("there is no folder {}", dir.display()))?;
        let name = dir.file_name().context("the application's folder has no name")?.to_string_lossy().into_owned();
        let cfg = cfg_of(&dir, &name)?;
        let out = workspace::target_dir().join("toppers").join(format!("{name}-{board}"));
        fs::create_dir_all(&out).with_context(|| format!("cannot create {}", out.display()))?;
        Ok(Self { dir, cfg, board: board.to_owned(), gcc: provision::sh_gcc()?, out })
    }

    /// GCC with what it needs to find: the application's headers first, then those of the kernel.
    fn compiler(&self) -> Command {
        let mut gcc = Command::new(self.gcc.bin("gcc"));
        gcc.arg(format!("-DUITRON_{}", self.board.to_uppercase()));
        for place in [&self.dir, &self.out, &folder("include")] {
            gcc.arg("-I").arg(place);
        }
        gcc
    }

    /// Reads the .cfg file, and writes `kernel_id.h` and `kernel_cfg.c`.
    fn configure(&self) -> Result<()> {
        let mut gcc = self.compiler();
        gcc.args(["-E", "-x", "c", "-D_MACRO_ONLY="]).arg(&self.cfg);
        let text = command::capture(&mut gcc)?;
        let name = self.cfg.display().to_string();
        let system =
            uitron_cfg::parse(&name, &text, &|path| fs::read(path)).map_err(|bad| anyhow!("{}", bad.picture()))?;
        self.write("kernel_id.h", &system.kernel_id())?;
        let cfg = self.out.join("kernel_cfg.c");
        self.write("kernel_cfg.c", &system.kernel_cfg(&cfg.display().to_string()))
    }

    fn write(&self, name: &str, text: &str) -> Result<()> {
        let path = self.out.join(name);
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
    }

    /// The application's C files, the tables, and the library.
    fn sources(&self) -> Result<Vec<PathBuf>> {
        let mut sources = with_extension(&self.dir, "c")?;
        ensure!(!sources.is_empty(), "{} has no .c file", self.dir.display());
        sources.push(self.out.join("kernel_cfg.c"));
        sources.extend(with_extension(&folder("lib"), "c")?);
        Ok(sources)
    }

    fn compile(&self, source: &Path) -> Result<PathBuf> {
        let stem = source.file_stem().context("a source without a name")?.to_string_lossy();
        let object = self.out.join(format!("{stem}.o"));
        let mut gcc = self.compiler();
        // With an FPU GCC copies integers through its registers too, so only files for tasks with an FPU context get it.
        let fpu = stem.ends_with("_fpu");
        let machine: &[&str] = match (self.board.as_str(), fpu) {
            ("rp1", false) => &["-m4a-nofpu"],
            ("rp1", true) => &["-m4a", "-mdiv=call-div1"],
            (_, false) => &["-m4-nofpu", "-mno-usermode", "-matomic-model=soft-imask,strict"],
            (_, true) => &["-m4", "-mdiv=call-div1", "-mno-usermode", "-matomic-model=soft-imask,strict"],
        };
        gcc.args(FLAGS).args(machine).arg("-c").arg(source).arg("-o").arg(&object);
        command::capture(&mut gcc)?;
        Ok(object)
    }

    fn link(&self, kernel: &Path, objects: &[PathBuf]) -> Result<PathBuf> {
        let linker = workspace::root().join("linker");
        let libgcc = command::capture(Command::new(self.gcc.bin("gcc")).arg("-print-libgcc-file-name"))?;
        let program = self.out.join("app.elf");
        let mut ld = Command::new(self.gcc.bin("ld"));
        ld.args(["-static", "-nostdlib", "--gc-sections", "--no-warn-rwx-segments"]);
        ld.arg("-L").arg(linker.join("memory").join(&self.board)).arg("-T").arg(linker.join("uitron.ld"));
        ld.arg(kernel).args(objects).arg(libgcc.trim()).arg("-o").arg(&program);
        command::capture(&mut ld).with_context(|| format!("{} does not link", self.dir.display()))?;
        Ok(program)
    }
}

/// The application's .cfg file: the one that has the folder's name, or else the only one.
fn cfg_of(dir: &Path, name: &str) -> Result<PathBuf> {
    let named = dir.join(name).with_extension("cfg");
    if named.is_file() {
        return Ok(named);
    }
    match &with_extension(dir, "cfg")?[..] {
        [only] => Ok(only.clone()),
        [] => bail!("{} has no .cfg file", dir.display()),
        _ => bail!("{} has several .cfg files: name the application's {name}.cfg", dir.display()),
    }
}

fn with_extension(dir: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).with_context(|| format!("cannot list {}", dir.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
