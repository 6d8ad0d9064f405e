//! Where Debian packages come from: the mirror that the host's own apt already uses.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail, ensure};

use crate::command;

/// Names a mirror for hosts that are not Debian or whose mirror lacks a suite, e.g. `http://mirror.example.org/debian`.
const VARIABLE: &str = "SPUMONE_DEBIAN_MIRROR";

/// Debian's archive keys, from the package `debian-archive-keyring`; the first name is the newer one.
const KEYRINGS: [&str; 2] =
    ["/usr/share/keyrings/debian-archive-keyring.pgp", "/usr/share/keyrings/debian-archive-keyring.gpg"];

/// Where an archive and its security updates lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mirror {
    /// URI of the archive.
    pub(crate) archive: String,
    /// URI of its security updates.
    pub(crate) security: String,
}

/// Mirrors to try in turn: the one that the user names, then that of the host's own apt.
pub(crate) fn mirrors() -> Result<Vec<Mirror>> {
    let format = "$(REPO_URI) $(RELEASE) $(COMPONENT)";
    // Without --no-release-info a host that never fetched its lists would name nothing.
    let arguments = ["indextargets", "--no-release-info", "--format", format, "Created-By: Packages"];
    let listed = command::capture(Command::new("apt-get").args(arguments));
    let own = listed.ok().and_then(|targets| debian_mirror(&targets));
    let mirrors: Vec<Mirror> = std::env::var(VARIABLE).ok().map(named).into_iter().chain(own).collect();
    ensure!(!mirrors.is_empty(), "this host's apt knows no Debian mirror; set {VARIABLE} to the address of one");
    Ok(mirrors)
}

fn named(archive: String) -> Mirror {
    let archive = archive.trim_end_matches('/').to_owned();
    Mirror { security: format!("{archive}-security"), archive }
}

/// The key file that signs Debian's suites.
pub(crate) fn keyring() -> Result<&'static str> {
    match KEYRINGS.into_iter().find(|path| Path::new(path).exists()) {
        Some(path) => Ok(path),
        None => bail!("Debian's archive keys are missing; install the package debian-archive-keyring"),
    }
}

/// Reads lines `URI RELEASE COMPONENT`, and leaves alone what belongs to other vendors. Where the security updates are not
/// listed they are taken to lie beside the archive.
fn debian_mirror(targets: &str) -> Option<Mirror> {
    let releases = ["bookworm", "trixie", "forky", "sid", "oldstable", "stable", "testing", "unstable"];
    let find = |suffix: &str| {
        targets.lines().find_map(|line| match line.split_whitespace().collect::<Vec<_>>()[..] {
            [uri, release, "main"] if releases.contains(&release.strip_suffix(suffix)?) => {
                Some(uri.trim_end_matches('/').to_owned())
            }
            _ => None,
        })
    };
    let archive = find("")?;
    let security = find("-security").unwrap_or_else(|| format!("{archive}-security"));
    Some(Mirror { archive, security })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_archive_is_found_among_its_neighbours() {
        let targets = "https://packages.example.org/apt nodistro main\n\
             http://security.example.org/debian-security/ bookworm-security main\n\
             http://contrib.example.org/debian/ bookworm contrib\n\
             http://updates.example.org/debian/ bookworm-updates main\n\
             http://mirror.example.org/debian/ bookworm main\n";
        let found = debian_mirror(targets).unwrap();
        assert_eq!(found.archive, "http://mirror.example.org/debian");
        assert_eq!(found.security, "http://security.example.org/debian-security");
    }

    #[test]
    fn security_updates_lie_beside_the_archive_if_nothing_else_is_known() {
        let found = debian_mirror("http://mirror.example.org/debian/ trixie main\n").unwrap();
        assert_eq!(found.security, "http://mirror.example.org/debian-security");
    }

    #[test]
    fn without_a_debian_source_there_is_no_own_mirror() {
        assert_eq!(debian_mirror("http://ubuntu.example.org/ubuntu/ noble main\n"), None);
        assert_eq!(debian_mirror(""), None);
    }

    #[test]
    fn a_named_mirror_has_its_security_updates_beside_it() {
        let found = named("http://mirror.example.org/debian/".to_owned());
        assert_eq!(found.archive, "http://mirror.example.org/debian");
        assert_eq!(found.security, "http://mirror.example.org/debian-security");
    }
}
