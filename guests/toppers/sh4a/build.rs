//! Links the kernel into one relocatable object that keeps the names of `exports.ld`.

use std::path::Path;

fn main() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    println!("cargo:rerun-if-changed=exports.ld");
    println!("cargo:rustc-link-arg-bins=-r");
    println!("cargo:rustc-link-arg-bins={}", here.join("exports.ld").display());
    if std::env::var_os("CARGO_FEATURE_R2D").is_some() {
        // SH7751R is an SH-4, not an SH-4A: no movua.l, no movli.l.
        println!("cargo:rustc-link-arg-bins=--bridge-cflag=-m4-nofpu");
        println!("cargo:rustc-link-arg-bins=--bridge-cflag=-mno-usermode");
        println!("cargo:rustc-link-arg-bins=--bridge-cflag=-matomic-model=soft-imask,strict");
    }
}
