//! Control registers, banks and SR.

use super::super::{Model, sr};
use super::{Bench, DATA};
use proptest::prelude::*;

/// (ldc/lds, ldc.l/lds.l @r1+, stc/sts to r2, stc.l/sts.l @-r3) of each control and system register that holds 32 plain bits.
const REGISTERS: [(u16, u16, u16, u16); 11] = [
    (0x411e, 0x4117, 0x0212, 0x4313), // GBR
    (0x412e, 0x4127, 0x0222, 0x4323), // VBR
    (0x413e, 0x4137, 0x0232, 0x4333), // SSR
    (0x414e, 0x4147, 0x0242, 0x4343), // SPC
    (0x413a, 0x4136, 0x023a, 0x4332), // SGR
    (0x41fa, 0x41f6, 0x02fa, 0x43f2), // DBR
    (0x410a, 0x4106, 0x020a, 0x4302), // MACH
    (0x411a, 0x4116, 0x021a, 0x4312), // MACL
    (0x412a, 0x4126, 0x022a, 0x4322), // PR
    (0x415a, 0x4156, 0x025a, 0x4352), // FPUL
    (0x41de, 0x41d7, 0x02d2, 0x43d3), // R5_BANK
];

#[test]
fn every_register_keeps_what_is_written() {
    for (load, load_inc, store, store_dec) in REGISTERS {
        let value = 0x89ab_cdef;
        let bench = Bench::new(&[load, store]).r(1, value).run(2);
        assert_eq!(bench.cpu.r(2), value, "{load:04x} {store:04x}");
        let mut bench = Bench::new(&[load_inc, store_dec]).r(1, DATA).r(3, DATA + 0x20);
        bench.bus.put_long(0x8000, value);
        let bench = bench.run(2);
        assert_eq!((bench.cpu.r(1), bench.cpu.r(3)), (DATA + 4, DATA + 0x1c), "{load_inc:04x} {store_dec:04x}");
        assert_eq!(bench.bus.long(0x801c), value, "{store_dec:04x}");
    }
}

proptest! {
    #[test]
    fn sr_keeps_its_bits_and_exchanges_banks(value: u32) {
        // ldc r8,sr; stc sr,r9
        let value = value | sr::MD;
        let mut bench = Bench::new(&[0x480e, 0x0902]);
        for n in 0..8 {
            bench.cpu.set_r(n, n as u32);
            bench.cpu.set_bank(n, 0x10 + n as u32);
        }
        let bench = bench.r(8, value).run(2);
        prop_assert_eq!(bench.cpu.r(9), value & 0x7000_83f3);
        let front = if value & sr::RB != 0 { 0x10 } else { 0 };
        for n in 0..8 {
            prop_assert_eq!(bench.cpu.r(n), front + n as u32);
            prop_assert_eq!(bench.cpu.bank(n), (0x10 ^ front) + n as u32);
        }
    }
}

#[test]
fn rb_does_not_count_in_user_mode() {
    let mut bench = Bench::new(&[]);
    bench.cpu.set_r(0, 1);
    bench.cpu.set_bank(0, 2);
    bench.cpu.set_sr(sr::RB);
    assert_eq!((bench.cpu.r(0), bench.cpu.bank(0)), (1, 2));
    bench.cpu.set_sr(sr::MD | sr::RB);
    assert_eq!((bench.cpu.r(0), bench.cpu.bank(0)), (2, 1));
}

#[test]
fn flag_instructions() {
    // sett; sets; clrt; clrs; clrmac; movt
    let bench = Bench::new(&[0x0018, 0x0058, 0x0229, 0x0008, 0x0048, 0x0028, 0x0329]);
    let mut bench = bench;
    bench.cpu.set_mach(5);
    bench.cpu.set_macl(6);
    let bench = bench.run(3);
    assert_eq!((bench.cpu.sr() & (sr::S | sr::T), bench.cpu.r(2)), (sr::S | sr::T, 1));
    let bench = bench.run(4);
    assert_eq!(bench.cpu.sr(), sr::MD);
    assert_eq!((bench.cpu.mach(), bench.cpu.macl(), bench.cpu.r(3)), (0, 0, 0));
}

#[test]
fn fpscr_keeps_22_bits() {
    // lds r1,fpscr; sts fpscr,r2
    let bench = Bench::new(&[0x416a, 0x026a]).r(1, u32::MAX).run(2);
    assert_eq!(bench.cpu.r(2), 0x003f_ffff);
}

#[test]
fn identification() {
    for (model, pvr, cvr) in [
        (Model::SHX3, 0x1040_0100, 0x3088_0000),
        (Model::SH7751R, 0x0405_0005, 0x0011_0000),
        (Model::SH7785, 0x1030_0700, 0x7144_0211),
    ] {
        let bench = Bench::with_model(&[], model);
        assert_eq!((bench.peek(0xff00_0030), bench.peek(0xff00_0040)), (pvr, cvr), "{}", model.name);
        assert_eq!(bench.peek(0xff00_0048), 0, "CPIDR");
    }
}

#[test]
fn ccr_invalidation_bits_read_as_zero() {
    let bench = Bench::new(&[0x2122]).r(1, 0xff00_001c).r(2, 0x0000_0b0b).run(1);
    assert_eq!(bench.peek(0xff00_001c), 0x0000_0303);
}

#[test]
fn cache_arrays_and_cache_instructions_do_nothing() {
    // mov.l r2,@r1; ocbi @r3; ocbp @r3; ocbwb @r3; icbi @r3; prefi @r3; synco
    let mut bench = Bench::new(&[0x2122, 0x0393, 0x03a3, 0x03b3, 0x03e3, 0x03d3, 0x00ab]).r(1, 0xf400_0008).r(3, DATA);
    bench.bus.put_long(0x8000, 77);
    assert_eq!(bench.run(7).bus.long(0x8000), 77);
}
