//! Kernel profiles: what monitors know of a kernel.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use linux_guest::Variant;
use monitor_api::profile::Profile;

/// Makes and shows kernel profiles
#[derive(Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Makes a profile out of a kernel's debug information
    Make {
        /// A kernel of guests/linux, such as rp1-upstream, or a vmlinux file
        kernel: String,
        /// Where to write it; by default build/NAME.profile
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Shows what a profile holds, or what it says of a type, symbol or enumerator
    Show {
        /// The profile
        profile: PathBuf,
        /// The name
        name: Option<String>,
    },
    /// Shows what moved between two kernels
    Diff {
        /// The profile of the one
        old: PathBuf,
        /// The profile of the other
        new: PathBuf,
    },
}

/// Does it.
pub(crate) fn run(options: &Options) -> Result<()> {
    match &options.action {
        Action::Make { kernel, out } => make(kernel, out.as_deref()),
        Action::Show { profile, name } => {
            let bytes = read(profile)?;
            let profile = open(profile, &bytes)?;
            match name {
                None => print!("{}", kernel_profile::show(&profile)),
                Some(name) => print!("{}", kernel_profile::show_name(&profile, name)?),
            }
            Ok(())
        }
        Action::Diff { old, new } => {
            let (before, after) = (read(old)?, read(new)?);
            let difference = kernel_profile::diff(&open(old, &before)?, &open(new, &after)?);
            print!(
                "{}",
                if difference.is_empty() { "nothing that a monitor could notice differs\n" } else { &difference }
            );
            Ok(())
        }
    }
}

fn make(kernel: &str, out: Option<&Path>) -> Result<()> {
    let (name, bytes) = extract(kernel)?;
    let default = crate::workspace::root().join("build").join(name).with_extension("profile");
    let out = out.unwrap_or(&default);
    if let Some(parent) = out.parent() {
        std::fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
    }
    std::fs::write(out, &bytes).with_context(|| format!("cannot write {}", out.display()))?;
    print!("{}", kernel_profile::show(&Profile::open(&bytes)?));
    println!("{}: {} bytes", out.display(), bytes.len());
    Ok(())
}

/// The profile of a kernel that is built here, or of a file, and a name for it.
pub(crate) fn extract(kernel: &str) -> Result<(String, Vec<u8>)> {
    let path = Path::new(kernel);
    if path.exists() {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {kernel}"))?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        return Ok((name, kernel_profile::extract(&bytes).with_context(|| kernel.to_owned())?));
    }
    let variant: Variant =
        kernel.parse().with_context(|| format!("{kernel} is neither a file nor a kernel of ours"))?;
    Ok((kernel.to_owned(), monitor_hosts::proof::prepare(variant)?.profile))
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

fn open<'p>(path: &Path, bytes: &'p [u8]) -> Result<Profile<'p>> {
    Profile::open(bytes).with_context(|| path.display().to_string())
}
