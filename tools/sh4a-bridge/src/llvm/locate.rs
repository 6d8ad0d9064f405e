//! Finds the libLLVM that rustc itself ships.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The shared library next to the rustc that is in use, or what `SH4A_BRIDGE_LLVM` names.
///
/// # Errors
/// When rustc cannot be asked, or its sysroot holds no libLLVM (a rustc that links LLVM statically).
pub fn find() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("SH4A_BRIDGE_LLVM") {
        return Ok(path.into());
    }
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(&rustc)
        .args(["--print", "sysroot"])
        .output()
        .with_context(|| format!("cannot run {}", rustc.display()))?;
    if !output.status.success() {
        bail!("`rustc --print sysroot` failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let sysroot = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    in_folder(&sysroot.join("lib"))
}

/// The largest `libLLVM*.so*` of a folder: toolchains also hold a linker script of a similar name.
fn in_folder(folder: &Path) -> Result<PathBuf> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    entries
        .flatten()
        .filter(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.starts_with("libLLVM") && name.contains(".so")
        })
        .map(|entry| entry.path())
        .max_by_key(|path| path.metadata().map(|meta| meta.len()).unwrap_or(0))
        .with_context(|| {
            format!(
                "no libLLVM in {}: this rustc links LLVM statically; set SH4A_BRIDGE_LLVM to a libLLVM of its version",
                folder.display()
            )
        })
}

#[cfg(test)]
mod tests {
    use super::in_folder;

    #[test]
    fn picks_the_library_and_not_the_linker_script() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("libLLVM-22.so"), "INPUT(libLLVM.so.22)").expect("written");
        std::fs::write(folder.path().join("libLLVM.so.22"), vec![0u8; 4096]).expect("written");
        std::fs::write(folder.path().join("libstd.so"), vec![0u8; 9000]).expect("written");
        assert_eq!(in_folder(folder.path()).expect("found"), folder.path().join("libLLVM.so.22"));
    }

    #[test]
    fn a_folder_without_it_is_an_error_that_names_the_cure() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        assert!(in_folder(folder.path()).expect_err("nothing there").to_string().contains("SH4A_BRIDGE_LLVM"));
    }
}
