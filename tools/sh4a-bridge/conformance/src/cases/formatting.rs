//! core::fmt in all its forms.

use core::fmt::{self, Write};
use core::hint::black_box;

#[derive(Debug, Clone, Copy, Default)]
struct Point {
    x: i32,
    y: i64,
}

#[derive(Debug)]
#[allow(dead_code)]
struct Nested<'a> {
    name: &'a str,
    points: [Point; 2],
    unit: (),
    tuple: (u8, char, Option<f32>),
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad_integral(self.x >= 0, "p", "123")?;
        write!(f, "<{}|{}>", self.x, self.y)
    }
}

impl fmt::LowerHex for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::LowerHex::fmt(&self.x, f)
    }
}

/// All of it.
pub fn run(out: &mut dyn Write) {
    let point = black_box(Point { x: -7, y: 1 << 40 });
    let nested = Nested { name: "a\"b\n\u{7f}é", points: [point, Point::default()], unit: (), tuple: (255, '\'', Some(1.5)) };
    let _ = writeln!(out, "{point} {point:?} {point:x} {point:#?} {point:>10} {point:+}");
    let _ = writeln!(out, "{nested:?}\n{nested:#?}");
    for n in black_box([0i64, 1, -1, 255, -4096, i64::MAX, i64::MIN]) {
        let _ = writeln!(out, "{n} {n:5}| {n:<5}| {n:^9}| {n:+} {n:08} {n:#x} {n:#010b} {n:o} {n:X} {n:e} {n:*^12}|");
    }
    for n in black_box([0u128, 1 << 70, u128::MAX]) {
        let _ = writeln!(out, "{n} {n:#x} {n:>45} {n:b}");
    }
    let (width, precision) = black_box((12, 2));
    let _ = writeln!(out, "{:width$.precision$}| {:>1$}| {:.*}| {:?}", 3.14159, 8, 3, "abcdef", "tab\t");
    let _ = writeln!(out, "{:?} {:?} {:?}", 'x', '\u{200b}', "😀");
    let _ = writeln!(out, "{:?} {:?} {:?}", [1u8, 2], (1, "b"), Some(Err::<(), _>(3)));
    let _ = writeln!(out, "{:02x?} {:#?} {:5}|{:<5}|{:^5}|", [10u8, 200], (1,), true, false, 'c');
    let _ = writeln!(out, "{}", format_args!("{} {}", 1, format_args!("{:>4}", 2)));
    let debug = fmt::from_fn(|f| f.debug_map().entry(&1, &"one").entry(&2, &"two").finish());
    let _ = writeln!(out, "{:?} {:#?}", debug, &debug);
    let _ = writeln!(out, "{:?} {:?}", core::time::Duration::from_micros(1_234_567), core::time::Duration::new(3, 5));
    let _ = writeln!(out, "{:?}", core::net::Ipv4Addr::new(192, 168, 0, 1));
    let _ = writeln!(out, "{:?}", core::any::type_name::<Option<u32>>());
}
