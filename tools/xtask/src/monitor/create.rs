//! A new monitor.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::workspace;

/// The smallest complete monitor; NAME, TYPE and CRATE stand for its names.
const SOURCE: &str = include_str!("template/lib.rs.txt");
const MANIFEST: &str = include_str!("template/Cargo.toml.txt");
const README: &str = include_str!("template/README.md.txt");
/// Above this line of the registry a new monitor goes.
const MARK: &str = "    // new monitors above this line";
/// The same in the list of the guest in which monitors run on SPUMONE: its state, and itself.
const STATE_MARK: &str = "    // new state above this line";
const GUEST_MARK: &str = "        // new monitors above this line";

/// Makes `monitors/NAME`, and tells the workspace and the hosts of it.
pub(crate) fn run(name: &str) -> Result<()> {
    create(workspace::root(), name)?;
    println!("monitors/{name}: write what it watches into src/lib.rs; then");
    println!("    cargo test -p {name}");
    println!("    cargo xtask monitor run {name} --on emu");
    println!("    cargo xtask monitor run {name} --on spumone");
    Ok(())
}

/// The same in the workspace at `root`.
pub(crate) fn create(root: &Path, name: &str) -> Result<()> {
    let letters = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    ensure!(name.split('-').all(letters), "{name:?}: take lower-case words with hyphens, such as open-files");
    let folder = root.join("monitors").join(name);
    ensure!(!folder.exists(), "there is a monitors/{name} already");

    let krate = name.replace('-', "_");
    let ty: String = name.split('-').map(|word| word[..1].to_uppercase() + &word[1..]).collect();
    let fill = |text: &str| text.replace("NAME", name).replace("TYPE", &ty).replace("CRATE", &krate);
    for (file, text) in [("Cargo.toml", MANIFEST), ("README.md", README), ("src/lib.rs", SOURCE)] {
        let path = folder.join(file);
        std::fs::create_dir_all(path.parent().unwrap_or(&folder))?;
        std::fs::write(&path, fill(text)).with_context(|| format!("cannot write {}", path.display()))?;
    }
    insert(
        &root.join("Cargo.toml"),
        "kernel-profile = { path",
        &format!("{name} = {{ path = \"monitors/{name}\" }}\n"),
    )?;
    let hosts = root.join("tools/monitor-hosts");
    insert(&hosts.join("Cargo.toml"), "credentials = { workspace", &format!("{name} = {{ workspace = true }}\n"))?;
    insert(&hosts.join("src/registry.rs"), MARK, &format!("    || Box::<{krate}::{ty}>::default(),\n"))?;
    let guest = root.join("guests/monitor-host");
    insert(&guest.join("Cargo.toml"), "credentials = { workspace", &format!("{name} = {{ workspace = true }}\n"))?;
    let list = guest.join("src/list.rs");
    insert(&list, STATE_MARK, &format!("    {krate}: {krate}::{ty},\n"))?;
    insert(&list, GUEST_MARK, &format!("        &mut local.{krate},\n"))
}

/// Puts a line before the first one that begins with `before`.
fn insert(path: &Path, before: &str, line: &str) -> Result<()> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let at = text.find(&format!("\n{before}")).with_context(|| format!("{} has no line {before:?}", path.display()))?;
    let (head, tail) = text.split_at(at + 1);
    std::fs::write(path, format!("{head}{line}{tail}")).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_monitor_is_known_everywhere() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        for file in [
            "Cargo.toml",
            "tools/monitor-hosts/Cargo.toml",
            "tools/monitor-hosts/src/registry.rs",
            "guests/monitor-host/Cargo.toml",
            "guests/monitor-host/src/list.rs",
        ] {
            std::fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
            std::fs::copy(workspace::root().join(file), root.join(file)).unwrap();
        }
        create(root, "open-files").unwrap();
        let read = |file: &str| std::fs::read_to_string(root.join(file)).unwrap();
        assert!(read("Cargo.toml").contains("open-files = { path = \"monitors/open-files\" }\n"));
        assert!(read("tools/monitor-hosts/Cargo.toml").contains("open-files = { workspace = true }\n"));
        assert!(
            read("tools/monitor-hosts/src/registry.rs").contains("    || Box::<open_files::OpenFiles>::default(),\n")
        );
        assert!(read("guests/monitor-host/Cargo.toml").contains("open-files = { workspace = true }\n"));
        let list = read("guests/monitor-host/src/list.rs");
        assert!(list.contains("    open_files: open_files::OpenFiles,\n"));
        assert!(list.contains("        &mut local.open_files,\n"));
        assert!(read("monitors/open-files/src/lib.rs").contains("pub struct OpenFiles"));
        assert!(!read("monitors/open-files/src/lib.rs").contains("CRATE"));
        assert!(create(root, "open-files").unwrap_err().to_string().contains("already"));
        for wrong in ["", "Open", "a--b", "../x"] {
            assert!(create(root, wrong).is_err(), "{wrong}");
        }
    }
}
