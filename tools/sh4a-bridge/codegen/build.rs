//! Hands the C twin to the linker, which is the bridge.

fn main() {
    let here = std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
    println!("cargo::rerun-if-changed=routines.c");
    println!("cargo::rustc-link-arg={here}/routines.c");
}
