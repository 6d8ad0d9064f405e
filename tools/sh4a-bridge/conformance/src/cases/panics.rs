//! Panics: message and place. Each case ends the program.

use core::fmt::Write;
use core::hint::black_box;

/// Index out of bounds.
pub fn index(out: &mut dyn Write) {
    let table = black_box([1u32, 2, 3]);
    for i in 0..black_box(5) {
        let _ = writeln!(out, "{}", table[i]);
    }
}

/// A call that says itself what overflowed.
pub fn overflow(out: &mut dyn Write) {
    let _ = writeln!(out, "{:?}", black_box(250u8).strict_add(black_box(5)));
    let _ = writeln!(out, "{:?}", black_box(251u8).strict_add(black_box(5)));
}

/// Division by zero.
pub fn division(out: &mut dyn Write) {
    for divisor in black_box([2i64, 1, 0]) {
        let _ = writeln!(out, "{}", black_box(1i64 << 40) / divisor);
    }
}

/// A `Result` that is an error, with its `Debug` text.
pub fn unwrap(out: &mut dyn Write) {
    let _ = writeln!(out, "{}", "12".parse::<i32>().unwrap());
    let _ = writeln!(out, "{}", black_box("1x").parse::<i32>().expect("a number"));
}

/// A cut through a character.
pub fn utf8(out: &mut dyn Write) {
    let text = black_box("aé→");
    let _ = writeln!(out, "{}", &text[1..3]);
    let _ = writeln!(out, "{}", &text[2..]);
}

/// A formatted message from inside a closure.
pub fn message(out: &mut dyn Write) {
    let fail = |n: u64| -> u32 { panic!("cannot {:?} at {n:#x}", Some("go on")) };
    let _ = writeln!(out, "{}", if black_box(true) { fail(1 << 45) } else { 0 });
}
