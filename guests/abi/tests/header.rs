//! `include/spumone.h` is what cbindgen makes of `src/table.rs`, byte for byte.
//! After a change of the ABI: `UPDATE_HEADER=1 cargo test -p spumone-abi`.

use std::path::Path;

const HEAD: &str = "\
/* The ABI between SPUMONE and its guests, for C.
 * Generated from guests/abi/src/table.rs; the test `header` of that crate keeps the two equal. Do not edit. */";

const TYPES: &str = "
#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdint.h>
#endif";

const LAYOUT: &str = "
#ifdef __sh__
/* Function n stands at 16 + 4 * n, on every SH compiler. */
_Static_assert(__builtin_offsetof(struct spumone_table, set_vbr) == 16, \"spumone_table\");
_Static_assert(__builtin_offsetof(struct spumone_table, irq_enable) == 48, \"spumone_table\");
_Static_assert(__builtin_offsetof(struct spumone_table, null) == 84, \"spumone_table\");
_Static_assert(sizeof(struct spumone_table) == 132, \"spumone_table\");
#endif";

fn generate(source: &Path) -> String {
    let mut config = cbindgen::Config {
        language: cbindgen::Language::C,
        header: Some(HEAD.into()),
        include_guard: Some("SPUMONE_H".into()),
        no_includes: true,
        after_includes: Some(TYPES.into()),
        trailer: Some(LAYOUT.into()),
        style: cbindgen::Style::Tag,
        documentation_style: cbindgen::DocumentationStyle::C,
        line_length: 120,
        ..Default::default()
    };
    config.export.rename.insert("SpumoneTable".into(), "spumone_table".into());
    config.export.include.push("SpumoneTable".into());
    let mut text = Vec::new();
    cbindgen::Builder::new()
        .with_src(source)
        .with_config(config)
        .generate()
        .expect("table.rs is readable")
        .write(&mut text);
    String::from_utf8(text).expect("UTF-8")
}

#[test]
fn header_says_what_the_rust_module_says() {
    let crate_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    let generated = generate(&crate_dir.join("src/table.rs"));
    let header = crate_dir.join("include/spumone.h");
    if std::env::var_os("UPDATE_HEADER").is_some() {
        std::fs::write(&header, &generated).expect("header is writable");
    }
    let stored = std::fs::read_to_string(&header).expect("header is there");
    assert!(stored == generated, "include/spumone.h is stale: run UPDATE_HEADER=1 cargo test -p spumone-abi");
    for needed in ["#define SPUMONE_MAGIC 1297436755", "int32_t (*irq_enable)(uint32_t intevt, uint32_t level)"] {
        assert!(generated.contains(needed), "no `{needed}` in:\n{generated}");
    }
}
