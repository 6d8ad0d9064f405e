//! Static data: tables of pointers, packed initialisers with addresses, zero-initialised and mutable statics.

use core::fmt::Write;
use core::hint::black_box;
use core::sync::atomic::{AtomicU32, Ordering};

#[repr(C, packed)]
struct Odd {
    tag: u8,
    text: &'static str,
    next: Option<&'static Odd>,
    call: fn(u32) -> u32,
    tail: u16,
}

fn double(x: u32) -> u32 {
    x * 2
}

fn square(x: u32) -> u32 {
    x * x
}

static FIRST: Odd = Odd { tag: 1, text: "first", next: Some(&SECOND), call: double, tail: 0xabcd };
static SECOND: Odd = Odd { tag: 2, text: "second", next: None, call: square, tail: 0x1234 };
static ZERO: [AtomicU32; 100] = [const { AtomicU32::new(0) }; 100];
static TABLE: [(&str, &[u16], u64); 3] = [("a", &[1, 2, 3], 1 << 60), ("bb", &[], 0), ("", &[65535], u64::MAX)];
static WIDE: [u128; 2] = [1 << 100, u128::MAX];
static FLOATS: (f32, f64, bool, char) = (1.25, -1e-300, true, 'ß');
static INSIDE: &u16 = &TABLE[0].1[2];

/// All of it.
pub fn run(out: &mut dyn Write) {
    let mut next = Some(black_box(&FIRST));
    while let Some(odd) = next {
        let (tag, text, call, tail) = (odd.tag, odd.text, odd.call, odd.tail);
        let _ = writeln!(out, "{tag} {text} {} {tail:x}", call(9));
        next = odd.next;
    }
    for (index, cell) in ZERO.iter().enumerate().step_by(33) {
        cell.fetch_add(index as u32, Ordering::Relaxed);
    }
    let _ = writeln!(out, "{} {:?} {:?} {:?} {}", ZERO.iter().map(|c| c.load(Ordering::Relaxed)).sum::<u32>(), black_box(&TABLE), black_box(&WIDE), black_box(&FLOATS), black_box(INSIDE));
}
