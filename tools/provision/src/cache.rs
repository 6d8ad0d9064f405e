//! Content-addressed build outputs and downloads under the user's cache folder.
//!
//! An entry is a folder `<root>/<kind>/<hash of its inputs>`. It appears whole (built beside its place and renamed) or not
//! at all, is built by one process at a time, and may be deleted at any moment when nothing uses it.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

/// What [`Cache::file`] calls the file, and the note of its digest.
const FILE: &str = "file";
const DIGEST: &str = "digest";

/// Collects the inputs of a cache entry; see [`hash`].
#[derive(Clone)]
pub struct Inputs(Sha256);

/// Starts the list of inputs of an entry: `hash().text("v1").file(path)?.done()`.
#[must_use]
pub fn hash() -> Inputs {
    Inputs(Sha256::new())
}

impl Inputs {
    /// A string: a version, a command line, a name.
    #[must_use]
    pub fn text(self, text: &str) -> Self {
        self.field(b"text", text.as_bytes())
    }

    /// Bytes that are no text.
    #[must_use]
    pub fn bytes(self, bytes: &[u8]) -> Self {
        self.field(b"bytes", bytes)
    }

    /// The contents of a file; its place does not count.
    pub fn file(self, path: &Path) -> Result<Self> {
        let mut inner = Sha256::new();
        let mut file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut buffer = vec![0; 1 << 16];
        loop {
            let n = file.read(&mut buffer).with_context(|| format!("cannot read {}", path.display()))?;
            if n == 0 {
                break;
            }
            inner.update(&buffer[..n]);
        }
        Ok(self.field(b"file", &inner.finalize()))
    }

    /// Names and contents of all files below a folder, in the order of their names.
    pub fn tree(mut self, dir: &Path) -> Result<Self> {
        let mut names = Vec::new();
        list(dir, Path::new(""), &mut names)?;
        names.sort();
        for name in names {
            self = self.text(&name.to_string_lossy()).file(&dir.join(&name))?;
        }
        Ok(self)
    }

    /// The hash: 32 hexadecimal digits.
    #[must_use]
    pub fn done(self) -> String {
        self.0.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }

    /// Length-prefixed, so that no two lists of inputs look alike.
    fn field(mut self, kind: &[u8], bytes: &[u8]) -> Self {
        self.0.update(kind);
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }
}

fn list(root: &Path, below: &Path, names: &mut Vec<PathBuf>) -> Result<()> {
    let dir = root.join(below);
    for entry in fs::read_dir(&dir).with_context(|| format!("cannot list {}", dir.display()))? {
        let entry = entry?;
        let name = below.join(entry.file_name());
        if entry.file_type()?.is_dir() { list(root, &name, names)? } else { names.push(name) }
    }
    Ok(())
}

/// A cache folder. [`Cache::user`] is the one that commands use; tests make their own.
#[derive(Clone, Debug)]
pub struct Cache {
    root: PathBuf,
}

/// One entry, for reports and pruning.
#[derive(Clone, Debug)]
pub struct Entry {
    /// `<kind>/<hash>`
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
    /// Bytes of all its files.
    pub bytes: u64,
    /// When [`Cache::entry`] last handed it out.
    pub used: SystemTime,
}

impl Cache {
    /// `$XDG_CACHE_HOME/spumone`, or `~/.cache/spumone`.
    pub fn user() -> Result<Self> {
        let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let base = absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")));
        let Some(base) = base else {
            bail!("no place for the cache: set XDG_CACHE_HOME or HOME to an absolute path");
        };
        Ok(Self::at(&base.join("spumone")))
    }

    /// A cache in a folder that need not exist yet.
    #[must_use]
    pub fn at(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// The folder of the whole cache.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the entry is or will be. A build that must write its own absolute path into its output uses this.
    #[must_use]
    pub fn path(&self, kind: &str, hash: &str) -> PathBuf {
        self.root.join(kind).join(hash)
    }

    /// The folder of an entry, built by `build` into an empty folder if it is not there. Other processes that want the same
    /// entry wait; a failed or interrupted build leaves nothing that could be taken for the entry.
    pub fn entry(&self, kind: &str, hash: &str, build: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
        let path = self.path(kind, hash);
        if !path.exists() {
            let _lock = self.lock(&format!("{kind}-{hash}"))?;
            if !path.exists() {
                self.build(kind, hash, &path, build)?;
            }
        }
        let stamp = self.root.join("used");
        fs::create_dir_all(&stamp)?;
        File::create(stamp.join(format!("{kind}-{hash}"))).context("cannot note the use of a cache entry")?;
        Ok(path)
    }

    fn build(&self, kind: &str, hash: &str, path: &Path, build: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
        let unfinished = self.root.join(kind).join(format!(".building-{hash}"));
        remove(&unfinished)?; // left by a process that was killed: we hold the lock
        fs::create_dir_all(&unfinished).with_context(|| format!("cannot create {}", unfinished.display()))?;
        if let Err(error) = build(&unfinished) {
            remove(&unfinished)?;
            return Err(error);
        }
        fs::rename(&unfinished, path).with_context(|| format!("cannot move the finished entry to {}", path.display()))
    }

    /// Drops an entry that turned out to be bad.
    pub fn remove(&self, kind: &str, hash: &str) -> Result<()> {
        let _lock = self.lock(&format!("{kind}-{hash}"))?;
        remove(&self.path(kind, hash))
    }

    /// The one file of an entry, which `build` writes to the path that it gets. Its digest lies beside it: a file that was damaged since
    /// is built again, where another entry would be used as it is.
    pub fn file(&self, kind: &str, key: &str, build: impl Fn(&Path) -> Result<()>) -> Result<PathBuf> {
        for _ in 0..2 {
            let dir = self.entry(kind, key, |dir| {
                build(&dir.join(FILE))?;
                fs::write(dir.join(DIGEST), hash().file(&dir.join(FILE))?.done()).context("cannot note a digest")
            })?;
            let noted = fs::read_to_string(dir.join(DIGEST)).unwrap_or_default();
            if hash().file(&dir.join(FILE)).is_ok_and(|found| found.done() == noted) {
                return Ok(dir.join(FILE));
            }
            self.remove(kind, key)?;
        }
        bail!("what is built for {kind}/{key} in {} does not stay as it is", self.root.display())
    }

    /// Holds a named lock against other processes and threads until the guard is dropped.
    pub fn lock(&self, name: &str) -> Result<Lock> {
        let dir = self.root.join("locks");
        fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
        let path = dir.join(name.replace('/', "-"));
        let file = File::create(&path).with_context(|| format!("cannot create {}", path.display()))?;
        if file.try_lock().is_err() {
            crate::progress::say(&format!("waiting for another process that prepares {name}"));
            file.lock().with_context(|| format!("cannot lock {}", path.display()))?;
        }
        Ok(Lock { _file: file })
    }

    /// All entries with their sizes.
    pub fn entries(&self) -> Result<Vec<Entry>> {
        let mut found = Vec::new();
        for kind in folders(&self.root)? {
            let kind_name = file_name(&kind);
            if ["locks", "used", "apt"].contains(&kind_name.as_str()) {
                continue;
            }
            for path in folders(&kind)?.into_iter().filter(|path| !file_name(path).starts_with('.')) {
                let hash = file_name(&path);
                let stamp = self.root.join("used").join(format!("{kind_name}-{hash}"));
                let used = fs::metadata(stamp).and_then(|meta| meta.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
                found.push(Entry { name: format!("{kind_name}/{hash}"), bytes: size(&path)?, path, used });
            }
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    /// Removes the entries that nobody asked for in the last `age`; returns them.
    pub fn prune(&self, age: Duration) -> Result<Vec<Entry>> {
        let now = SystemTime::now();
        let old = |entry: &Entry| now.duration_since(entry.used).is_ok_and(|unused| unused >= age);
        let removed: Vec<Entry> = self.entries()?.into_iter().filter(old).collect();
        for entry in &removed {
            let _lock = self.lock(&entry.name)?;
            remove(&entry.path)?;
        }
        Ok(removed)
    }
}

/// A held lock; see [`Cache::lock`].
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// [`Cache::entry`] of the user's cache.
pub fn entry(kind: &str, hash: &str, build: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    Cache::user()?.entry(kind, hash, build)
}

/// [`Cache::file`] of the user's cache.
pub fn file(kind: &str, key: &str, build: impl Fn(&Path) -> Result<()>) -> Result<PathBuf> {
    Cache::user()?.file(kind, key, build)
}

/// [`Cache::path`] of the user's cache.
pub fn path(kind: &str, hash: &str) -> Result<PathBuf> {
    Ok(Cache::user()?.path(kind, hash))
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn folders(dir: &Path) -> Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(|| format!("cannot list {}", dir.display())),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            found.push(entry.path());
        }
    }
    Ok(found)
}

fn size(dir: &Path) -> Result<u64> {
    let mut names = Vec::new();
    list(dir, Path::new(""), &mut names)?;
    Ok(names.iter().filter_map(|name| fs::symlink_metadata(dir.join(name)).ok()).map(|meta| meta.len()).sum())
}

fn remove(dir: &Path) -> Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", dir.display()))
        }
        _ => Ok(()),
    }
}
