//! For build scripts of programs for SH-4A: which board they are built for, and what the linker has to be told.

use std::path::{Path, PathBuf};

/// Boards, each a feature of every package that is linked for one.
const BOARDS: [&str; 2] = ["rp1", "r2d"];

/// Links the programs of one package for one board.
pub struct Placement {
    /// The board.
    pub board: &'static str,
    scripts: PathBuf,
}

impl Placement {
    /// For the package whose build script calls this; `None` if not exactly one board is chosen, as on a host.
    pub fn of_package() -> Option<Self> {
        let chosen = |name: &str| std::env::var_os(format!("CARGO_FEATURE_{}", name.to_uppercase())).is_some();
        let boards: Vec<_> = BOARDS.into_iter().filter(|name| chosen(name)).collect();
        let [board] = boards[..] else { return None };
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).to_owned();
        println!("cargo:rerun-if-changed={}", scripts.display());
        // What the code is compiled with is in it; cargo itself does not link again when only the environment changes.
        println!("cargo:rerun-if-env-changed=SH4A_BRIDGE_FLAGS");
        println!("cargo:rustc-link-arg-bins=--no-warn-rwx-segments");
        println!("cargo:rustc-link-arg-bins=-L{}", scripts.join("memory").join(board).display());
        Some(Self { board, scripts })
    }

    /// Links `program` with `script`.
    pub fn link(&self, program: &str, script: &str) {
        println!("cargo:rustc-link-arg-bin={program}=-T{}", self.scripts.join(script).display());
    }
}
