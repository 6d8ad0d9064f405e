//! Writes machine code: words from the table's patterns, literals, and branches inside the test program.

use crate::forms::{self, Fields, Form};
use std::collections::HashMap;
use std::sync::LazyLock;

static BY_TEXT: LazyLock<HashMap<&'static str, &'static Form>> =
    LazyLock::new(|| forms::all().iter().map(|form| (form.text, form)).collect());

/// Code under construction.
#[derive(Debug)]
pub(crate) struct Emitter {
    base: u32,
    bytes: Vec<u8>,
    /// (offset of a `mov.l @(D,PC),Rn`, the value it wants)
    literals: Vec<(usize, u32)>,
}

impl Emitter {
    /// Code that will lie at `base`.
    pub(crate) fn new(base: u32) -> Self {
        Self { base, bytes: Vec::new(), literals: Vec::new() }
    }

    /// The address of the next instruction.
    pub(crate) fn here(&self) -> u32 {
        self.base + self.bytes.len() as u32
    }

    /// The code.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.pool();
        self.bytes
    }

    /// One word as it is.
    pub(crate) fn word(&mut self, word: u16) {
        self.bytes.extend(word.to_le_bytes());
    }

    /// The instruction whose table text is `text`, with register fields `n` and `m` and displacement or immediate `x`.
    ///
    /// # Panics
    /// If the table has no such text: a mistake in this crate, met by its first test.
    pub(crate) fn op(&mut self, text: &str, n: u8, m: u8, x: i32) {
        let form = BY_TEXT.get(text).unwrap_or_else(|| panic!("no form is called {text:?}"));
        self.word(form.encode(Fields { n, m, d: x as u16, i: x as u8 }));
    }

    /// Loads a literal into Rn; [`Emitter::pool`] must follow within 1 KB, after an unconditional jump.
    pub(crate) fn load(&mut self, n: u8, value: u32) {
        self.literals.push((self.bytes.len(), value));
        self.op("mov.l @(D,PC),Rn", n, 0, 0);
    }

    /// Jumps to the address in Rn, with an empty slot.
    pub(crate) fn jump(&mut self, n: u8) {
        self.op("jmp @Rn", n, 0, 0);
        self.op("nop", 0, 0, 0);
    }

    /// Places the literals asked for so far.
    pub(crate) fn pool(&mut self) {
        for (at, value) in std::mem::take(&mut self.literals) {
            self.align();
            let from = (at & !3) + 4;
            self.bytes[at] = ((self.bytes.len() - from) / 4) as u8;
            self.bytes.extend(value.to_le_bytes());
        }
    }

    /// The same in the middle of a run: code goes on behind the literals.
    pub(crate) fn pool_over(&mut self) {
        let words = self.literals.len() as i32 * 2;
        // bra, its slot, perhaps a word of alignment
        let aligned = (self.bytes.len() + 4).is_multiple_of(4);
        self.op("bra D", 0, 0, if aligned { words } else { words + 1 });
        self.op("nop", 0, 0, 0);
        self.pool();
    }

    /// Goes to a multiple of four.
    pub(crate) fn align(&mut self) {
        while !self.bytes.len().is_multiple_of(4) {
            self.op("nop", 0, 0, 0);
        }
    }

    /// Fills with `nop` up to `address`.
    pub(crate) fn fill_to(&mut self, address: u32) {
        while self.here() < address {
            self.op("nop", 0, 0, 0);
        }
    }
}
