//! Random programs: arithmetic on all types, and control flow. A seed gives the same text for ever.

use std::fmt::Write as _;

/// Types of variables.
const TYPES: [&str; 12] = ["u8", "i8", "u16", "i16", "u32", "i32", "u64", "i64", "u128", "i128", "f32", "f64"];
/// How many of them are integers; they come first.
const INTEGERS: u64 = 10;

/// Sebastiano Vigna's SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len() as u64) as usize]
    }
}

/// Rust source of `count` programs, as `conformance` includes it.
#[must_use]
pub fn programs(seed: u64, count: u32) -> String {
    let mut text = String::from("use core::{fmt::Write, hint::black_box};\n");
    let mut table = String::new();
    for number in 0..count {
        let mut random = Random(seed.wrapping_mul(1_000_003).wrapping_add(u64::from(number)));
        program(&mut random, number, &mut text);
        let _ = writeln!(table, "(\"random-{number}\", random_{number}),");
    }
    let _ = writeln!(text, "/// The programs of seed {seed}.\npub const PROGRAMS: &[crate::Case] = &[{table}];");
    text
}

fn program(random: &mut Random, number: u32, text: &mut String) {
    let _ = writeln!(text, "fn random_{number}(out: &mut dyn Write) {{");
    for (index, ty) in TYPES.iter().enumerate() {
        for copy in 0..2 {
            let _ = writeln!(text, "let mut v{index}_{copy}: {ty} = black_box({});", literal(random, index));
        }
    }
    let _ = writeln!(text, "let mut table: [u32; 8] = black_box([1, 2, 3, 4, 5, 6, 7, 8]);");
    block(random, 3, 6, text);
    for (index, ty) in TYPES.iter().enumerate() {
        for copy in 0..2 {
            let name = format!("v{index}_{copy}");
            let _ = match *ty {
                "f32" | "f64" => writeln!(
                    text,
                    "if {name}.is_nan() {{ let _ = writeln!(out, \"nan\"); }} else {{ let _ = writeln!(out, \"{{:x}}\", {name}.to_bits()); }}"
                ),
                _ => writeln!(text, "let _ = writeln!(out, \"{{{name}}}\");"),
            };
        }
    }
    let _ = writeln!(text, "let _ = writeln!(out, \"{{table:?}}\");\n}}");
}

fn block(random: &mut Random, depth: u32, statements: u64, text: &mut String) {
    for _ in 0..=random.below(statements) {
        statement(random, depth, text);
    }
}

fn statement(random: &mut Random, depth: u32, text: &mut String) {
    let ty = random.below(TYPES.len() as u64) as usize;
    let (target, int) = (format!("v{ty}_{}", random.below(2)), random.below(INTEGERS) as usize);
    let _ = match if depth == 0 { 0 } else { random.below(8) } {
        0..=2 => writeln!(text, "{target} = {};", expression(random, ty, 3)),
        3 => {
            let _ = writeln!(text, "if {} {{", condition(random));
            block(random, depth - 1, 3, text);
            let _ = writeln!(text, "}} else {{");
            block(random, depth - 1, 2, text);
            writeln!(text, "}}")
        }
        4 => {
            let _ = writeln!(text, "for i in 0..black_box({}u32) {{ table[i as usize % 8] ^= i;", random.below(7));
            block(random, depth - 1, 2, text);
            writeln!(text, "if {} {{ break; }} }}", condition(random))
        }
        5 => {
            let _ = writeln!(text, "match {} {{ 0..=50 => {{", expression(random, 0, 2));
            block(random, depth - 1, 2, text);
            let _ = writeln!(text, "}} 77 | 90 | 120..=130 => {target} = {},", expression(random, ty, 2));
            let _ = writeln!(text, "n if n % 3 == 0 => {{");
            block(random, depth - 1, 2, text);
            writeln!(text, "}} _ => {{}} }}")
        }
        6 => writeln!(
            text,
            "table[{} as usize % 8] = table[{} as usize % 8].rotate_left(3) ^ {};",
            expression(random, 0, 2),
            expression(random, 4, 1),
            expression(random, 4, 2)
        ),
        _ => writeln!(
            text,
            "if let Some(x) = {}.checked_{}({}) {{ v{int}_0 = x; }} else {{ v{int}_1 = !v{int}_1; }}",
            expression(random, int, 2),
            random.pick(&["add", "sub", "mul", "div", "rem"]),
            expression(random, int, 2)
        ),
    };
}

fn condition(random: &mut Random) -> String {
    let ty = random.below(TYPES.len() as u64) as usize;
    let comparison = format!(
        "({} {} {})",
        expression(random, ty, 2),
        random.pick(&["<", "<=", "==", "!=", ">", ">="]),
        expression(random, ty, 2)
    );
    if random.below(4) == 0 {
        format!("({comparison} {} {})", random.pick(&["&", "|", "^", "&&", "||"]), condition(random))
    } else {
        comparison
    }
}

fn expression(random: &mut Random, ty: usize, depth: u32) -> String {
    if depth == 0 {
        return match random.below(3) {
            0 => literal(random, ty),
            _ => format!("v{ty}_{}", random.below(2)),
        };
    }
    if ty as u64 >= INTEGERS { float(random, ty, depth - 1) } else { integer(random, ty, depth - 1) }
}

fn integer(random: &mut Random, ty: usize, depth: u32) -> String {
    let name = TYPES[ty];
    let a = expression(random, ty, depth);
    let verb = random.pick(&["add", "sub", "mul"]);
    match random.below(13) {
        0 | 1 => format!("{a}.wrapping_{verb}({})", expression(random, ty, depth)),
        2 => format!("{a}.saturating_{verb}({})", expression(random, ty, depth)),
        3 => format!(
            "{a}.checked_{verb}({}).unwrap_or({})",
            expression(random, ty, depth),
            expression(random, ty, depth)
        ),
        4 => {
            let (verb, b) = (random.pick(&["div", "rem", "div_euclid", "rem_euclid"]), expression(random, ty, depth));
            format!("{a}.checked_{verb}({b}).unwrap_or({})", literal(random, ty))
        }
        5 => format!("({a} {} {})", random.pick(&["&", "|", "^"]), expression(random, ty, depth)),
        6 | 7 => {
            let verb = random.pick(&["wrapping_shl", "wrapping_shr", "rotate_left", "rotate_right"]);
            format!("{a}.{verb}({})", expression(random, 4, depth.min(1)))
        }
        8 | 9 => {
            let other = random.below(TYPES.len() as u64) as usize;
            format!("({} as {name})", expression(random, other, depth))
        }
        10 => format!("(if {} {{ {a} }} else {{ {} }})", condition_of(random, depth), expression(random, ty, depth)),
        11 => format!("{a}.{}()", random.pick(&["swap_bytes", "reverse_bits", "wrapping_neg"])),
        _ => format!("({a}.{}() as {name})", random.pick(&["count_ones", "leading_zeros", "trailing_zeros"])),
    }
}

fn float(random: &mut Random, ty: usize, depth: u32) -> String {
    let name = TYPES[ty];
    let a = expression(random, ty, depth);
    match random.below(8) {
        0..=3 => format!("({a} {} {})", random.pick(&["+", "-", "*", "/"]), expression(random, ty, depth)),
        4 | 5 => {
            let other = random.below(TYPES.len() as u64) as usize;
            format!("({} as {name})", expression(random, other, depth))
        }
        6 => format!("(if {} {{ {a} }} else {{ -{} }})", condition_of(random, depth), expression(random, ty, depth)),
        _ => format!("{a}.abs()"),
    }
}

/// A condition no deeper than `depth` allows.
fn condition_of(random: &mut Random, depth: u32) -> String {
    let ty = random.below(TYPES.len() as u64) as usize;
    format!(
        "{} {} {}",
        expression(random, ty, depth.min(1)),
        random.pick(&["<", "==", ">="]),
        expression(random, ty, 0)
    )
}

/// A number, near an edge more often than not.
fn literal(random: &mut Random, ty: usize) -> String {
    let name = TYPES[ty];
    if ty as u64 >= INTEGERS {
        let choice =
            random.pick(&["0.0", "-0.0", "1.0", "0.1", "-3.75", "16777217.0", "1e30", "-1e-30", "4294967296.5"]);
        return match random.below(5) {
            0 => format!("{name}::{}", random.pick(&["MAX", "MIN", "MIN_POSITIVE", "EPSILON", "INFINITY"])),
            _ => format!("({choice}_{name})"),
        };
    }
    match random.below(6) {
        0 => format!("{name}::MIN"),
        1 => format!("{name}::MAX"),
        2 => format!("({}_{name})", random.below(4)),
        3 => format!("({}_u128 as {name})", 1u128 << random.below(128)),
        _ => format!("({}_u128 as {name})", u128::from(random.next()) << random.below(64) | u128::from(random.next())),
    }
}

#[cfg(test)]
mod tests {
    use super::programs;

    #[test]
    fn a_seed_always_gives_the_same_text_and_another_seed_another() {
        assert_eq!(programs(7, 3), programs(7, 3));
        assert_ne!(programs(7, 3), programs(8, 3));
    }
}
