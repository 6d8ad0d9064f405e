//! From a system file to its image: builds the parts, packs them, wraps the result.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use image_pack::{Format, Input, Inputs};
use kernel_profile::Wanted;
use system_file::{Guest, GuestImage, System, Watch};

use crate::guest;
use crate::target;
use crate::workspace;

/// Bytes that a guest of kind monitor needs for its program and its stack.
const ROOM: u64 = 300 << 10;

/// Builds a system file's image into a file
#[derive(Args)]
pub(crate) struct Options {
    /// The system file, e.g. configs/rp1-linux-rt.toml
    #[arg(long, value_name = "FILE")]
    system: PathBuf,
    /// elf, bin, srec or uimage
    #[arg(long, default_value = "bin")]
    format: Format,
    /// Where to write it; by default build/NAME.FORMAT for NAME.toml
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Writes the image and says what is in it.
pub(crate) fn run(options: &Options) -> Result<()> {
    let system = load(&options.system)?;
    let image = build(&system)?;
    let wrapped = options.format.wrap(&image, system.board)?;
    let described =
        image_pack::inspect(&wrapped).map_err(|fault| anyhow!("the image that was built is bad: {fault}"))?;
    let out = options.out.clone().unwrap_or_else(|| default_out(&options.system, options.format));
    if let Some(parent) = out.parent() {
        std::fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
    }
    std::fs::write(&out, &wrapped).with_context(|| format!("cannot write {}", out.display()))?;
    print!("{described}");
    println!("{}: {} bytes", out.display(), wrapped.len());
    Ok(())
}

fn default_out(system: &Path, format: Format) -> PathBuf {
    Path::new("build").join(system.file_stem().unwrap_or_default()).with_extension(format.name())
}

/// Reads and checks a system file; the error shows the places.
pub(crate) fn load(path: &Path) -> Result<System> {
    system_file::load(path).map_err(|bad| anyhow!("{}", bad.picture()))
}

/// Builds everything that the system consists of and packs it into the flat image.
pub(crate) fn build(system: &System) -> Result<Vec<u8>> {
    build_around(system, "spumone")
}

/// The same around another program of the hypervisor's package than the instance.
pub(crate) fn build_around(system: &System, instance: &str) -> Result<Vec<u8>> {
    build_with(system, instance, None)
}

/// The same with `program` as the monitor guest, which was built out of the workspace at `root`.
pub(crate) fn build_watched_by(system: &System, program: &Path, root: &Path) -> Result<Vec<u8>> {
    build_with(system, "spumone", Some((program, root)))
}

fn build_with(system: &System, instance: &str, monitors: Option<(&Path, &Path)>) -> Result<Vec<u8>> {
    let hypervisor = target::build("spumone-sh4a", system.board.name)?;
    let mut files = vec![hypervisor.program("boot"), hypervisor.program(instance)];
    for guest in &system.guests {
        files.push(match (&guest.image, monitors) {
            (GuestImage::WellKnown("monitors"), Some((program, _))) => program.to_owned(),
            (GuestImage::WellKnown(name), _) => guest::build(name, system.board.name)?,
            (GuestImage::File(path), _) => path.clone(),
        });
    }
    let read = |path: &PathBuf| {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok((path.display().to_string(), bytes))
    };
    let read: Vec<(String, Vec<u8>)> = files.iter().map(read).collect::<Result<_>>()?;
    let root = monitors.map_or(workspace::root(), |(_, root)| root);
    let profiles = profiles(system, files.get(2..).unwrap_or(&[]), root)?;
    let profiles: Vec<&[u8]> = profiles.iter().map(Vec::as_slice).collect();
    let inputs: Vec<Input<'_>> = read.iter().map(|(name, elf)| Input { name, elf }).collect();
    let [boot, instance, guests @ ..] = &inputs[..] else {
        bail!("boot stage and hypervisor are missing");
    };
    Ok(image_pack::pack(system, &Inputs { boot: *boot, instance: *instance, guests: guests.to_vec(), profiles })?)
}

/// What each guest of kind monitor must know of the kernel that it watches. `files` are the guests' programs, `root` is where
/// the monitors' sources are.
fn profiles(system: &System, files: &[PathBuf], root: &Path) -> Result<Vec<Vec<u8>>> {
    let watches = system.guests.iter().filter_map(|guest| Some((guest, guest.watch.as_ref()?)));
    let profile = |(guest, watch): (&Guest, &Watch)| {
        let file = files.get(usize::from(watch.guest)).context("the watched guest has no program")?;
        let elf = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        let mut profile = kernel_profile::read(&elf).with_context(|| file.display().to_string())?;
        // What somebody else's program asks for is not known.
        if matches!(&guest.image, GuestImage::WellKnown(name) if *name == "monitors") {
            profile.select(&wanted(root)?);
            // The kernel's own bytes save time, and digests room.
            let taken = ROOM + profile.clone().finish().len() as u64;
            profile.keep_bytes(u64::from(guest.memory.length).saturating_sub(taken) as usize);
        }
        Ok(profile.finish())
    };
    watches.map(profile).collect()
}

/// What the monitors on board ask a profile for; `root` is where their sources are.
pub(crate) fn wanted(root: &Path) -> Result<Wanted> {
    let mut wanted = Wanted::default();
    let host = root.join("guests/monitor-host");
    let manifest = host.join("Cargo.toml");
    let text = std::fs::read_to_string(&manifest).with_context(|| format!("cannot read {}", manifest.display()))?;
    let table: toml::Table = text.parse().with_context(|| manifest.display().to_string())?;
    let dependencies =
        table.get("dependencies").and_then(|list| list.as_table()).into_iter().flat_map(|list| list.keys());
    let monitors = dependencies.map(|name| root.join("monitors").join(name)).filter(|folder| folder.is_dir());
    for folder in monitors.chain([host.clone(), root.join("monitor-api")]) {
        wanted.folder(&folder.join("src"))?;
    }
    Ok(wanted)
}
