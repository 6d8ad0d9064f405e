//! Mismatches as text.

use crate::engine::Ending;
use crate::forms;
use crate::record::{self, Record};
use crate::vector::{Subject, Vector};
use std::fmt;

/// A vector whose results differ.
pub(crate) struct Mismatch<'a> {
    pub(crate) vector: &'a Vector,
    pub(crate) seed: u64,
    pub(crate) expected: &'a Record,
    pub(crate) theirs: Option<&'a Record>,
    pub(crate) ours: Option<&'a Record>,
    pub(crate) wrong: &'a [usize],
}

/// What a vector tests, in words.
pub(crate) fn subject(vector: &Vector) -> String {
    match vector.subject {
        Subject::Form(at) => forms::all()[at].text.to_owned(),
        Subject::Misaligned(at) => format!("{} (misaligned)", forms::all()[at].text),
        Subject::Illegal(word) => format!("word 0x{word:04x}"),
    }
}

fn registers(f: &mut fmt::Formatter<'_>, title: &str, words: &[u32]) -> fmt::Result {
    for (row, words) in words.chunks(8).enumerate() {
        write!(f, "  {title}{:<3}", row * 8)?;
        words.iter().try_for_each(|word| write!(f, " {word:08x}"))?;
        writeln!(f)?;
    }
    Ok(())
}

impl fmt::Display for Mismatch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { vector, seed, .. } = *self;
        let input = &vector.input;
        writeln!(f, "MISMATCH {}: {}", subject(vector), vector.text())?;
        registers(f, "r", &input.0[..16])?;
        writeln!(
            f,
            "  mach {:08x} macl {:08x} pr {:08x} gbr {:08x} fpul {:08x} fpscr {:08x} t {} s {} m {} q {}",
            input[record::MACH],
            input[record::MACL],
            input[record::PR],
            input[record::GBR],
            input[record::FPUL],
            input[record::FPSCR],
            input[record::T] & 1,
            input[record::S] & 1,
            input[record::M_OR_S] >> 31,
            input[record::Q_OR_MQ] >> 31,
        )?;
        if vector.form().is_some_and(|form| form.float) {
            registers(f, "bank0 fr", &input.0[record::BANKS..record::BANKS + 16])?;
            registers(f, "bank1 fr", &input.0[record::BANKS + 16..record::BANKS + 32])?;
        }
        registers(f, "memory ", &input.0[record::WINDOW])?;
        for word in self.wrong {
            let name = Record::name(*word, vector.scratch);
            let text =
                |record: Option<&Record>| record.map_or("none".into(), |record| format!("{:08x}", record[*word]));
            writeln!(
                f,
                "  {name}: expected {:08x}, sh4a-emu {}, qemu {}",
                self.expected[*word],
                text(self.ours),
                text(self.theirs),
            )?;
        }
        let form = vector.form().map_or("", |form| form.text);
        write!(
            f,
            "  repeat: cargo run -p sh4a-diff -- --seed {seed} --form '{form}' --first {} --count 1",
            vector.index
        )
    }
}

/// A program that did not end as it should.
pub(crate) fn ending(vector: &Vector, seed: u64, expected: &Ending, theirs: Option<&Ending>, ours: &Ending) -> String {
    let theirs = theirs.map_or("not asked".into(), ToString::to_string);
    let only = match vector.subject {
        Subject::Illegal(word) => format!("--word 0x{word:04x}"),
        Subject::Form(at) | Subject::Misaligned(at) => {
            format!("--form '{}' --first {} --count 1", forms::all()[at].text, vector.index)
        }
    };
    format!(
        "MISMATCH {}: {}\n  expected {expected}, sh4a-emu {ours}, qemu {theirs}\n  repeat: cargo run -p sh4a-diff -- --seed {seed} {only}",
        subject(vector),
        vector.text(),
    )
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Finished(_) => f.write_str("ran on"),
            Self::Illegal => f.write_str("illegal instruction"),
            Self::AddressError => f.write_str("address error"),
            Self::Other(what) => f.write_str(what),
        }
    }
}
