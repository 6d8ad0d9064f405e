//! On a guest of a few words with two modules.

use hidden_modules::{HiddenModules, NOT_IN_SYSFS, ORPHAN, UNLISTED};
use kernel_profile::Sample;

const MODULES: u32 = 0x8c00_0000;
const SET: u32 = 0x8c00_0010;
const AREAS: u32 = 0x8c00_0020;
const ONE: u32 = 0x8c00_0100;
const TWO: u32 = 0x8c00_0200;
/// The loader's memory of each, and the objects that describe it.
const MEMORY: [(u32, u32, u32); 2] = [(0x8c00_0300, 0x8c00_0340, 0xc000_0000), (0x8c00_0400, 0x8c00_0440, 0xc000_8000)];

fn guest() -> Sample {
    let mut guest = Sample::default();
    let builder = &mut guest.builder;
    let link = builder.structure("list_head", 8, &[("next", 0, 4), ("prev", 4, 4)]);
    let void = builder.opaque("");
    let pointer = builder.pointer(void);
    let layout = builder.structure("module_layout", 16, &[("size", 4, 4), ("text_size", 8, 4), ("ro_size", 12, 4)]);
    builder.member(layout, "base", 0, pointer);
    let module = builder.structure("module", 0x60, &[("state", 0, 4)]);
    let to_module = builder.pointer(module);
    let kobject = builder.structure("kobject", 8, &[]);
    builder.member(kobject, "entry", 0, link);
    let mkobj = builder.structure("module_kobject", 12, &[]);
    builder.member(mkobj, "kobj", 0, kobject);
    builder.member(mkobj, "mod", 8, to_module);
    let byte = builder.number(1, false);
    let name = builder.array(byte, 8);
    for (member, offset, ty) in [
        ("list", 4, link),
        ("name", 12, name),
        ("mkobj", 20, mkobj),
        ("core_layout", 32, layout),
        ("init_layout", 48, layout),
    ] {
        builder.member(module, member, offset, ty);
    }
    builder.variable("modules", MODULES, 8, link);
    builder.list("modules", module, "list");
    let kset = builder.structure("kset", 8, &[]);
    builder.member(kset, "list", 0, link);
    let to_kset = builder.pointer(kset);
    builder.variable("module_kset", 0x8c00_0030, 4, to_kset);
    guest.put(0x8c00_0030, SET);

    let builder = &mut guest.builder;
    let memory = builder.structure("vm_struct", 12, &[("size", 4, 4)]);
    builder.member(memory, "addr", 0, pointer);
    builder.member(memory, "caller", 8, pointer);
    let to_memory = builder.pointer(memory);
    let area = builder.structure("vmap_area", 12, &[]);
    builder.member(area, "list", 0, link);
    builder.member(area, "vm", 8, to_memory);
    builder.variable("vmap_area_list", AREAS, 8, link);
    builder.list("vmap_area_list", area, "list");
    builder.symbol("load_module.isra.0", 0x8c00_8000, 0x100);
    builder.symbol("somebody_else", 0x8c00_9000, 0x100);

    for (module, (area, memory, base)) in [ONE, TWO].into_iter().zip(MEMORY) {
        guest.put(module + 28, module);
        guest.fill(module + 32, &[base, 0x1000, 0x1000, 0x1000]);
        guest.put(area + 8, memory);
        guest.fill(memory, &[base, 0x2000, 0x8c00_8040]);
    }
    guest.bytes(TWO + 12, b"second");
    guest.link(MODULES, &[ONE + 4, TWO + 4]);
    guest.link(SET, &[TWO + 20, ONE + 20]);
    guest.link(AREAS, &MEMORY.map(|(area, ..)| area));
    guest
}

/// What the second scan says: a difference must be there twice.
fn twice(guest: &Sample) -> Vec<(&'static str, u64)> {
    let mut monitor = HiddenModules::default();
    guest.begin(&mut monitor);
    assert!(guest.scan(&mut monitor).is_empty());
    guest.scan(&mut monitor).iter().map(|found| (found.what, found.at.get())).collect()
}

#[test]
fn places_that_agree_raise_nothing() {
    assert_eq!(twice(&guest()), []);
}

#[test]
fn a_module_out_of_the_list_is_in_sysfs_and_has_memory() {
    let mut guest = guest();
    guest.link(MODULES, &[ONE + 4]);
    assert_eq!(twice(&guest), [(UNLISTED, TWO.into()), (ORPHAN, 0xc000_8000)]);
}

#[test]
fn a_module_out_of_sysfs_is_in_the_list() {
    let mut guest = guest();
    guest.link(SET, &[ONE + 20]);
    assert_eq!(twice(&guest), [(NOT_IN_SYSFS, TWO.into())]);
}

#[test]
fn memory_of_a_module_that_is_nowhere_must_stay() {
    let mut guest = guest();
    guest.link(MODULES, &[ONE + 4]);
    guest.link(SET, &[ONE + 20]);
    assert_eq!(twice(&guest), [(ORPHAN, 0xc000_8000)], "on a dump");
    let mut monitor = HiddenModules::default();
    guest.begin(&mut monitor);
    for (now, found) in [(1, 0), (200_000_000, 0), (300_000_001, 1)] {
        guest.now = now;
        assert_eq!(guest.scan(&mut monitor).len(), found, "at {now} ns");
    }
    // Not the loader's.
    guest.put(MEMORY[1].1 + 8, 0x8c00_9000);
    assert!(guest.scan(&mut monitor).is_empty());
}
