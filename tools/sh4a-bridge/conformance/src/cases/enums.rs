//! Enums with data, niches, nested patterns, guards, `Option` and `Result` chains, 128-bit matches.

use core::fmt::Write;
use core::hint::black_box;
use core::num::NonZeroU16;

#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
enum Shape {
    Empty,
    Circle { radius: f32 },
    Box(u64, i16),
    Tagged(Option<NonZeroU16>, [u8; 3]),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(i64)]
enum Wide {
    Low = i64::MIN,
    Middle = 3,
    High = i64::MAX,
}

fn describe(shape: &Shape) -> u64 {
    match *shape {
        Shape::Empty => 0,
        Shape::Circle { radius } if radius > 10.0 => radius as u64,
        Shape::Circle { .. } => 1,
        Shape::Box(0, _) | Shape::Box(_, -1) => 2,
        Shape::Box(width, height @ 1..=99) => width * height as u64,
        Shape::Box(width, _) => width.rotate_left(7),
        Shape::Tagged(Some(tag), [_, middle, _]) => u64::from(tag.get()) << 8 | u64::from(middle),
        Shape::Tagged(None, bytes) => bytes.iter().map(|&b| u64::from(b)).sum(),
    }
}

fn parse(text: &str) -> Result<u16, &'static str> {
    let (left, right) = text.split_once('+').ok_or("no plus")?;
    let left: u16 = left.trim().parse().map_err(|_| "bad left")?;
    let right: u16 = right.trim().parse().map_err(|_| "bad right")?;
    left.checked_add(right).ok_or("too large")
}

fn big(number: u128) -> &'static str {
    match number {
        0 => "zero",
        1..=0xffff_ffff_ffff_ffff => "one word",
        0x1_0000_0000_0000_0000 => "2^64",
        n if n >> 127 == 1 => "huge",
        _ => "two words",
    }
}

/// All of it.
pub fn run(out: &mut dyn Write) {
    let shapes = [
        Shape::Empty,
        Shape::Circle { radius: 2.5 },
        Shape::Circle { radius: 1e9 },
        Shape::Box(0, 5),
        Shape::Box(9, -1),
        Shape::Box(1 << 40, 17),
        Shape::Box(u64::MAX / 3, i16::MIN),
        Shape::Tagged(NonZeroU16::new(512), [1, 2, 3]),
        Shape::Tagged(None, [100, 200, 250]),
    ];
    for pair in black_box(shapes).windows(2) {
        let _ = writeln!(out, "{:?} {} {:?}", pair[0], describe(&pair[0]), pair[0].partial_cmp(&pair[1]));
    }
    for text in black_box(["1+2", "1", "x+2", "3+", "65535+1", " 7 + 8 "]) {
        let _ = writeln!(out, "{:?}", parse(text));
    }
    for wide in black_box([Wide::High, Wide::Low, Wide::Middle]) {
        let _ = writeln!(out, "{wide:?} {} {:?}", wide as i64, wide.cmp(&Wide::Middle));
    }
    for number in black_box([0, 5, 1 << 64, 1 << 127, 1 << 100]) {
        let _ = writeln!(out, "{}", big(number));
    }
    let nested: [Option<Option<bool>>; 4] = black_box([None, Some(None), Some(Some(false)), Some(Some(true))]);
    let _ = writeln!(out, "{nested:?} {:?}", nested.map(Option::flatten));
}
