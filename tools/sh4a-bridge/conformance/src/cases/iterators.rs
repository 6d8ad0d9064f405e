//! Iterator adaptors and folds.

use core::fmt::Write;
use core::hint::black_box;

struct Collatz(u64);

impl Iterator for Collatz {
    type Item = u64;
    fn next(&mut self) -> Option<u64> {
        let now = self.0;
        self.0 = match now {
            0 => return None,
            1 => 0,
            n if n % 2 == 0 => n / 2,
            n => 3 * n + 1,
        };
        Some(now)
    }
}

fn list(out: &mut dyn Write, items: impl Iterator<Item = impl core::fmt::Debug>) {
    for item in items {
        let _ = write!(out, "{item:?} ");
    }
    let _ = writeln!(out);
}

/// All of it.
pub fn run(out: &mut dyn Write) {
    let numbers = black_box([5i32, -3, 12, 0, 7, 7, -128, 99, 42, 1]);
    list(out, Collatz(black_box(27)).step_by(9));
    list(out, numbers.iter().map(|n| n * 2).filter(|n| n % 3 == 0));
    list(out, numbers.iter().zip("héllo wörld".chars()).skip(3).take(4));
    list(out, numbers.iter().scan(0i64, |sum, &n| {
        *sum += i64::from(n);
        Some(*sum)
    }));
    list(out, numbers.chunks(3).map(|chunk| chunk.iter().sum::<i32>()));
    list(out, numbers.iter().skip_while(|n| **n != 0).chain([1, 2].iter()).enumerate().map(|(i, n)| (i as u32, n)));
    list(out, (0..4u8).flat_map(|a| (a..4).map(move |b| a * 10 + b)).peekable());
    list(out, (1..=3u16).rev().cycle().skip(2).step_by(2).take(6));
    list(out, core::iter::successors(Some(1u128), |n| n.checked_mul(1_000_003)));
    list(out, numbers.array_windows::<2>().map(|[a, b]| a.cmp(b)));
    let mut peek = numbers.iter().peekable();
    while let Some(first) = peek.next() {
        if let Some(equal) = peek.next_if(|next| *next == first) {
            let _ = writeln!(out, "pair of {equal}");
        }
    }
    let _ = writeln!(out, "{:?} {:?} {:?}", numbers.iter().max(), numbers.iter().min_by_key(|n| n.abs()), numbers.iter().copied().reduce(i32::wrapping_mul));
    let _ = writeln!(out, "{:?} {:?}", numbers.iter().find(|n| **n > 10), numbers.iter().rposition(|n| *n == 7).map(|i| i as u32));
    let _ = writeln!(out, "{} {}", numbers.iter().any(|n| *n < 0), numbers.iter().all(|n| *n < 0));
    let (even, odd) = numbers.iter().fold((0u64, 1i128), |(e, o), &n| if n % 2 == 0 { (e + n.unsigned_abs() as u64, o) } else { (e, o * i128::from(n)) });
    let _ = writeln!(out, "{even} {odd} {}", numbers.iter().map(|&n| i64::from(n)).product::<i64>());
    let result: Option<i32> = numbers.iter().try_fold(100i32, |sum, n| sum.checked_sub(*n));
    let _ = writeln!(out, "{result:?} {:?}", numbers.iter().lt([5, -3, 13].iter()));
}
