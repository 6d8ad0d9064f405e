//! Page tables, built by hand as `arch/sh/include/asm/pgtable*.h` describes them.

use kernel_profile::Builder;
use monitor_api::profile::{Paging, Profile};
use monitor_api::{AccessError, AddressSpace, Budget, Guest, Image, PhysAddr, Translation, VirtAddr};

/// Where the memory begins, and where the kernel sees it.
const START: u32 = 0x0c00_0000;
const P1: u32 = 0x8000_0000;

struct Tables(Vec<u8>);

impl Tables {
    fn new() -> Self {
        Self(vec![0; 0x8000])
    }

    fn put(&mut self, offset: usize, word: u32) {
        self.0[offset..offset + 4].copy_from_slice(&word.to_le_bytes());
    }

    fn translate(&self, paging: Paging, space: AddressSpace, address: u32) -> Result<Translation, AccessError> {
        let mut builder = Builder::new("");
        builder.paging(paging, 12);
        builder.symbol("swapper_pg_dir", P1 + START, 4096);
        let profile = builder.finish();
        let host = Image::new(PhysAddr::new(START.into()), &self.0);
        let guest = Guest::attach(&host, Profile::open(&profile).expect("a profile")).expect("no banner to differ");
        let budget = Budget::bytes(1000);
        guest.view(&budget).translate(space, VirtAddr::new(address.into()))
    }
}

fn unmapped(address: u32) -> Result<Translation, AccessError> {
    Err(AccessError::Unmapped { address: VirtAddr::new(address.into()) })
}

/// 0xc0403abc: entry 0x301 of the directory, entry 3 of its table.
fn two_level(flags: u32) -> Tables {
    let mut tables = Tables::new();
    tables.put(0x301 * 4, P1 + START + 0x1000);
    tables.put(0x1000 + 3 * 4, 0x0c12_3000 | flags);
    tables
}

#[test]
fn two_levels_lead_to_the_page() {
    let place = two_level(0x100).translate(Paging::ShTwoLevel, AddressSpace::Kernel, 0xc040_3abc).expect("mapped");
    assert_eq!((place.physical.get(), place.bytes), (0x0c12_3abc, 0x1000 - 0xabc));
    assert_eq!((place.writable, place.user), (false, false));
    let place = two_level(0x160).translate(Paging::ShTwoLevel, AddressSpace::Kernel, 0xc040_3000).expect("mapped");
    assert_eq!((place.physical.get(), place.writable, place.user), (0x0c12_3000, true, true));
}

#[test]
fn what_is_not_present_is_unmapped() {
    assert_eq!(
        two_level(0x0ff).translate(Paging::ShTwoLevel, AddressSpace::Kernel, 0xc040_3abc),
        unmapped(0xc040_3abc)
    );
    assert_eq!(
        two_level(0x100).translate(Paging::ShTwoLevel, AddressSpace::Kernel, 0xc040_4000),
        unmapped(0xc040_4000)
    );
    assert_eq!(
        two_level(0x100).translate(Paging::ShTwoLevel, AddressSpace::Kernel, 0xc080_0000),
        unmapped(0xc080_0000)
    );
}

#[test]
fn user_addresses_mean_something_only_in_a_process() {
    let mut tables = two_level(0x100);
    // 0x00403000 in a directory at 0x2000.
    tables.put(0x2000 + 4, P1 + START + 0x1000);
    let user = AddressSpace::User { directory: VirtAddr::new((P1 + START + 0x2000).into()) };
    let place = tables.translate(Paging::ShTwoLevel, user, 0x0040_3004).expect("mapped");
    assert_eq!(place.physical.get(), 0x0c12_3004);
    assert_eq!(tables.translate(Paging::ShTwoLevel, AddressSpace::Kernel, 0x0040_3004), unmapped(0x0040_3004));
    // The kernel's addresses are the same in every process.
    assert!(tables.translate(Paging::ShTwoLevel, user, 0xc040_3abc).is_ok());
}

/// The same address in three levels: entry 3 of the directory, 2 of the middle table, 3 of the last one.
fn three_level(low: u32, high: u32) -> Tables {
    let mut tables = Tables::new();
    tables.put(3 * 8, P1 + START + 0x1000);
    tables.put(0x1000 + 2 * 8, P1 + START + 0x2000);
    tables.put(0x2000 + 3 * 8, 0x0c45_6000 | low);
    tables.put(0x2000 + 3 * 8 + 4, high);
    tables
}

#[test]
fn three_levels_have_their_rights_in_the_upper_word() {
    let at = 0xc040_3abc;
    let read_only =
        three_level(0x100, 0x2400).translate(Paging::ShThreeLevel, AddressSpace::Kernel, at).expect("mapped");
    assert_eq!(read_only.physical.get(), 0x0c45_6abc);
    assert_eq!((read_only.writable, read_only.executable, read_only.user), (false, false, true));
    let code = three_level(0x100, 0x3800).translate(Paging::ShThreeLevel, AddressSpace::Kernel, at).expect("mapped");
    assert_eq!((code.writable, code.executable, code.user), (true, true, false));
    assert_eq!(three_level(0, 0x3800).translate(Paging::ShThreeLevel, AddressSpace::Kernel, at), unmapped(at));
}

#[test]
fn a_table_outside_the_kernels_own_memory_is_no_table() {
    let mut tables = Tables::new();
    // The directory names itself through a translated address: following it would never end.
    tables.put(0x301 * 4, 0xc040_0000);
    assert_eq!(tables.translate(Paging::ShTwoLevel, AddressSpace::Kernel, 0xc040_3abc), unmapped(0xc040_3abc));
}

#[test]
fn windows_need_no_table() {
    let tables = Tables::new();
    for paging in [Paging::Flat, Paging::ShTwoLevel, Paging::ShThreeLevel] {
        for address in [0x8c00_1234, 0xac00_1234] {
            let place = tables.translate(paging, AddressSpace::Kernel, address).expect("a window");
            assert_eq!(place.physical.get(), 0x0c00_1234, "{paging:?}");
        }
    }
    let place = tables.translate(Paging::Flat, AddressSpace::Kernel, 0xe55f_0000).expect("on-chip memory");
    assert_eq!(place.physical.get(), 0xe55f_0000);
}
