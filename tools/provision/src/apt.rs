//! An apt state of our own for one Debian suite: downloads packages without touching the host's apt or dpkg state, and
//! without being root.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};

use crate::cache::Cache;
use crate::command;
use crate::mirror::{self, Mirror};

/// Package lists older than this are fetched again before they are used.
const FRESH: Duration = Duration::from_secs(24 * 3600);

/// One suite (`bookworm`, `trixie`, `sid`) of Debian's archive.
pub(crate) struct Suite {
    name: String,
    security: bool,
    dir: PathBuf,
    cache: Cache,
}

impl Suite {
    /// The suite's state below the user's cache; its lists are fetched when they are missing or old.
    pub(crate) fn open(name: &str) -> Result<Self> {
        Self::of(name, false)
    }

    /// The same with the security updates of the suite.
    pub(crate) fn open_with_security(name: &str) -> Result<Self> {
        Self::of(name, true)
    }

    fn of(name: &str, security: bool) -> Result<Self> {
        let cache = Cache::user()?;
        let folder = if security { format!("{name}-with-security") } else { name.to_owned() };
        let dir = cache.root().join("apt").join(folder);
        let suite = Self { name: name.to_owned(), security, dir, cache };
        suite.refresh(FRESH)?;
        Ok(suite)
    }

    /// Downloads binary packages into `into`.
    pub(crate) fn download(&self, packages: &[&str], into: &Path) -> Result<()> {
        self.fetch(&["download"], packages, into)
    }

    /// Downloads the files of a source package into `into`.
    pub(crate) fn download_source(&self, package: &str, into: &Path) -> Result<()> {
        self.fetch(&["source", "--download-only"], &[package], into)
    }

    /// The version of a binary package, if the suite has it.
    pub(crate) fn version(&self, package: &str) -> Result<Option<String>> {
        let shown = command::capture(self.apt("apt-cache").args(["madison", package]))?;
        Ok(madison_version(&shown, package))
    }

    fn fetch(&self, verb: &[&str], packages: &[&str], into: &Path) -> Result<()> {
        let others = packages.len().saturating_sub(1);
        let and = if others > 0 { format!(" and {others} more packages") } else { String::new() };
        let first = packages.first().unwrap_or(&"nothing");
        let title = format!("downloading {first}{and} from Debian {}", self.name);
        let fetch = || command::run(&title, self.apt("apt-get").args(verb).args(packages).current_dir(into));
        if fetch().is_err() {
            // A point release may have replaced the versions that our lists name.
            self.refresh(Duration::ZERO)?;
            fetch()?;
        }
        Ok(())
    }

    fn refresh(&self, max_age: Duration) -> Result<()> {
        let _lock = self.cache.lock(&format!("apt-{}", self.dir.file_name().unwrap_or_default().display()))?;
        let stamp = self.dir.join("updated");
        let age = fs::metadata(&stamp).and_then(|meta| meta.modified()).ok();
        if age.and_then(|time| SystemTime::now().duration_since(time).ok()).is_some_and(|age| age < max_age) {
            return Ok(());
        }
        let mut failures = String::new();
        for mirror in mirror::mirrors()? {
            self.configure(&mirror)?;
            let title = format!("fetching the package lists of Debian {}", self.name);
            match command::run(&title, self.apt("apt-get").args(["update", "--error-on=any"])) {
                Ok(_) => return fs::write(&stamp, mirror.archive).context("cannot note the time of the update"),
                Err(error) => failures.push_str(&format!("{error}\n")),
            }
        }
        if stamp.exists() && max_age > Duration::ZERO {
            return Ok(()); // old lists are better than none; a download that fails says so
        }
        bail!("the package lists of Debian {} cannot be fetched:\n{failures}", self.name)
    }

    fn apt(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.arg("-c").arg(self.dir.join("apt.conf")).env("LC_ALL", "C");
        command
    }

    fn configure(&self, mirror: &Mirror) -> Result<()> {
        for sub in ["lists/partial", "cache/archives/partial"] {
            fs::create_dir_all(self.dir.join(sub)).with_context(|| format!("cannot create {}", self.dir.display()))?;
        }
        let write = |name: &str, text: String| {
            fs::write(self.dir.join(name), text)
                .with_context(|| format!("cannot write {name} in {}", self.dir.display()))
        };
        let mut sources = sources(&mirror.archive, &self.name, mirror::keyring()?);
        if self.security {
            sources += &self::sources(&mirror.security, &format!("{}-security", self.name), mirror::keyring()?);
        }
        write("sources.list", sources)?;
        write("status", String::new())?;
        write("apt.conf", configuration(&self.dir))
    }
}

fn sources(uri: &str, suite: &str, keyring: &str) -> String {
    format!("deb [signed-by={keyring}] {uri} {suite} main\ndeb-src [signed-by={keyring}] {uri} {suite} main\n")
}

/// Everything that apt writes lies in `dir`; hooks and pins of the host do not count, its proxies do.
fn configuration(dir: &Path) -> String {
    let dir = dir.display();
    format!(
        r##"Dir::State "{dir}";
Dir::State::lists "{dir}/lists";
Dir::State::status "{dir}/status";
Dir::Cache "{dir}/cache";
Dir::Etc::sourcelist "{dir}/sources.list";
Dir::Etc::sourceparts "-";
Dir::Etc::preferences "-";
Dir::Etc::preferencesparts "-";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "3";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
"##
    )
}

/// The first version in `apt-cache madison`'s lines `package | version | source of it`.
fn madison_version(text: &str, package: &str) -> Option<String> {
    text.lines().find_map(|line| match line.split('|').map(str::trim).collect::<Vec<_>>()[..] {
        [name, version, origin] if name == package && origin.ends_with("Packages") => Some(version.to_owned()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_a_binary_package_is_taken_not_its_source() {
        let text = "  rust-src | 1.97.1+dfsg1-1 | http://mirror.example.org/debian sid/main amd64 Packages\n\
                         rust | 1.96.0 | http://mirror.example.org/debian sid/main Sources\n";
        assert_eq!(madison_version(text, "rust-src").as_deref(), Some("1.97.1+dfsg1-1"));
        assert_eq!(madison_version(text, "rust"), None);
        assert_eq!(madison_version("", "rust-src"), None);
    }

    /// apt itself reads the configuration back: nothing that it writes to lies outside the folder.
    #[test]
    fn apt_writes_only_below_the_given_folder() {
        let dir = tempfile::tempdir().unwrap();
        let conf = dir.path().join("apt.conf");
        fs::write(&conf, configuration(dir.path())).unwrap();
        let Ok(dump) = command::capture(Command::new("apt-config").arg("-c").arg(&conf).args([
            "shell",
            "L",
            "Dir::State::lists/f",
            "A",
            "Dir::Cache::archives/f",
            "S",
            "Dir::State::status/f",
        ])) else {
            return; // not a Debian host
        };
        let values: Vec<&str> = dump.lines().collect();
        assert_eq!(values.len(), 3, "{dump}");
        assert!(values.iter().all(|line| line.contains(dir.path().to_str().unwrap())), "{dump}");
        let hooks = command::capture(Command::new("apt-config").arg("-c").arg(&conf).arg("dump")).unwrap();
        assert!(
            !hooks.lines().any(|line| line.starts_with("APT::Update::Post-Invoke") && !line.ends_with("\"\";")),
            "{hooks}"
        );
    }
}
