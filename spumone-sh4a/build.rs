//! Chooses the linker script of each program and the board's memory map.

use std::path::Path;

fn main() {
    let boards = [("rp1", "CARGO_FEATURE_RP1"), ("r2d", "CARGO_FEATURE_R2D")];
    let linker = Path::new(env!("CARGO_MANIFEST_DIR")).join("../linker");
    println!("cargo:rerun-if-changed={}", linker.display());
    let chosen: Vec<_> = boards.iter().filter(|(_, feature)| std::env::var_os(feature).is_some()).collect();
    if let [(board, _)] = chosen[..] {
        if *board == "r2d" {
            // SH7751R is an SH-4, not an SH-4A: no movua.l, no movli.l.
            println!("cargo:rustc-link-arg-bins=--bridge-cflag=-m4-nofpu");
            println!("cargo:rustc-link-arg-bins=--bridge-cflag=-mno-usermode");
            println!("cargo:rustc-link-arg-bins=--bridge-cflag=-matomic-model=soft-imask,strict");
        }
        println!("cargo:rustc-link-arg-bins=--no-warn-rwx-segments");
        for program in ["spumone", "boot"] {
            println!("cargo:rustc-link-arg-bin={program}=-L{}", linker.join("memory").join(board).display());
            println!("cargo:rustc-link-arg-bin={program}=-T{}", linker.join(program).with_extension("ld").display());
        }
    }
}
