//! Watching the consoles of a headless run: shows every line with its console's name, and waits for what is expected.

use std::io::Write;

use regex::Regex;

/// Characters of a console that the report of a failed run shows.
const TAIL: usize = 2000;

/// A line longer than this is cut, so that a console flooded without a line end costs no more than this.
const MAX_LINE: usize = 4096;

/// All consoles of a machine and what is expected on them.
pub(super) struct Watch<W> {
    consoles: Vec<Console>,
    /// Each with true once a line of some console matched.
    expected: Vec<(Regex, bool)>,
    out: W,
}

struct Console {
    name: String,
    /// The line that is not ended yet.
    line: String,
    /// Bytes at the end that do not make a character yet.
    rest: Vec<u8>,
    tail: String,
}

impl<W: Write> Watch<W> {
    /// Consoles by number, with their names; expressions that must match a line of any of them, in any order.
    pub(super) fn new(names: Vec<String>, expected: Vec<Regex>, out: W) -> Self {
        let console = |name| Console { name, line: String::new(), rest: Vec::new(), tail: String::new() };
        Self {
            consoles: names.into_iter().map(console).collect(),
            expected: expected.into_iter().map(|regex| (regex, false)).collect(),
            out,
        }
    }

    /// Console `number` printed `bytes`.
    pub(super) fn feed(&mut self, number: usize, bytes: &[u8]) {
        let Some(console) = self.consoles.get_mut(number) else { return };
        let text = console.decode(bytes);
        console.remember(&text);
        for piece in text.split_inclusive('\n') {
            console.line.push_str(piece.trim_end_matches(['\r', '\n']));
            // A prompt has no line end, so the unfinished line counts too.
            for (regex, seen) in &mut self.expected {
                *seen = *seen || regex.is_match(&console.line);
            }
            if piece.ends_with('\n') || console.line.len() > MAX_LINE {
                let line = std::mem::take(&mut console.line);
                // A reader that went away is no reason to end the run.
                let _ = writeln!(self.out, "{:>10} | {line}", console.name);
            }
        }
        let _ = self.out.flush();
    }

    /// True if something was expected and all of it came.
    pub(super) fn complete(&self) -> bool {
        !self.expected.is_empty() && self.expected.iter().all(|(_, seen)| *seen)
    }

    /// The expressions that matched nothing yet.
    pub(super) fn missing(&self) -> Vec<&str> {
        self.expected.iter().filter(|(_, seen)| !seen).map(|(regex, _)| regex.as_str()).collect()
    }

    /// The ends of all consoles, for a report.
    pub(super) fn tails(&self) -> String {
        let tail = |console: &Console| match console.tail.trim_end() {
            "" => format!("--- {}: printed nothing\n", console.name),
            text => format!("--- end of {}:\n{text}\n", console.name),
        };
        self.consoles.iter().map(tail).collect()
    }
}

impl Console {
    /// Characters may come in pieces; what is no UTF-8 is shown as U+FFFD.
    fn decode(&mut self, bytes: &[u8]) -> String {
        self.rest.extend_from_slice(bytes);
        let incomplete = match std::str::from_utf8(&self.rest) {
            Err(error) if error.error_len().is_none() => self.rest.split_off(error.valid_up_to()),
            _ => Vec::new(),
        };
        let complete = std::mem::replace(&mut self.rest, incomplete);
        // Two errors in one piece leave the second incomplete sequence to the lossy conversion.
        String::from_utf8_lossy(&complete).into_owned()
    }

    fn remember(&mut self, text: &str) {
        self.tail.push_str(&text.replace('\r', ""));
        let excess = self.tail.len().saturating_sub(TAIL);
        let cut = (excess..=self.tail.len()).find(|&at| self.tail.is_char_boundary(at)).unwrap_or(0);
        self.tail.drain(..cut);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watch(expected: &[&str]) -> Watch<Vec<u8>> {
        let expected = expected.iter().map(|text| Regex::new(text).unwrap()).collect();
        Watch::new(vec!["linux".into(), "rt".into()], expected, Vec::new())
    }

    fn shown(watch: &Watch<Vec<u8>>) -> &str {
        std::str::from_utf8(&watch.out).unwrap()
    }

    #[test]
    fn lines_of_two_consoles_do_not_mix() {
        let mut watch = watch(&[]);
        watch.feed(0, b"Linux ver");
        watch.feed(1, b"10000 periods\r\n");
        watch.feed(0, b"sion 6.1\r\n");
        assert_eq!(shown(&watch), "        rt | 10000 periods\n     linux | Linux version 6.1\n");
    }

    #[test]
    fn everything_expected_must_come_in_any_order() {
        let mut watch = watch(&["SHELL-[A-Z]+", "^0 missed$"]);
        watch.feed(1, b"0 missed\n");
        assert!(!watch.complete());
        assert_eq!(watch.missing(), ["SHELL-[A-Z]+"]);
        watch.feed(0, b"SHELL-REACHED\n");
        assert!(watch.complete());
    }

    #[test]
    fn what_two_consoles_print_together_is_no_match() {
        let mut watch = watch(&["ab"]);
        watch.feed(0, b"a");
        watch.feed(1, b"b");
        watch.feed(0, b"\nb\n");
        assert!(!watch.complete());
    }

    #[test]
    fn a_prompt_without_a_line_end_matches() {
        let mut watch = watch(&["^/ # "]);
        watch.feed(0, b"/ ");
        watch.feed(0, b"# ");
        assert!(watch.complete());
    }

    #[test]
    fn nothing_expected_is_never_complete() {
        assert!(!watch(&[]).complete());
    }

    #[test]
    fn characters_in_pieces_are_joined_and_rubbish_is_shown() {
        let mut watch = watch(&["ä"]);
        watch.feed(0, &[0xc3]);
        watch.feed(0, &[0xa4, b'\n']);
        assert!(watch.complete());
        watch.feed(1, &[0xff, b'x', b'\n']);
        assert!(shown(&watch).contains("\u{fffd}x"));
    }

    #[test]
    fn a_flood_without_line_ends_is_cut_and_its_end_is_kept() {
        let mut watch = watch(&[]);
        for _ in 0..100 {
            watch.feed(0, "ö".repeat(1000).as_bytes());
        }
        watch.feed(0, b"the end");
        assert!(watch.consoles[0].line.len() < MAX_LINE + 2100);
        assert!(watch.tails().contains("the end") && watch.tails().len() < TAIL + 200);
    }

    #[test]
    fn a_silent_console_is_named_in_the_report() {
        assert!(watch(&[]).tails().contains("rt: printed nothing"));
    }
}
