//! Where Debian packages come from: the mirror that the host's own apt already uses.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::command;

/// Debian's public name, for hosts that are not Debian or whose mirror lacks a suite.
const PUBLIC: &str = "http://deb.debian.org/debian";

/// Debian's archive keys, from the package `debian-archive-keyring`; the first name is the newer one.
const KEYRINGS: [&str; 2] =
    ["/usr/share/keyrings/debian-archive-keyring.pgp", "/usr/share/keyrings/debian-archive-keyring.gpg"];

/// Mirrors to try in turn.
pub(crate) fn mirrors() -> Vec<String> {
    let format = "$(REPO_URI) $(RELEASE) $(COMPONENT)";
    let listed =
        command::capture(Command::new("apt-get").args(["indextargets", "--format", format, "Created-By: Packages"]));
    let own = listed.ok().and_then(|targets| debian_mirror(&targets));
    own.into_iter().filter(|uri| uri != PUBLIC).chain([PUBLIC.to_owned()]).collect()
}

/// The key file that signs Debian's suites.
pub(crate) fn keyring() -> Result<&'static str> {
    match KEYRINGS.into_iter().find(|path| Path::new(path).exists()) {
        Some(path) => Ok(path),
        None => bail!("Debian's archive keys are missing; install the package debian-archive-keyring"),
    }
}

/// From lines `URI RELEASE COMPONENT` the URI of the Debian archive itself: not of its updates or security parts, and not
/// of some other vendor's.
fn debian_mirror(targets: &str) -> Option<String> {
    let codename = |release: &str| {
        ["bookworm", "trixie", "forky", "sid", "stable", "testing", "unstable", "oldstable"].contains(&release)
    };
    targets.lines().find_map(|line| match line.split_whitespace().collect::<Vec<_>>()[..] {
        [uri, release, "main"] if codename(release) => Some(uri.trim_end_matches('/').to_owned()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_archive_is_found_among_its_neighbours() {
        let targets = "https://packages.example.org/apt nodistro main\n\
             http://mirror.example.org/debian-security/ bookworm-security main\n\
             http://mirror.example.org/debian/ bookworm contrib\n\
             http://mirror.example.org/debian/ bookworm-updates main\n\
             http://mirror.example.org/debian/ bookworm main\n";
        assert_eq!(debian_mirror(targets).as_deref(), Some("http://mirror.example.org/debian"));
    }

    #[test]
    fn without_a_debian_source_there_is_no_own_mirror() {
        assert_eq!(debian_mirror("http://archive.ubuntu.com/ubuntu/ noble main\n"), None);
        assert_eq!(debian_mirror(""), None);
    }

    #[test]
    fn the_public_mirror_is_the_last_resort() {
        assert_eq!(mirrors().last().map(String::as_str), Some(PUBLIC));
    }
}
