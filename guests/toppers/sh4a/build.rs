//! Links the kernel into one relocatable object that keeps the names of `exports.ld`.

use std::path::Path;

/// LLVM's link-time optimisation, and no vectors left behind.
const PASSES: &str =
    "lto<O2>,function(expand-reductions,scalarizer<load-store>,instsimplify,dce),globaldce,strip-dead-prototypes";

fn main() {
    if placement::Placement::of_package().is_some() {
        let exports = Path::new(env!("CARGO_MANIFEST_DIR")).join("exports.ld");
        println!("cargo:rerun-if-changed={}", exports.display());
        println!("cargo:rustc-link-arg-bins=-r");
        // Dispatching is what this program is for: everything in its way is inlined.
        println!("cargo:rustc-link-arg-bins=--bridge-passes={PASSES}");
        println!("cargo:rustc-link-arg-bins={}", exports.display());
    }
}
