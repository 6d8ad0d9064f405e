//! Packages of the host itself: installed when we are root, named as one exact line otherwise.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::cache::Cache;
use crate::command;

/// True if this process may install packages.
#[must_use]
pub fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

/// The program's place in PATH.
#[must_use]
pub fn which(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(program)).find(|path| is_executable(path))
}

fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

/// Those of `packages` that dpkg does not know as installed, in the order given.
pub fn missing_host_packages<'a>(packages: &[&'a str]) -> Vec<&'a str> {
    let query = ["-W", "-f", "${Package} ${db:Status-Status}\n"];
    // dpkg-query fails when it knows none of them, and still prints those that it knows.
    let output = Command::new("dpkg-query").args(query).args(packages).env("LC_ALL", "C").output();
    let known = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    packages.iter().copied().filter(|package| !is_installed(&known, package)).collect()
}

fn is_installed(known: &str, package: &str) -> bool {
    known.lines().any(|line| line.split_once(' ') == Some((package, "installed")))
}

/// Makes sure that Debian packages are installed on the host.
pub fn host_packages(packages: &[&str]) -> Result<()> {
    if missing_host_packages(packages).is_empty() {
        return Ok(());
    }
    let _lock = Cache::user()?.lock("host-packages")?;
    let missing = missing_host_packages(packages);
    if missing.is_empty() {
        return Ok(());
    }
    let line = install_line(&missing);
    if !is_root() {
        bail!("this host lacks {}; install with:\n    {line}", missing.join(" "));
    }
    let title = format!("installing {}", missing.join(" "));
    let install = || {
        let mut apt = apt_get();
        apt.args(["install", "--yes", "--no-install-recommends"]).args(&missing);
        command::run(&title, &mut apt)
    };
    let update = || command::run("fetching the host's package lists", apt_get().arg("update"));
    if !has_package_lists(Path::new("/var/lib/apt/lists")) {
        update()?;
    }
    if install().is_err() {
        // The lists may be older than the mirror.
        update()?;
        install().with_context(|| format!("this host lacks packages; try it by hand:\n    {line}"))?;
    }
    Ok(())
}

/// A fresh machine has none.
fn has_package_lists(dir: &Path) -> bool {
    let lists = fs::read_dir(dir).into_iter().flatten().flatten();
    lists.into_iter().any(|entry| entry.file_name().to_string_lossy().contains("_Packages"))
}

/// The line to type that installs Debian packages.
#[must_use]
pub fn install_line(packages: &[&str]) -> String {
    line_for(is_root(), packages)
}

fn line_for(root: bool, packages: &[&str]) -> String {
    let sudo = if root { "" } else { "sudo " };
    format!("{sudo}apt-get install --no-install-recommends {}", packages.join(" "))
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command.args(["-o", "DPkg::Lock::Timeout=600", "-o", "Acquire::Retries=3"]);
    command.env("DEBIAN_FRONTEND", "noninteractive").env("LC_ALL", "C");
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_installed_counts_as_installed() {
        let known = "make installed\nbison config-files\nlibc6 installed\nlibc6-dev not-installed\n";
        assert!(is_installed(known, "make"));
        for package in ["bison", "libc6-dev", "flex", "mak"] {
            assert!(!is_installed(known, package), "{package}");
        }
    }

    #[test]
    fn unknown_packages_are_missing() {
        assert_eq!(missing_host_packages(&["no-such-package-spumone"]), ["no-such-package-spumone"]);
    }

    #[test]
    fn a_fresh_machine_has_no_package_lists() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("lock"), "").unwrap();
        fs::create_dir(dir.path().join("partial")).unwrap();
        assert!(!has_package_lists(dir.path()));
        assert!(!has_package_lists(&dir.path().join("missing")));
        fs::write(dir.path().join("mirror.example.org_debian_dists_bookworm_main_binary-amd64_Packages.lz4"), "")
            .unwrap();
        assert!(has_package_lists(dir.path()));
    }

    #[test]
    fn the_line_to_type_names_every_package() {
        assert_eq!(line_for(true, &["flex", "bison"]), "apt-get install --no-install-recommends flex bison");
        assert_eq!(line_for(false, &["flex"]), "sudo apt-get install --no-install-recommends flex");
    }

    #[test]
    fn programs_are_found_in_path_only_if_executable() {
        assert!(which("sh").is_some());
        assert_eq!(which("no-such-program-here"), None);
    }
}
