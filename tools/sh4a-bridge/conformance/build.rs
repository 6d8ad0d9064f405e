//! Brings in the programs that the property tests generated, if any.

use std::path::PathBuf;

fn main() {
    println!("cargo::rerun-if-env-changed=CONFORMANCE_GENERATED");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("generated.rs");
    let text = match std::env::var_os("CONFORMANCE_GENERATED") {
        Some(path) => {
            println!("cargo::rerun-if-changed={}", path.display());
            std::fs::read_to_string(&path).expect("CONFORMANCE_GENERATED names a readable file")
        }
        None => "/// No generated programs.\npub const PROGRAMS: &[crate::Case] = &[];".to_owned(),
    };
    std::fs::write(out, text).expect("OUT_DIR is writable");
}
