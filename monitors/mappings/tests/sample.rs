//! On a guest of a few words, whose page tables have two levels.

use kernel_profile::Sample;
use mappings::{ALIAS, Mappings};
use monitor_api::profile::Paging;

const AREAS: u32 = 0x8c00_0000;
const ONE: u32 = 0x8c00_0010;
const DIRECTORY: u32 = 0x8c00_1000;
const TABLE: u32 = 0x8c00_2000;
/// A page table entry that is valid (`_PAGE_PRESENT`).
const PRESENT: u32 = 1 << 8;

/// Pages from 0xc0000000 on, and an area over the first three.
fn guest() -> Sample {
    let mut guest = Sample::default();
    let builder = &mut guest.builder;
    builder.paging(Paging::ShTwoLevel, 12);
    let link = builder.structure("list_head", 8, &[("next", 0, 4), ("prev", 4, 4)]);
    let area = builder.structure("vmap_area", 16, &[("va_start", 8, 4), ("va_end", 12, 4)]);
    builder.member(area, "list", 0, link);
    builder.variable("vmap_area_list", AREAS, 8, link);
    builder.list("vmap_area_list", area, "list");
    builder.symbol("swapper_pg_dir", DIRECTORY, 4096);
    builder.symbol("_stext", 0x8c00_4000, 0);
    builder.symbol("_etext", 0x8c00_6000, 0);
    guest.link(AREAS, &[ONE]);
    guest.fill(ONE + 8, &[0xc000_0000, 0xc000_3000]);
    guest.put(DIRECTORY + 4 * (0xc000_0000u32 >> 22), TABLE);
    guest.fill(TABLE, &[0x0c00_8000 | PRESENT, 0x0c00_3000 | PRESENT, 0]);
    guest
}

#[test]
fn a_page_of_the_text_is_found_and_no_other() {
    let mut guest = guest();
    let mut monitor = Mappings::default();
    guest.begin(&mut monitor);
    assert!(guest.scan(&mut monitor).is_empty());
    guest.put(TABLE + 4, 0x0c00_5000 | PRESENT);
    let found = guest.scan(&mut monitor);
    assert_eq!((found.len(), found[0].what, found[0].at.get()), (1, ALIAS, 0xc000_1000));
    assert_eq!(guest.try_scan(&mut monitor, 1300).unwrap().len(), 1, "a page or two a step");
}

#[test]
fn an_area_that_is_all_of_memory_ends_each_step_within_its_budget() {
    let mut guest = guest();
    guest.fill(ONE + 8, &[0, u32::MAX]);
    let mut monitor = Mappings::default();
    guest.begin(&mut monitor);
    // Half a million pages that no table describes, at 16 bytes each.
    assert_eq!(guest.try_scan(&mut monitor, 1 << 20).unwrap().len(), 4, "two pages of text, in P1 and in P2");
}
