//! For build scripts of programs for SH-4A: which board they are built for, and what the linker has to be told.

use std::path::{Path, PathBuf};

/// Boards, each a feature of every package that is linked for one, with the bridge's C flags for the board's core. SH7751R is an
/// SH-4, not an SH-4A: no movua.l, no movli.l.
const BOARDS: [(&str, &[&str]); 2] =
    [("rp1", &[]), ("r2d", &["-m4-nofpu", "-mno-usermode", "-matomic-model=soft-imask,strict"])];

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
        let boards: Vec<_> = BOARDS.iter().filter(|(name, _)| chosen(name)).collect();
        let [(board, flags)] = boards[..] else { return None };
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).to_owned();
        println!("cargo:rerun-if-changed={}", scripts.display());
        println!("cargo:rustc-link-arg-bins=--no-warn-rwx-segments");
        println!("cargo:rustc-link-arg-bins=-L{}", scripts.join("memory").join(board).display());
        for flag in *flags {
            println!("cargo:rustc-link-arg-bins=--bridge-cflag={flag}");
        }
        Some(Self { board, scripts })
    }

    /// Links `program` with `script`.
    pub fn link(&self, program: &str, script: &str) {
        println!("cargo:rustc-link-arg-bin={program}=-T{}", self.scripts.join(script).display());
    }
}
