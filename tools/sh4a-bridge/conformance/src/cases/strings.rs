//! Strings without an allocator: UTF-8, searching, splitting, parsing, case.

use core::fmt::Write;
use core::hint::black_box;

/// All of it.
pub fn run(out: &mut dyn Write) {
    let text = black_box("The quick brown fox, größer als 10 → 😀; naïve café");
    for word in text.split_whitespace() {
        let _ = write!(out, "[{word}:{}:{}]", word.len(), word.chars().count());
    }
    let _ = writeln!(out);
    let _ = writeln!(out, "{:?} {:?} {:?}", text.find("fox"), text.rfind('é'), text.find(|c: char| !c.is_ascii()));
    let _ = writeln!(out, "{:?} {:?}", text.split_once(", "), text.rsplit_terminator(' ').next());
    for (at, found) in text.match_indices(black_box("o")) {
        let _ = write!(out, "{at}{found} ");
    }
    for c in text.chars().rev().filter(|c| c.is_alphabetic()).flat_map(char::to_uppercase) {
        let _ = write!(out, "{c}");
    }
    let _ = writeln!(out);
    let _ = writeln!(out, "{:?} {:?}", text.bytes().rev().step_by(7).max(), text.char_indices().nth(25));
    for number in black_box(["0", "-128", "127", "128", "+5", "", "-", "1_0", "99999999999999999999", "0x10"]) {
        let _ = write!(out, "{:?} {:?} {:?} {:?};", number.parse::<i8>(), number.parse::<u64>(), number.parse::<i128>(), number.parse::<u16>().ok());
    }
    let _ = writeln!(out, "{:?} {:?}", i32::from_str_radix("-7fffffff", 16), u128::from_str_radix("zz", 36));
    for bytes in black_box([&b"ok"[..], b"\xff", b"a\xc3", b"\xe2\x82\xac", b"\xed\xa0\x80", b"\xf0\x9f\x98"]) {
        let _ = writeln!(out, "{:?}", core::str::from_utf8(bytes));
    }
    let _ = writeln!(out, "{:?}", String16::new("héllo").trimmed());
    let _ = writeln!(out, "{} {}", text.escape_unicode().take(20).count(), "tab\t\"q\"".escape_debug());
    let _ = writeln!(out, "{:?} {:?}", "  x ".trim(), "xxaxx".trim_matches('x'));
    let _ = writeln!(out, "{:?} {:?}", "true".parse::<bool>(), "ab".parse::<char>());
    let _ = writeln!(out, "{:?}", "a,b,,c".splitn(3, ',').rev_first());
    let _ = writeln!(out, "{:?} {}", "Apple".cmp("apple"), "ABC".eq_ignore_ascii_case("abc"));
    let c_text = c"from C";
    let _ = writeln!(out, "{c_text:?} {:?}", c_text.to_str());
}

/// A short string of UTF-16 units.
struct String16([u16; 16], usize);

impl String16 {
    fn new(text: &str) -> Self {
        let mut units = [0; 16];
        let mut len = 0;
        for unit in text.encode_utf16() {
            units[len] = unit;
            len += 1;
        }
        Self(units, len)
    }
    fn trimmed(&self) -> &[u16] {
        &self.0[..self.1]
    }
}

trait RevFirst {
    fn rev_first(self) -> Option<(u32, char)>;
}

impl<'a, I: Iterator<Item = &'a str>> RevFirst for I {
    fn rev_first(self) -> Option<(u32, char)> {
        self.last().and_then(|last| last.chars().next().map(|c| (last.len() as u32, c)))
    }
}
