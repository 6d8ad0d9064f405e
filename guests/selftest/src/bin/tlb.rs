//! A low guest with the MMU on: its TLB misses are forwarded to its own handler, and PTEH, PTEL, PTEA survive the RT guest
//! between a miss and its `ldtlb`.
#![no_std]
#![no_main]

use core::sync::atomic::{AtomicU32, Ordering};
use guest_kit::{Frame, ldtlb, mmio, set_handlers, set_imask, spin_wild, vectors};
use selftest::Test;
use spumone_abi::SPUMONE_INFO_PREEMPTIONS;

const PTEH: u32 = 0xff00_0000;
const PTEL: u32 = 0xff00_0004;
const TEA: u32 = 0xff00_000c;
const MMUCR: u32 = 0xff00_0010;
const PTEA: u32 = 0xff00_0034;
/// MMUCR: invalidate all, translate.
const TI: u32 = 4;
const AT: u32 = 1;
/// PTEL: V, privileged read and write, 4 KB, dirty, shared; not cached.
const FLAGS: u32 = 0x136;
const ASID: u32 = 0x42;
/// Many more pages than the 64 entries of the UTLB.
const PAGES: u32 = 256;
const VIRTUAL: u32 = 0x0040_0000;
const PHYSICAL: u32 = 0x0d00_0000;

static MISSES: AtomicU32 = AtomicU32::new(0);
static LOST: AtomicU32 = AtomicU32::new(0);

fn bump(counter: &AtomicU32) {
    counter.store(counter.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
}

/// Where page `page` lies; neighbours do not stay neighbours.
fn physical(page: u32) -> u32 {
    PHYSICAL + ((page ^ 0x55) << 12)
}

fn on_interrupt(intevt: u32, _frame: &mut Frame) {
    panic!("interrupt {intevt:#x}");
}

fn on_exception(expevt: u32, frame: &mut Frame) {
    let address = mmio::read32(TEA);
    let page = (address.wrapping_sub(VIRTUAL)) >> 12;
    if !matches!(expevt, 0x40 | 0x60) || page >= PAGES {
        panic!("exception {expevt:#x} at {:#x}, TEA {address:#x}", frame.spc);
    }
    bump(&MISSES);
    let high = address & !0xfff | ASID;
    let low = physical(page) | FLAGS;
    let attributes = page & 0xf;
    mmio::write32(PTEL, low);
    if cfg!(feature = "rp1") {
        mmio::write32(PTEA, attributes);
    }
    // The RT guest may come now.
    set_imask(7);
    let wild = spin_wild(3_000);
    let kept = mmio::read32(PTEH) == high && mmio::read32(PTEL) == low && mmio::read32(TEA) == address;
    if !wild || !kept || cfg!(feature = "rp1") && mmio::read32(PTEA) != attributes {
        bump(&LOST);
    }
    ldtlb();
    set_imask(15);
}

#[unsafe(no_mangle)]
extern "C" fn guest_main(table: u32, _guest: u32) -> ! {
    let mut test = Test::begin(table, "tlb");
    set_handlers(on_interrupt, on_exception);
    test.expect(test.hypervisor.set_vbr(vectors()).is_ok(), "set_vbr");
    set_imask(7);
    for page in 0..PAGES {
        mmio::write32(0xa000_0000 | physical(page), page);
    }
    mmio::write32(PTEH, ASID);
    mmio::write32(MMUCR, TI | AT);
    for pass in 0..40u32 {
        for page in 0..PAGES {
            let place = VIRTUAL + (page << 12);
            test.expect(mmio::read32(place) == page + pass, "a load through the TLB");
            mmio::write32(place, page + pass + 1);
        }
    }
    mmio::write32(MMUCR, TI);
    for page in 0..PAGES {
        test.expect(mmio::read32(0xa000_0000 | physical(page)) == page + 40, "stores through the TLB");
    }
    let (misses, lost) = (MISSES.load(Ordering::Relaxed), LOST.load(Ordering::Relaxed));
    let preemptions = test.hypervisor.info(SPUMONE_INFO_PREEMPTIONS).unwrap_or(0);
    test.say(format_args!("{misses} misses, {preemptions} preemptions"));
    // One miss a page is the least that 256 pages in turn leave to 64 entries, whatever the order of replacement: 64 may stay.
    test.expect(misses >= 40 * (PAGES - 64), "misses were forwarded");
    test.expect(lost == 0, "PTEH, PTEL, PTEA, TEA between a miss and ldtlb");
    test.end()
}
