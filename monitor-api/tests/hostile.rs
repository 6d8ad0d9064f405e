//! A guest that lies: whatever its memory says, every walk ends, within its budget, and nothing panics.

use kernel_profile::Builder;
use monitor_api::profile::{Paging, Profile};
use monitor_api::{AddressSpace, Budget, Guest, Image, PhysAddr, View, VirtAddr};
use proptest::prelude::*;

const START: u64 = 0x0c00_0000;
const P1: u64 = 0x8c00_0000;
/// Words of the guest's memory.
const WORDS: usize = 256;

fn profile(paging: Paging) -> Vec<u8> {
    let mut builder = Builder::new("");
    builder.paging(paging, 12);
    let void = builder.opaque("void");
    let pointer = builder.pointer(void);
    builder.structure("list_head", 8, &[("next", 0, 4), ("prev", 4, 4)]);
    builder.structure("rb_node", 12, &[("__rb_parent_color", 0, 4), ("rb_right", 4, 4), ("rb_left", 8, 4)]);
    let slots = builder.array(pointer, 16);
    let node = builder.structure("xa_node", 72, &[("shift", 0, 1)]);
    builder.member(node, "slots", 8, slots);
    let root = builder.structure("xarray", 4, &[]);
    builder.member(root, "xa_head", 0, pointer);
    let task = builder.structure("task_struct", 64, &[("link", 0, 8), ("node", 12, 12), ("pid", 24, 4)]);
    let to_task = builder.pointer(task);
    builder.member(task, "parent", 28, to_task);
    builder.variable("root", P1 as u32, 4, root);
    builder.symbol("swapper_pg_dir", P1 as u32, 4096);
    builder.finish()
}

/// Words that are zero, that point into the memory (also as a node of an XArray), or are anything.
fn word() -> impl Strategy<Value = u32> {
    let inside = (0..WORDS as u32 * 4).prop_map(|offset| P1 as u32 + offset);
    prop_oneof![Just(0), inside.clone().prop_map(|at| at & !3), inside.prop_map(|at| at & !3 | 2), any::<u32>()]
}

/// Walks everything from `at`; gives how many elements there were.
fn walk(view: &View<'_>, at: VirtAddr) -> usize {
    let count = |walk: &mut dyn Iterator<Item = bool>| walk.count();
    let mut found = 0;
    found += count(&mut view.list(at, "task_struct", "link").expect("known").map(|task| task.is_ok()));
    found += count(&mut view.hash_list(at, "task_struct", "link").expect("known").map(|task| task.is_ok()));
    found += count(&mut view.tree(at, "task_struct", "node").expect("known").map(|task| task.is_ok()));
    if let Ok(radix) = view.radix(view.global("root").expect("known").at(at)) {
        found += count(&mut radix.map(|entry| entry.is_ok()));
    }
    let user = AddressSpace::User { directory: at };
    // Only that it comes back counts.
    let _ = (view.translate(user, VirtAddr::new(0x0040_0000)), view.translate(AddressSpace::Kernel, at));
    let mut text = [0; 64];
    let _ = view.text(at, &mut text);
    let mut task = view.object("task_struct", at).expect("known");
    for _ in 0..8 {
        match task.follow("parent") {
            Ok(parent) => task = parent,
            Err(_) => break,
        }
    }
    found
}

proptest! {
    #[test]
    fn every_walk_ends_within_its_budget(words in prop::collection::vec(word(), WORDS), at in 0u64..WORDS as u64) {
        let memory: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        for paging in [Paging::Flat, Paging::ShTwoLevel, Paging::ShThreeLevel] {
            let profile = profile(paging);
            let host = Image::new(PhysAddr::new(START), &memory);
            let guest = Guest::attach(&host, Profile::open(&profile).unwrap()).unwrap();
            let budget = Budget::bytes(100_000);
            let found = walk(&guest.view(&budget), VirtAddr::new(P1 + 4 * at));
            // 256 words hold no more distinct elements than that: a circle is noticed before it was walked three times.
            prop_assert!(found <= 12 * WORDS, "{found} elements");
            // One access may go over the limit; then nothing is read any more.
            prop_assert!(budget.used() < 200_000, "{} bytes", budget.used());
        }
    }

    #[test]
    fn a_damaged_profile_is_refused(at in 0usize..2000, bit in 0u8..8) {
        let mut bytes = profile(Paging::Flat);
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        // The version stands before the checksum: an older minor one is read too, and says no less of the same content.
        let older = (at, bit) == (10, 0);
        prop_assert!(older || Profile::open(&bytes).is_err(), "bit {bit} of byte {at}");
    }

    #[test]
    fn a_lying_profile_never_panics(at in 20usize..2000, value in any::<u32>(), name in "[a-z_]{1,8}") {
        let mut bytes = profile(Paging::Flat);
        let at = at % (bytes.len() - 4);
        bytes[at.max(20)..][..4].copy_from_slice(&value.to_le_bytes());
        let checksum = monitor_api::profile::format::crc32(&bytes[20..]);
        bytes[16..20].copy_from_slice(&checksum.to_le_bytes());
        if let Ok(profile) = Profile::open(&bytes) {
            let _ = (profile.symbol(&name), profile.ty(&name), profile.enumerator(&name), profile.banner());
            let members = |(_, ty): (&str, monitor_api::profile::Type<'_>)| ty.members().take(1000).count();
            let _ = (profile.types().map(members).sum::<usize>(), profile.symbols().count(), profile.lists().count());
            let _ = (profile.regions().count(), profile.symbol_before(VirtAddr::new(value.into())));
            let memory = [0; 64];
            let host = Image::new(PhysAddr::new(START), &memory);
            if let Ok(guest) = Guest::attach(&host, profile) && profile.ty("task_struct").is_some() {
                let budget = Budget::bytes(100_000);
                let view = guest.view(&budget);
                if let Ok(list) = view.list(VirtAddr::new(P1), "task_struct", "link") {
                    let _ = list.filter(|task| task.is_ok_and(|task| task.get("pid").is_ok())).count();
                }
            }
        }
    }
}
