//! Closures by reference, by move, boxed in arrays, returned; function pointers; recursion.

use core::fmt::Write;
use core::hint::black_box;

fn compose<A, B, C>(f: impl Fn(A) -> B, g: impl Fn(B) -> C) -> impl Fn(A) -> C {
    move |x| g(f(x))
}

fn apply(f: &dyn Fn(i64, i64) -> i64, a: i64, b: i64) -> i64 {
    f(a, b)
}

fn twice(f: fn(u32) -> u32, x: u32) -> u32 {
    f(f(x))
}

fn ackermann(m: u32, n: u32) -> u32 {
    match (m, n) {
        (0, n) => n + 1,
        (m, 0) => ackermann(m - 1, 1),
        (m, n) => ackermann(m - 1, ackermann(m, n - 1)),
    }
}

/// All of it.
pub fn run(out: &mut dyn Write) {
    let offset = black_box(5i64);
    let add = |a: i64, b: i64| a + b + offset;
    let multiply = |a: i64, b: i64| a.wrapping_mul(b) - offset;
    let table: [&dyn Fn(i64, i64) -> i64; 2] = [&add, &multiply];
    for (index, f) in table.iter().enumerate() {
        let _ = writeln!(out, "{index} {}", apply(f, 1 << 40, -3));
    }
    let mut count = 0u32;
    let mut bump = |by: u32| {
        count += by;
        count
    };
    let counted = [bump(1), bump(20), bump(300)];
    let _ = writeln!(out, "{counted:?} {count}");
    let shown = compose(|x: u8| u64::from(x) << 33, |y: u64| (y, y.count_ones()));
    let _ = writeln!(out, "{:?}", shown(black_box(77)));
    let pointers: [fn(u32) -> u32; 3] = [|x| x * 3, u32::swap_bytes, |x| !x];
    for pointer in black_box(pointers) {
        let _ = write!(out, "{} ", twice(pointer, 0x0102_0304));
    }
    let _ = writeln!(out, "{}", ackermann(2, black_box(9)));
}
