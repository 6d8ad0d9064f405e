//! What `cargo xtask monitor new` makes works as it is: in a copy of the workspace, so that nothing is left of it here.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use provision::command;
use provision::progress::Step;
use spumone_core::findings::Work;

use crate::image;
use crate::monitor::{create, spumone};
use crate::{target, workspace};

/// A name that no monitor here has.
const NAME: &str = "made-by-new";
/// What is found in the end: the limit of processes is one word of the source, as whoever makes a monitor would change it.
const LIMIT: (&str, &str) = ("limit: 1000", "limit: 9");
const FOUND: &str = "too many processes";
/// Cargo's settings: `workspace::files` leaves hidden folders out.
const SETTINGS: &str = ".cargo/config.toml";

/// Where copy and what is built out of it are.
fn place(what: &str) -> PathBuf {
    workspace::target_dir().join("created").join(what)
}

/// The workspace with one monitor more. What has not changed since the last time is left alone, so that cargo need not build it again.
fn copy() -> Result<PathBuf> {
    let (fresh, root) = (tempfile::tempdir()?, place("sources"));
    let here = workspace::root();
    mirror(workspace::files(here)?.into_iter().chain([here.join(SETTINGS)]), here, fresh.path())?;
    create::create(fresh.path(), NAME)?;
    let source = fresh.path().join("monitors").join(NAME).join("src/lib.rs");
    let text = fs::read_to_string(&source)?;
    ensure!(text.matches(LIMIT.0).count() == 1, "{} has no single {:?}", source.display(), LIMIT.0);
    fs::write(&source, text.replace(LIMIT.0, LIMIT.1))?;

    let files = workspace::files(fresh.path())?.into_iter().chain([fresh.path().join(SETTINGS)]);
    let wanted = mirror(files, fresh.path(), &root)?;
    for file in workspace::files(&root)?.iter().filter(|file| !wanted.contains(*file)) {
        fs::remove_file(file).with_context(|| format!("cannot remove {}", file.display()))?;
    }
    Ok(root)
}

/// Copies files below `from` to the same places below `to`, unless the same is there; gives those places.
fn mirror(files: impl Iterator<Item = PathBuf>, from: &Path, to: &Path) -> Result<BTreeSet<PathBuf>> {
    let mut places = BTreeSet::new();
    for file in files {
        let place = to.join(file.strip_prefix(from)?);
        let bytes = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        if fs::read(&place).ok().as_ref() != Some(&bytes) {
            fs::create_dir_all(place.parent().unwrap_or(to))?;
            fs::write(&place, bytes).with_context(|| format!("cannot write {}", place.display()))?;
        }
        places.insert(place);
    }
    Ok(places)
}

/// It is in the table of monitors, completes scans as all the others, and finds what it looks for.
pub(super) fn on_spumone() -> Result<()> {
    let root = copy()?;
    let system = image::load(Path::new(spumone::SYSTEM))?;
    let board = system.board.name;
    let program = target::build_copy(&root, &place(board), "monitor-host", board)?.program("monitors");
    let image = image::build_watched_by(&system, &program, &root)?;
    let mut hosted = spumone::start_image(&system, &image, 0)?;
    let written = hosted.scans(2)?;
    let all: BTreeSet<_> = monitor_hosts::names().into_iter().chain([NAME]).map(str::to_owned).collect();
    let names = written.rows.iter().map(|row| row.name.as_str().to_owned()).collect();
    ensure!(all == names, "the monitor guest has {names:?}");
    let row = written.rows.iter().find(|row| row.name.as_str() == NAME).context("it has no row")?;
    ensure!(row.work == Work::Active && row.scans >= 2 && row.broken == 0, "it does not work: {row:?}");
    let found: Vec<_> = written.entries.iter().map(|entry| (entry.monitor.as_str(), entry.what.as_str())).collect();
    ensure!(found == [(NAME, FOUND)], "found was {:?}", written.entries);
    Ok(())
}

/// Its own test, and those of who knows all monitors outside of SPUMONE.
pub(super) fn on_host() -> Result<()> {
    let mut cargo = workspace::cargo("test");
    cargo.current_dir(copy()?).arg("--target-dir").arg(place("host"));
    cargo.args(["--quiet", "--lib", "--package", NAME, "--package", "monitor-hosts"]);
    let step = Step::new("tests of a new monitor and of the hosts that know it");
    let said = command::capture(&mut cargo)?;
    step.done();
    ensure!(said.matches("test result: ok").count() == 2, "not both crates were tested:\n{said}");
    Ok(())
}
