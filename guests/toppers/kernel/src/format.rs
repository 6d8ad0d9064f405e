//! The formats of the system log: `%` with flag `0` or `-`, width, and d, i, u, x, X, o, c, s, p.

/// Puts out `format` with its arguments; `text` gives the string behind an argument. Lengths (`l`, `h`) say nothing: every
/// argument is a word. Missing arguments count as 0.
pub fn format<'t>(format: &[u8], arguments: &[usize], text: impl Fn(usize) -> &'t [u8], put: &mut impl FnMut(u8)) {
    let mut arguments = arguments.iter().copied();
    let mut rest = format.iter().copied();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            put(byte);
            continue;
        }
        let (mut field, mut next) = (Field::default(), rest.next());
        while let Some(flag @ (b'0' | b'-')) = next {
            if flag == b'0' {
                field.zeros = true
            } else {
                field.left = true
            }
            next = rest.next();
        }
        while let Some(digit @ b'0'..=b'9') = next {
            field.width = (field.width * 10 + usize::from(digit - b'0')).min(WIDEST);
            next = rest.next();
        }
        while let Some(b'l' | b'h') = next {
            next = rest.next();
        }
        let Some(kind) = next else { return };
        let mut argument = || arguments.next().unwrap_or(0) as u32;
        match kind {
            b'd' | b'i' => {
                let value = argument() as i32;
                field.number(value.unsigned_abs(), value < 0, 10, false, put);
            }
            b'u' => field.number(argument(), false, 10, false, put),
            b'o' => field.number(argument(), false, 8, false, put),
            b'x' | b'p' => field.number(argument(), false, 16, false, put),
            b'X' => field.number(argument(), false, 16, true, put),
            b'c' => field.text(&[argument() as u8], put),
            b's' => field.text(text(arguments.next().unwrap_or(0)), put),
            other => put(other),
        }
    }
}

const WIDEST: usize = 100;

#[derive(Default)]
struct Field {
    zeros: bool,
    left: bool,
    width: usize,
}

impl Field {
    fn number(&self, mut value: u32, negative: bool, base: u32, capital: bool, put: &mut impl FnMut(u8)) {
        let mut digits = [0; 12];
        let mut start = digits.len();
        loop {
            start -= 1;
            let digit = (value % base) as u8;
            digits[start] = match digit {
                0..=9 => b'0' + digit,
                _ if capital => b'A' + digit - 10,
                _ => b'a' + digit - 10,
            };
            value /= base;
            if value == 0 {
                break;
            }
        }
        let length = digits.len() - start + usize::from(negative);
        let fill = self.width.saturating_sub(length);
        let zeros = self.zeros && !self.left;
        if !zeros && !self.left {
            repeat(b' ', fill, put);
        }
        if negative {
            put(b'-');
        }
        if zeros {
            repeat(b'0', fill, put);
        }
        digits[start..].iter().for_each(|&digit| put(digit));
        if self.left {
            repeat(b' ', fill, put);
        }
    }

    fn text(&self, text: &[u8], put: &mut impl FnMut(u8)) {
        let fill = self.width.saturating_sub(text.len());
        if !self.left {
            repeat(b' ', fill, put);
        }
        text.iter().for_each(|&byte| put(byte));
        if self.left {
            repeat(b' ', fill, put);
        }
    }
}

fn repeat(byte: u8, count: usize, put: &mut impl FnMut(u8)) {
    (0..count).for_each(|_| put(byte));
}
