//! One link, from command line to ELF file.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::args::{Args, Item};
use crate::cc::Compiler;
use crate::emit::{self, Options};
use crate::inputs::{Bitcode, Inputs, undefined_symbols};
use crate::keep;
use crate::llvm::{self, Unit};

/// Functions of compiler_builtins that must not be used: GCC for SH calls them with conventions of its own, which only
/// libgcc's assembly keeps.
const LIBGCC_ONLY: &[&str] = &["__udivsi3", "__sdivsi3"];

/// Does what the command line says.
///
/// # Errors
/// For anything that goes wrong, with a message for the person who called cargo.
pub fn link(words: impl IntoIterator<Item = String>) -> Result<()> {
    let args = Args::parse(words)?;
    let inputs = Inputs::read(&args)?;
    if inputs.program.is_empty() {
        bail!("no bitcode among the inputs: is `\"obj-is-bitcode\": true` in the target specification?");
    }
    let compiler = Compiler::find(args.cpu, &args.level, &args.cflags)?;
    llvm::load(&llvm::find()?)?;
    let scratch = tempfile::tempdir().context("no temporary folder")?;
    let folder = args.keep.clone().unwrap_or_else(|| scratch.path().to_owned());
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let job = Job { args: &args, inputs: &inputs, compiler: &compiler, folder: &folder };
    let mut objects = job.program()?;
    objects.extend(job.sources()?);
    let runtime = job.builtins(&objects)?;
    job.link(&objects, runtime.as_deref())
}

struct Job<'a> {
    args: &'a Args,
    inputs: &'a Inputs,
    compiler: &'a Compiler,
    folder: &'a Path,
}

impl Job<'_> {
    /// The program and its crates: one C file, and one assembly file if there is any.
    fn program(&self) -> Result<Vec<PathBuf>> {
        let unit = Unit::link("program", &self.inputs.program)?;
        let assembly = unit.assembly();
        let templates = unit.assembly_templates();
        let texts: Vec<&str> = std::iter::once(assembly.as_str()).chain(templates.iter().map(String::as_str)).collect();
        let keep = keep::mentioned(self.args, self.inputs, &texts)?;
        let mut objects = vec![self.translate(unit, "program", &keep, &[])?];
        if !assembly.trim().is_empty() {
            let source = self.write("program-asm.s", &assembly)?;
            let object = source.with_extension("o");
            self.compiler.assemble(&source, &object)?;
            objects.push(object);
        }
        Ok(objects)
    }

    fn translate(&self, unit: Unit, name: &str, keep: &HashSet<String>, flags: &[&str]) -> Result<PathBuf> {
        unit.internalize(|symbol| keep.contains(symbol));
        unit.run_passes("globaldce", true)?;
        if self.args.keep.is_some() {
            self.write(&format!("{name}-before.ll"), &unit.ir())?;
        }
        unit.run_passes(&self.args.passes, self.args.level != "s")?;
        if self.args.keep.is_some() {
            self.write(&format!("{name}.ll"), &unit.ir())?;
        }
        let lines = unit.functions().into_iter().any(|f| !f.is_declaration() && f.location().is_some());
        let options = Options {
            lines,
            trap_unreachable: matches!(self.args.level.as_str(), "0" | "g"),
            trap_unknown: self.args.trap_unknown,
        };
        let source = self.write(&format!("{name}.c"), &emit::translate(unit, &options)?)?;
        let object = source.with_extension("o");
        let mut flags = flags.to_vec();
        if lines {
            flags.push("-g");
        }
        self.compiler.compile(&source, &object, &flags)?;
        Ok(object)
    }

    fn write(&self, name: &str, text: &str) -> Result<PathBuf> {
        let path = self.folder.join(name);
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }

    /// C and assembly sources on the command line, and native objects out of rlibs.
    fn sources(&self) -> Result<Vec<PathBuf>> {
        let mut objects = Vec::new();
        for (index, source) in self.inputs.sources.iter().enumerate() {
            let object = self.folder.join(format!("source{index}.o"));
            self.compiler.assemble(source, &object)?;
            objects.push(object);
        }
        for (index, (label, data)) in self.inputs.embedded.iter().enumerate() {
            let object = self.folder.join(format!("embedded{index}.o"));
            std::fs::write(&object, data).with_context(|| format!("cannot unpack {label}"))?;
            objects.push(object);
        }
        Ok(objects)
    }

    /// What the objects need of compiler_builtins, and what that needs in turn.
    fn builtins(&self, objects: &[PathBuf]) -> Result<Option<PathBuf>> {
        let mut wanted = BTreeSet::new();
        for path in objects.iter().chain(&self.inputs.native) {
            wanted.extend(read_undefined(path)?);
        }
        let mut done = BTreeSet::new();
        let mut object = None;
        loop {
            let Some((unit, roots)) = self.builtins_unit(&wanted)? else {
                return Ok(object);
            };
            if roots == done {
                return Ok(object);
            }
            let keep: HashSet<String> = roots.iter().cloned().collect();
            let path = self.translate(unit, "builtins", &keep, &["-fno-builtin"])?;
            wanted.extend(read_undefined(&path)?);
            object = Some(path);
            done = roots;
        }
    }

    /// compiler_builtins as one module, and which of `wanted` it defines.
    fn builtins_unit(&self, wanted: &BTreeSet<String>) -> Result<Option<(Unit, BTreeSet<String>)>> {
        if self.inputs.builtins.is_empty() || wanted.is_empty() {
            return Ok(None);
        }
        let objects: &[Bitcode] = &self.inputs.builtins;
        let unit = Unit::link("builtins", objects)?;
        let roots: BTreeSet<String> = unit
            .functions()
            .into_iter()
            .chain(unit.aliases())
            .filter(|symbol| !symbol.is_declaration())
            .map(|symbol| symbol.name())
            .filter(|name| wanted.contains(name) && !LIBGCC_ONLY.contains(&name.as_str()))
            .collect();
        Ok((!roots.is_empty()).then_some((unit, roots)))
    }

    fn link(&self, objects: &[PathBuf], runtime: Option<&Path>) -> Result<()> {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let mut words = vec!["-nostdlib".to_owned(), "-static".to_owned()];
        words.extend(objects.iter().map(|path| text(path)));
        for item in &self.args.items {
            match item {
                Item::File(path) if self.inputs.native.contains(path) || self.inputs.scripts.contains(path) => {
                    words.push(text(path))
                }
                Item::File(_) => {}
                Item::Option(option) => words.extend(option.iter().cloned()),
            }
        }
        words.extend(runtime.map(text));
        words.push(text(&self.compiler.libgcc()?));
        words.extend(["-o".to_owned(), text(&self.args.output)]);
        self.compiler.link(&words)
    }
}

fn read_undefined(path: &Path) -> Result<HashSet<String>> {
    let data = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    undefined_symbols(&path.display().to_string(), &data)
}
