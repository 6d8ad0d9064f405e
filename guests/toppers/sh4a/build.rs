//! Links the kernel into one relocatable object that keeps the names of `exports.ld`.

use std::path::Path;

fn main() {
    if placement::Placement::of_package().is_some() {
        let exports = Path::new(env!("CARGO_MANIFEST_DIR")).join("exports.ld");
        println!("cargo:rerun-if-changed={}", exports.display());
        println!("cargo:rustc-link-arg-bins=-r");
        println!("cargo:rustc-link-arg-bins={}", exports.display());
    }
}
