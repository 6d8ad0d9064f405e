//! Loops that leave early, which LLVM turns into questions about vectors of truth values.

use core::fmt::Write;
use core::hint::black_box;

#[inline(never)]
fn first_upper(text: &[u8; 64]) -> u32 {
    for (place, byte) in (0..).zip(text) {
        if !byte.is_ascii_lowercase() {
            return place;
        }
    }
    64
}

#[inline(never)]
fn first_large(numbers: &[u32; 64]) -> u32 {
    for (place, &number) in (0..).zip(numbers) {
        if number > 1000 {
            return place;
        }
    }
    64
}

/// The answer at every place, and none.
pub fn run(out: &mut dyn Write) {
    for place in 0..=64 {
        let (mut text, mut numbers) = (black_box([b'q'; 64]), black_box([7; 64]));
        if let Some(byte) = text.get_mut(place) {
            *byte = b'Q';
        }
        if let Some(number) = numbers.get_mut(place) {
            *number = 1001;
        }
        let _ = writeln!(out, "{} {}", first_upper(&text), first_large(&numbers));
    }
}
