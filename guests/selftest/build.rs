//! Links each guest with the common guest script and the board's memory map.

use std::path::Path;

fn main() {
    let linker = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../linker");
    println!("cargo:rerun-if-changed={}", linker.display());
    for (board, feature) in [("rp1", "CARGO_FEATURE_RP1"), ("r2d", "CARGO_FEATURE_R2D")] {
        if std::env::var_os(feature).is_some() {
            println!("cargo:rustc-link-arg-bins=--no-warn-rwx-segments");
            println!("cargo:rustc-link-arg-bins=-L{}", linker.join("memory").join(board).display());
            if board == "r2d" {
                // SH7751R is an SH-4, not an SH-4A: no movua.l, no movli.l.
                println!("cargo:rustc-link-arg-bins=--bridge-cflag=-m4-nofpu");
                println!("cargo:rustc-link-arg-bins=--bridge-cflag=-mno-usermode");
                println!("cargo:rustc-link-arg-bins=--bridge-cflag=-matomic-model=soft-imask,strict");
            }
            for program in ["bad-calls", "flood", "hog", "jump-nowhere", "bad-vbr", "fpu-rt"] {
                println!("cargo:rustc-link-arg-bin={program}=-T{}", linker.join("guest.ld").display());
            }
            for program in ["low-worker", "fpu-low", "tlb"] {
                println!("cargo:rustc-link-arg-bin={program}=-T{}", linker.join("guest-low.ld").display());
            }
            if board == "rp1" {
                println!("cargo:rustc-link-arg-bin=nested=-T{}", linker.join("guest.ld").display());
                println!("cargo:rustc-link-arg-bin=rule-breaker=-T{}", linker.join("guest-low.ld").display());
            }
        }
    }
}
