//! Sorting, searching, rotating, splitting.

use core::fmt::Write;
use core::hint::black_box;

fn scrambled<const N: usize>(seed: u32) -> [u32; N] {
    let mut state = black_box(seed);
    core::array::from_fn(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state >> 11
    })
}

/// All of it.
pub fn run(out: &mut dyn Write) {
    let mut numbers = scrambled::<200>(1);
    numbers.sort_unstable();
    let _ = writeln!(out, "{:?} {}", &numbers[..10], numbers.is_sorted());
    let mut pairs: [(u8, i64); 50] = scrambled::<50>(2).map(|n| (n as u8 % 7, i64::from(n) - 1_000_000));
    pairs.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let _ = writeln!(out, "{pairs:?}");
    let mut floats = scrambled::<20>(3).map(|n| n as f64 / 7.0 - 1000.0);
    floats.sort_unstable_by(f64::total_cmp);
    let _ = writeln!(out, "{floats:?}");
    let mut words = black_box(["pear", "apple", "fig", "", "apple pie", "Zebra", "été"]);
    words.sort_unstable_by_key(|word| (word.chars().count(), *word));
    let _ = writeln!(out, "{words:?}");
    for wanted in black_box([numbers[17], 0, u32::MAX]) {
        let _ = writeln!(out, "{:?}", numbers.binary_search(&wanted).map_err(|at| at as u32).map(|at| at as u32));
    }
    let mut bytes: [u8; 23] = core::array::from_fn(|i| i as u8 * 3);
    bytes.rotate_left(black_box(9));
    bytes[4..].reverse();
    let _ = writeln!(out, "{bytes:?} {:?} {:?}", bytes.first_chunk::<3>(), bytes.split_last());
    let (low, middle, high) = numbers.select_nth_unstable(black_box(50));
    let _ = writeln!(out, "{} {middle} {}", low.len(), high.iter().map(|&n| u64::from(n)).sum::<u64>());
    for part in bytes.split(|b| b % 5 == 0) {
        let _ = write!(out, "{part:?} ");
    }
    for part in bytes.rchunks_exact(black_box(4)).chain(bytes.windows(2).skip(19)) {
        let _ = write!(out, "{part:?} ");
    }
    let _ = writeln!(out, "{:?} {}", [[1, 2], [3, 4]].as_flattened(), bytes.starts_with(&[27]));
    let _ = writeln!(out, "{:?} {:?}", bytes.iter().max(), bytes.partition_point(|&b| b > 20) as u32);
}
