//! Arithmetic, logic and shifts, mostly as properties against wide host arithmetic.

use super::{Bench, DATA, binary, sr};
use proptest::prelude::*;

proptest! {
    #[test]
    fn addc_and_subc_are_33_bit_arithmetic(a: u32, b: u32, t: bool) {
        let wide = u64::from(a) + u64::from(b) + u64::from(t);
        prop_assert_eq!(binary(0x321e, a, b, t), (wide as u32, wide > u64::from(u32::MAX)));
        let wide = i64::from(b) - i64::from(a) - i64::from(t);
        prop_assert_eq!(binary(0x321a, a, b, t), (wide as u32, wide < 0));
        let wide = -i64::from(a) - i64::from(t);
        prop_assert_eq!(binary(0x621a, a, b, t), (wide as u32, wide < 0));
    }

    #[test]
    fn addv_and_subv_report_signed_overflow(a: u32, b: u32) {
        let (x, y) = (i64::from(a as i32), i64::from(b as i32));
        let out = |wide: i64| i32::try_from(wide).is_err();
        prop_assert_eq!(binary(0x321f, a, b, false), ((y + x) as u32, out(y + x)));
        prop_assert_eq!(binary(0x321b, a, b, false), ((y - x) as u32, out(y - x)));
    }

    #[test]
    fn a_chain_of_addc_adds_64_bits(a: u64, b: u64) {
        // clrt; addc r1,r3; addc r2,r4
        let bench = Bench::new(&[0x0008, 0x331e, 0x342e])
            .r(1, a as u32).r(2, (a >> 32) as u32).r(3, b as u32).r(4, (b >> 32) as u32).run(3);
        let sum = u64::from(bench.cpu.r(4)) << 32 | u64::from(bench.cpu.r(3));
        prop_assert_eq!(sum, a.wrapping_add(b));
        prop_assert_eq!(bench.t(), a.checked_add(b).is_none());
    }

    #[test]
    fn div0u_and_32_steps_divide(dividend: u64, divisor in 1u32..) {
        // 64 / 32 bits: the quotient must fit, so the high half is below the divisor.
        let dividend = dividend % (u64::from(divisor) << 32);
        // div0u; 32 x (rotcl r3; div1 r1,r2); rotcl r3
        let mut code = vec![0x0019];
        for _ in 0..32 {
            code.extend([0x4324, 0x3214]);
        }
        code.push(0x4324);
        let bench = Bench::new(&code).r(1, divisor).r(2, (dividend >> 32) as u32).r(3, dividend as u32).run(66);
        prop_assert_eq!(u64::from(bench.cpu.r(3)), dividend / u64::from(divisor));
    }

    #[test]
    fn multiplications_are_exact(a: u32, b: u32) {
        // dmulu.l r1,r2; sts mach,r3; sts macl,r4; dmuls.l r1,r2
        let bench = Bench::new(&[0x3215, 0x030a, 0x041a, 0x321d]).r(1, a).r(2, b).run(4);
        prop_assert_eq!(u64::from(bench.cpu.r(3)) << 32 | u64::from(bench.cpu.r(4)), u64::from(a) * u64::from(b));
        let signed = i64::from(a as i32) * i64::from(b as i32);
        prop_assert_eq!(bench.cpu.mach(), (signed >> 32) as u32);
        prop_assert_eq!(bench.cpu.macl(), signed as u32);
        // mul.l; sts macl,r3; muls.w; sts macl,r4; mulu.w
        let bench = Bench::new(&[0x0217, 0x031a, 0x221f, 0x041a, 0x221e]).r(1, a).r(2, b).run(5);
        prop_assert_eq!(bench.cpu.r(3), a.wrapping_mul(b));
        prop_assert_eq!(bench.cpu.r(4) as i32, i32::from(a as i16) * i32::from(b as i16));
        prop_assert_eq!(bench.cpu.macl(), (a & 0xffff) * (b & 0xffff));
    }

    #[test]
    fn mac_l_accumulates_and_saturates_at_48_bits(a: i32, b: i32, start in -(1i64 << 47)..(1 << 47), s: bool) {
        // mac.l @r1+,@r2+
        let mut bench = Bench::new(&[0x021f]).r(1, DATA).r(2, DATA + 0x100).flags(if s { sr::S } else { 0 });
        bench.bus.put_long(DATA & 0xffff, a as u32);
        bench.bus.put_long((DATA & 0xffff) + 0x100, b as u32);
        bench.cpu.set_mach((start >> 32) as u32);
        bench.cpu.set_macl(start as u32);
        let bench = bench.run(1);
        let exact = i128::from(start) + i128::from(a) * i128::from(b);
        let limit = 1i128 << 47;
        let expected = if s { exact.clamp(-limit, limit - 1) } else { exact } as u64;
        prop_assert_eq!(u64::from(bench.cpu.mach()) << 32 | u64::from(bench.cpu.macl()), expected);
        prop_assert_eq!((bench.cpu.r(1), bench.cpu.r(2)), (DATA + 4, DATA + 0x104));
    }

    #[test]
    fn mac_w_accumulates_and_saturates_macl(a: i16, b: i16, mach: u32, macl: u32, s: bool) {
        let mut bench = Bench::new(&[0x421f]).r(1, DATA).r(2, DATA + 0x100).flags(if s { sr::S } else { 0 });
        bench.bus.put_long(DATA & 0xffff, a as u16 as u32);
        bench.bus.put_long((DATA & 0xffff) + 0x100, b as u16 as u32);
        bench.cpu.set_mach(mach);
        bench.cpu.set_macl(macl);
        let bench = bench.run(1);
        let product = i64::from(a) * i64::from(b);
        if s {
            let exact = i64::from(macl as i32) + product;
            let kept = exact.clamp(i32::MIN.into(), i32::MAX.into());
            prop_assert_eq!(bench.cpu.macl(), kept as u32);
            prop_assert_eq!(bench.cpu.mach(), mach | u32::from(kept != exact));
        } else {
            let exact = (u64::from(mach) << 32 | u64::from(macl)).wrapping_add(product as u64);
            prop_assert_eq!(u64::from(bench.cpu.mach()) << 32 | u64::from(bench.cpu.macl()), exact);
        }
        prop_assert_eq!((bench.cpu.r(1), bench.cpu.r(2)), (DATA + 2, DATA + 0x102));
    }

    #[test]
    fn dynamic_shifts(value: u32, by: u32) {
        // Left for Rm >= 0 by its low five bits; right by 32 - those for Rm < 0, where 0 means 32.
        let left = by & 31;
        let right = 32 - (by & 31);
        let (arithmetic, logical) = if (by as i32) >= 0 {
            (value << left, value << left)
        } else {
            ((i64::from(value as i32) >> right) as u32, (u64::from(value) >> right) as u32)
        };
        prop_assert_eq!(binary(0x421c, by, value, false).0, arithmetic);
        prop_assert_eq!(binary(0x421d, by, value, false).0, logical);
    }

    #[test]
    fn one_bit_shifts_and_rotates(value: u32, t: bool) {
        let (top, bottom, carry) = (value >> 31 != 0, value & 1 != 0, u32::from(t));
        let wide = u64::from(carry) << 32 | u64::from(value);
        let cases = [
            (0x4200, value << 1, top), // shll
            (0x4220, value << 1, top), // shal
            (0x4201, value >> 1, bottom), // shlr
            (0x4221, (value as i32 >> 1) as u32, bottom), // shar
            (0x4204, value.rotate_left(1), top), // rotl
            (0x4205, value.rotate_right(1), bottom), // rotr
            (0x4224, (value << 1) | carry, top), // rotcl
            (0x4225, (wide >> 1) as u32, bottom), // rotcr
        ];
        for (word, result, out) in cases {
            prop_assert_eq!(binary(word, 0, value, t), (result, out), "{:04x}", word);
        }
    }

    #[test]
    fn comparisons(a: u32, b: u32, same: bool) {
        let b = if same { a } else { b };
        let (x, y) = (a as i32, b as i32);
        let cases = [
            (0x3210, a == b), // cmp/eq
            (0x3212, b >= a), // cmp/hs
            (0x3213, y >= x), // cmp/ge
            (0x3216, b > a), // cmp/hi
            (0x3217, y > x), // cmp/gt
            (0x4211, y >= 0), // cmp/pz
            (0x4215, y > 0), // cmp/pl
            (0x2218, a & b == 0), // tst
            (0x221c, a.to_le_bytes().iter().zip(b.to_le_bytes()).any(|(p, q)| *p == q)), // cmp/str
        ];
        for (word, expected) in cases {
            prop_assert_eq!(binary(word, a, b, !expected), (b, expected), "{:04x}", word);
        }
    }

    #[test]
    fn register_forms(a: u32, b: u32) {
        let cases = [
            (0x6213, a), // mov
            (0x321c, a.wrapping_add(b)), // add
            (0x3218, b.wrapping_sub(a)), // sub
            (0x621b, a.wrapping_neg()), // neg
            (0x6217, !a), // not
            (0x2219, a & b), // and
            (0x221b, a | b), // or
            (0x221a, a ^ b), // xor
            (0x621c, a % 256), // extu.b
            (0x621d, a % 65536), // extu.w
            (0x621e, i32::from(a as i8) as u32), // exts.b
            (0x621f, i32::from(a as i16) as u32), // exts.w
            (0x6218, a & 0xffff_0000 | (a & 0xff) << 8 | (a >> 8 & 0xff)), // swap.b
            (0x6219, a.rotate_left(16)), // swap.w
            (0x221d, a << 16 | b >> 16), // xtrct
            (0x4208, b << 2), (0x4218, b << 8), (0x4228, b << 16), // shll2, 8, 16
            (0x4209, b >> 2), (0x4219, b >> 8), (0x4229, b >> 16), // shlr2, 8, 16
            (0x72ff, b.wrapping_sub(1)), // add #-1
            (0xe280, -128i32 as u32), // mov #-128
        ];
        for (word, expected) in cases {
            prop_assert_eq!(binary(word, a, b, true), (expected, true), "{:04x}", word);
        }
    }
}

#[test]
fn signed_division_with_div0s() {
    // The manual's example: R1 (32 bits) / R0 (16 bits) = R1 (16 bits), signed.
    // shll16 r0; exts.w r1,r1; xor r2,r2; mov r1,r3; rotcl r3; subc r2,r1; div0s r0,r1; 16 x div1 r0,r1; exts.w r1,r1;
    // rotcl r1; addc r2,r1; exts.w r1,r1
    let mut code = vec![0x4028, 0x611f, 0x222a, 0x6313, 0x4324, 0x312a, 0x2107];
    code.extend([0x3104; 16]);
    code.extend([0x611f, 0x4124, 0x312e, 0x611f]);
    for (dividend, divisor) in [(1000, 7), (-1000, 7), (1000, -7), (-1000, -7), (0, 5), (6, 6), (-6, 6), (32767, 1)] {
        let bench = Bench::new(&code).r(0, divisor as u32).r(1, dividend as u32).run(code.len() as u64);
        assert_eq!(bench.cpu.r(1) as i32, dividend / divisor, "{dividend} / {divisor}");
    }
}

#[test]
fn dt_counts_to_zero() {
    assert_eq!(binary(0x4210, 0, 2, true), (1, false));
    assert_eq!(binary(0x4210, 0, 1, false), (0, true));
    assert_eq!(binary(0x4210, 0, 0, true), (u32::MAX, false));
}
