//! The FPU against the host's IEEE arithmetic, and where the SH-4A differs from it.

use super::super::{Denormal, Model};
use super::{Bench, DATA};
use proptest::prelude::*;

const DN: u32 = 1 << 18;
const PR: u32 = 1 << 19;
const SZ: u32 = 1 << 20;
const FR: u32 = 1 << 21;
/// Cause fields: I, U, O, Z, V, E from bit 12.
const CAUSE_I: u32 = 1 << 12;
const CAUSE_U: u32 = 1 << 13;
const CAUSE_O: u32 = 1 << 14;
const CAUSE_Z: u32 = 1 << 15;
const CAUSE_V: u32 = 1 << 16;
const CAUSE_E: u32 = 1 << 17;
/// Flags are causes shifted by this; enables by 5.
const FLAG: u32 = 10;
const ENABLE: u32 = 5;
const QNAN: u32 = 0x7fbf_ffff;
const SNAN: u32 = 0x7fc0_0000;

/// One instruction with FR2/DR2 = `n`, FR4/DR4 = `m` on a core that computes with denormals.
fn fpu(word: u16, fpscr: u32, n: u64, m: u64) -> Bench {
    let mut bench = Bench::with_model(&[word], Model { denormal: Denormal::Compute, ..Model::SHX3 });
    bench.cpu.set_fpscr(fpscr);
    for (register, value) in [(2, n), (4, m)] {
        if fpscr & PR != 0 {
            bench.cpu.set_fr(register, (value >> 32) as u32);
            bench.cpu.set_fr(register + 1, value as u32);
        } else {
            bench.cpu.set_fr(register, value as u32);
        }
    }
    bench.run(1)
}

fn double(bench: &Bench) -> u64 {
    u64::from(bench.cpu.fr(2)) << 32 | u64::from(bench.cpu.fr(3))
}

/// Floats whose exponents are near each other often enough to be interesting.
fn single() -> impl Strategy<Value = f32> {
    prop_oneof![
        any::<u32>().prop_map(f32::from_bits),
        (any::<i16>(), -4i32..4).prop_map(|(a, e)| f32::from(a) * (e as f32).exp2())
    ]
    .prop_filter("a number", |x| !x.is_nan())
}

fn any_double() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<u64>().prop_map(f64::from_bits),
        (any::<i32>(), -9i32..9).prop_map(|(a, e)| f64::from(a) * f64::from(e).exp2())
    ]
    .prop_filter("a number", |x| !x.is_nan())
}

fn expect32(value: f32) -> u32 {
    if value.is_nan() { QNAN } else { value.to_bits() }
}

proptest! {
    #[test]
    fn single_arithmetic_rounds_as_ieee(n in single(), m in single()) {
        let bits = |x: f32| u64::from(x.to_bits());
        for (word, expected) in [(0xf240, n + m), (0xf241, n - m), (0xf242, n * m), (0xf243, n / m), (0xf26d, n.sqrt())] {
            let bench = fpu(word, 0, bits(n), bits(m));
            prop_assert_eq!(bench.cpu.fr(2), expect32(expected), "{:04x} {} {}", word, n, m);
        }
    }

    #[test]
    fn double_arithmetic_rounds_as_ieee(n in any_double(), m in any_double()) {
        for (word, expected) in [(0xf240, n + m), (0xf241, n - m), (0xf242, n * m), (0xf243, n / m), (0xf26d, n.sqrt())] {
            let bench = fpu(word, PR, n.to_bits(), m.to_bits());
            let expected = if expected.is_nan() { 0x7ff7_ffff_ffff_ffff } else { expected.to_bits() };
            prop_assert_eq!(double(&bench), expected, "{:04x} {} {}", word, n, m);
        }
    }

    #[test]
    fn products_towards_zero_are_cut(n in single(), m in single()) {
        // The product of two singles is exact in double; cutting its fraction to 23 bits is rounding towards zero.
        let exact = f64::from(n) * f64::from(m);
        prop_assume!(exact.is_finite() && (exact == 0.0 || exact.abs() >= f64::from(f32::MIN_POSITIVE)) && exact.abs() <= f64::from(f32::MAX));
        let cut = f64::from_bits(exact.to_bits() & !0x1fff_ffff);
        let bench = fpu(0xf242, 1, n.to_bits().into(), m.to_bits().into());
        prop_assert_eq!(f32::from_bits(bench.cpu.fr(2)).to_bits(), (cut as f32).to_bits());
        prop_assert_eq!(bench.cpu.fpscr() & CAUSE_I != 0, cut != exact);
    }

    #[test]
    fn fmac_rounds_once(n in single(), m in single(), zero in single()) {
        // FMAC FR0,FR4,FR2: FR0 * FR4 + FR2
        let mut bench = Bench::with_model(&[0xf24e], Model { denormal: Denormal::Compute, ..Model::SHX3 });
        bench.cpu.set_fpscr(0);
        bench.cpu.set_fr(0, zero.to_bits());
        bench.cpu.set_fr(4, m.to_bits());
        bench.cpu.set_fr(2, n.to_bits());
        let bench = bench.run(1);
        prop_assert_eq!(bench.cpu.fr(2), expect32(zero.mul_add(m, n)));
    }

    #[test]
    fn conversions(value in any_double(), integer: i32, small in single()) {
        // fcnvds dr2,fpul
        let bench = fpu(0xf2bd, PR, value.to_bits(), 0);
        prop_assert_eq!(bench.cpu.fpul(), (value as f32).to_bits());
        // ftrc dr2,fpul: the cast saturates as the manual does
        let bench = fpu(0xf23d, PR, value.to_bits(), 0);
        prop_assert_eq!(bench.cpu.fpul(), value as i32 as u32);
        let outside = value >= 2147483648.0 || value <= -2147483649.0;
        prop_assert_eq!(bench.cpu.fpscr() & CAUSE_V != 0, outside);
        for (fpscr, word) in [(PR, 0xf22d), (0, 0xf22d)] {
            // float fpul
            let mut bench = Bench::new(&[word]);
            bench.cpu.set_fpscr(fpscr);
            bench.cpu.set_fpul(integer as u32);
            let bench = bench.run(1);
            if fpscr == PR {
                prop_assert_eq!(double(&bench), f64::from(integer).to_bits());
            } else {
                prop_assert_eq!(bench.cpu.fr(2), (integer as f32).to_bits());
            }
        }
        // fcnvsd fpul,dr2
        let mut bench = Bench::with_model(&[0xf2ad], Model { denormal: Denormal::Compute, ..Model::SHX3 });
        bench.cpu.set_fpscr(PR);
        bench.cpu.set_fpul(small.to_bits());
        prop_assert_eq!(double(&bench.run(1)), f64::from(small).to_bits());
    }

    #[test]
    fn comparisons(n in single(), m in single(), same: bool) {
        let m = if same { n } else { m };
        prop_assert_eq!(fpu(0xf244, 0, n.to_bits().into(), m.to_bits().into()).t(), n == m);
        prop_assert_eq!(fpu(0xf245, 0, n.to_bits().into(), m.to_bits().into()).t(), n > m);
    }

    #[test]
    fn sine_and_cosine(angle: u32) {
        let mut bench = Bench::new(&[0xf2fd]);
        bench.cpu.set_fpul(angle);
        let bench = bench.run(1);
        let x = f64::from(angle & 0xffff) / 65536.0 * std::f64::consts::TAU;
        // The manual promises an absolute error below 2^-21.
        prop_assert!((f64::from(f32::from_bits(bench.cpu.fr(2))) - x.sin()).abs() < 1.0 / f64::from(1 << 21));
        prop_assert!((f64::from(f32::from_bits(bench.cpu.fr(3))) - x.cos()).abs() < 1.0 / f64::from(1 << 21));
    }
}

#[test]
fn quarter_circles_are_exact() {
    for (quarter, sine, cosine) in [(0, 0.0f32, 1.0f32), (1, 1.0, 0.0), (2, 0.0, -1.0), (3, -1.0, 0.0)] {
        let mut bench = Bench::new(&[0xf2fd]);
        bench.cpu.set_fpul(quarter << 14);
        let bench = bench.run(1);
        assert_eq!((bench.cpu.fr(2), bench.cpu.fr(3)), (sine.to_bits(), cosine.to_bits()));
    }
}

#[test]
fn nans_have_the_signaling_bit_set() {
    // (n, m, result, cause): a signaling NaN is invalid, a quiet one passes as the default NaN.
    let one = 1.0f32.to_bits();
    for (n, m, cause) in [(SNAN, one, CAUSE_V), (one, 0x7f80_0001, 0), (QNAN, one, 0), (0xffff_ffff, one, CAUSE_V)] {
        let bench = fpu(0xf240, 0, n.into(), m.into());
        assert_eq!(bench.cpu.fr(2), QNAN, "{n:08x}");
        assert_eq!(bench.cpu.fpscr(), cause | cause >> FLAG, "{n:08x}");
    }
    // fcmp/eq is invalid for signaling NaNs only, fcmp/gt for every NaN.
    assert_eq!(fpu(0xf244, 0, QNAN.into(), one.into()).cpu.fpscr(), 0);
    assert_eq!(fpu(0xf245, 0, QNAN.into(), one.into()).cpu.fpscr(), CAUSE_V | CAUSE_V >> FLAG);
    assert_eq!(fpu(0xf23d, 0, QNAN.into(), 0).cpu.fpul(), 0x8000_0000);
}

#[test]
fn causes_are_of_the_last_operation_and_flags_stay() {
    let (one, zero, max, tiny) = (1.0f32.to_bits(), 0, f32::MAX.to_bits(), f32::MIN_POSITIVE.to_bits());
    let infinity = f32::INFINITY.to_bits();
    let third = 3.0f32.to_bits();
    for (word, n, m, result, cause) in [
        (0xf243, one, zero, infinity, CAUSE_Z),
        (0xf243, zero, zero, QNAN, CAUSE_V),
        (0xf241, infinity, infinity, QNAN, CAUSE_V),
        (0xf242, max, max, infinity, CAUSE_O | CAUSE_I),
        (0xf242, tiny, tiny, 0, CAUSE_U | CAUSE_I),
        (0xf243, one, third, (1.0f32 / 3.0).to_bits(), CAUSE_I),
        (0xf240, one, one, 2.0f32.to_bits(), 0),
        (0xf26d, (-1.0f32).to_bits(), 0, QNAN, CAUSE_V),
    ] {
        let old = 1 << 4; // FLAG_O from before
        let bench = fpu(word, old | CAUSE_E, n.into(), m.into());
        assert_eq!(bench.cpu.fr(2), result, "{word:04x}");
        assert_eq!(bench.cpu.fpscr(), old | cause | cause >> FLAG, "{word:04x}");
    }
}

#[test]
fn overflow_towards_zero_gives_the_largest_number_and_says_so() {
    let (max, two) = (f32::MAX.to_bits(), 2.0f32.to_bits());
    // (word, n, m, overflow): max * 2; max + max; max / 0.5; and (2 - 2^-22) * 2^127 * (1 + 2^-23), which is only cut to max.
    let just_below = 0x7f7f_fffe;
    let a_little_more = 0x3f80_0001;
    for (word, n, m, overflow) in [
        (0xf242, max, two, true),
        (0xf240, max, max, true),
        (0xf243, max, 0.5f32.to_bits(), true),
        (0xf242, just_below, a_little_more, false),
    ] {
        let bench = fpu(word, 1, n.into(), m.into());
        assert_eq!(bench.cpu.fr(2), max, "{word:04x}");
        let cause = CAUSE_I | if overflow { CAUSE_O } else { 0 };
        assert_eq!(bench.cpu.fpscr(), 1 | cause | cause >> FLAG, "{word:04x}");
    }
    // fcnvds of 2^128 and of the double just above the largest single.
    for (value, overflow) in [(128f64.exp2(), true), (f64::from(f32::MAX) * (1.0 + f64::EPSILON), false)] {
        let bench = fpu(0xf2bd, PR | 1, value.to_bits(), 0);
        assert_eq!(bench.cpu.fpul(), max);
        assert_eq!(bench.cpu.fpscr() & CAUSE_O != 0, overflow);
    }
}

#[test]
fn a_product_rounded_up_to_the_smallest_normal_number_is_an_underflow() {
    // (2 - 2^-52) * 2^-1023 has 53 significant bits below 2^-1022, and no room for them there.
    let bench = fpu(0xf242, PR, 0x3fff_ffff_ffff_ffff, 0x0008_0000_0000_0000);
    assert_eq!(double(&bench), f64::MIN_POSITIVE.to_bits());
    assert_eq!(bench.cpu.fpscr() & (CAUSE_U | CAUSE_I), CAUSE_U | CAUSE_I);
}

#[test]
fn an_enabled_exception_leaves_the_register_alone() {
    let mut bench = Bench::new(&[0xf243]);
    bench.bus.put_words(0x2100, &[0x0009]);
    bench.cpu.set_fpscr(CAUSE_Z >> ENABLE);
    bench.cpu.set_fr(2, 1.0f32.to_bits());
    let bench = bench.run(1);
    assert_eq!(bench.cpu.fr(2), 1.0f32.to_bits());
    assert_eq!(bench.cpu.fpscr(), CAUSE_Z | CAUSE_Z >> ENABLE | CAUSE_Z >> FLAG);
    assert_eq!((bench.cpu.spc(), bench.cpu.pc()), (super::CODE, 0x8000_2102));
}

#[test]
fn denormals() {
    let tiny = 1u32;
    // DN = 1: operands count as zero of their sign, results become zero with U and I.
    let bench = fpu(0xf240, DN, tiny.into(), (tiny | 1 << 31).into());
    assert_eq!((bench.cpu.fr(2), bench.cpu.fpscr()), (0, DN));
    let bench = fpu(0xf242, DN, f32::MIN_POSITIVE.to_bits().into(), 0.5f32.to_bits().into());
    assert_eq!((bench.cpu.fr(2), bench.cpu.fpscr() & (CAUSE_U | CAUSE_I)), (0, CAUSE_U | CAUSE_I));
    // DN = 0 on the hardware's model: FPU error, always an exception, and no flag.
    let mut bench = Bench::new(&[0xf240]);
    bench.bus.put_words(0x2100, &[0x0009]);
    bench.cpu.set_fpscr(0);
    bench.cpu.set_fr(2, tiny);
    let bench = bench.run(1);
    assert_eq!((bench.cpu.fpscr(), bench.cpu.fr(2), bench.cpu.spc()), (CAUSE_E, tiny, super::CODE));
}

#[test]
fn pair_moves_reach_both_banks() {
    // fmov @r1+,dr2; fmov dr2,xd4; fmov xd4,@-r2
    let mut bench = Bench::new(&[0xf219, 0xf52c, 0xf25b]).r(1, DATA).r(2, DATA + 0x20);
    bench.cpu.set_fpscr(SZ);
    bench.bus.put_long(0x8000, 0x1111);
    bench.bus.put_long(0x8004, 0x2222);
    let bench = bench.run(3);
    // Little-endian: the low half of a double, the odd register, comes first in memory.
    assert_eq!((bench.cpu.fr(3), bench.cpu.fr(2)), (0x1111, 0x2222));
    assert_eq!((bench.cpu.xf(5), bench.cpu.xf(4)), (0x1111, 0x2222));
    assert_eq!((bench.bus.long(0x8018), bench.bus.long(0x801c)), (0x1111, 0x2222));
    assert_eq!((bench.cpu.r(1), bench.cpu.r(2)), (DATA + 8, DATA + 0x18));
}

#[test]
fn banks_and_mode_switches() {
    // frchg; fschg; fpchg
    let mut bench = Bench::new(&[0xfbfd, 0xf3fd, 0xf7fd]);
    bench.cpu.set_fpscr(0);
    bench.cpu.set_fr(7, 1);
    bench.cpu.set_xf(7, 2);
    let bench = bench.run(3);
    assert_eq!(bench.cpu.fpscr(), FR | SZ | PR);
    assert_eq!((bench.cpu.fr(7), bench.cpu.xf(7)), (2, 1));
}

#[test]
fn vectors_and_matrices() {
    // fipr fv8,fv0: 1*5 + 2*6 + 3*7 + 4*8 = 70, to FR3
    let mut bench = Bench::new(&[0xf2ed]);
    for index in 0..4 {
        bench.cpu.set_fr(index, (index as f32 + 1.0).to_bits());
        bench.cpu.set_fr(8 + index, (index as f32 + 5.0).to_bits());
    }
    assert_eq!(f32::from_bits(bench.run(1).cpu.fr(3)), 70.0);
    // ftrv xmtrx,fv4 with the matrix whose column j is XF[4j..]: 2 on the diagonal and element (row 0, column 3) = 10
    let mut bench = Bench::new(&[0xf5fd]);
    for index in 0..4 {
        bench.cpu.set_xf(5 * index, 2.0f32.to_bits());
        bench.cpu.set_fr(4 + index, (index as f32 + 1.0).to_bits());
    }
    bench.cpu.set_xf(12, 10.0f32.to_bits());
    let bench = bench.run(1);
    let result: Vec<f32> = (4..8).map(|index| f32::from_bits(bench.cpu.fr(index))).collect();
    assert_eq!(result, [42.0, 4.0, 6.0, 8.0]);
}

#[test]
fn sign_operations_touch_only_the_sign() {
    for (word, n, result) in [(0xf24d, SNAN, SNAN | 1 << 31), (0xf25d, SNAN | 1 << 31, SNAN), (0xf24d, 1, 1 | 1 << 31)]
    {
        let bench = fpu(word, 0, n.into(), 0);
        assert_eq!((bench.cpu.fr(2), bench.cpu.fpscr()), (result, 0), "{word:04x}");
    }
    assert_eq!(double(&fpu(0xf24d, PR, 1.0f64.to_bits(), 0)), (-1.0f64).to_bits());
}

#[test]
fn reciprocal_root() {
    let bench = fpu(0xf27d, 0, 4.0f32.to_bits().into(), 0);
    assert_eq!(bench.cpu.fr(2), 0.5f32.to_bits());
    assert_eq!(fpu(0xf27d, 0, 0, 0).cpu.fpscr() & CAUSE_Z, CAUSE_Z);
    assert_eq!(fpu(0xf27d, 0, (-4.0f32).to_bits().into(), 0).cpu.fpscr() & CAUSE_V, CAUSE_V);
}
