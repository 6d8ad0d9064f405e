//! Puts together small SH-4A programs for tests: words by mnemonic, branches to labels, literals in a pool at the end.

/// A branch that may be conditional and may have a delay slot.
#[derive(Clone, Copy)]
pub(crate) enum Branch {
    /// bra (with a delay slot)
    Always,
    /// bt
    IfSet,
    /// bf
    IfClear,
}

/// A place in the program.
#[derive(Clone, Copy)]
pub(crate) struct Label(usize);

/// A program being written; it runs wherever it is put, on a multiple of 4.
#[derive(Default)]
pub(crate) struct Program {
    words: Vec<u16>,
    labels: Vec<usize>,
    branches: Vec<(usize, Branch, Label)>,
    literals: Vec<(usize, u32)>,
}

impl Program {
    /// Words as they are.
    pub(crate) fn words(&mut self, words: &[u16]) -> &mut Self {
        self.words.extend(words);
        self
    }

    /// `mov.l literal, Rn`.
    pub(crate) fn load(&mut self, n: u16, literal: u32) -> &mut Self {
        self.literals.push((self.words.len(), literal));
        self.words(&[0xd000 | n << 8])
    }

    /// A label for [`Program::place`] to put somewhere.
    pub(crate) fn label(&mut self) -> Label {
        self.labels.push(usize::MAX);
        Label(self.labels.len() - 1)
    }

    /// `label` is here.
    pub(crate) fn place(&mut self, label: Label) -> &mut Self {
        self.labels[label.0] = self.words.len();
        self
    }

    /// A new label, here.
    pub(crate) fn here(&mut self) -> Label {
        let label = self.label();
        self.place(label);
        label
    }

    /// A branch to `label`.
    pub(crate) fn branch(&mut self, branch: Branch, label: Label) -> &mut Self {
        self.branches.push((self.words.len(), branch, label));
        self.words(&[0])
    }

    /// Fills up with nops until the program is `len` bytes long: for vectors. The literals so far come first.
    pub(crate) fn fill_to(&mut self, len: usize) -> &mut Self {
        self.pool();
        assert!(self.words.len() * 2 <= len, "{} bytes are too long", self.words.len() * 2);
        self.words.resize(len / 2, NOP);
        self
    }

    fn pool(&mut self) {
        if !self.words.len().is_multiple_of(2) {
            self.words.push(NOP);
        }
        for (at, literal) in std::mem::take(&mut self.literals) {
            self.words[at] |= u16::try_from((self.words.len() - (at + 2) / 2 * 2) / 2).expect("a literal is near");
            self.words.extend([literal as u16, (literal >> 16) as u16]);
        }
    }

    /// The bytes.
    pub(crate) fn bytes(&mut self) -> Vec<u8> {
        self.pool();
        for &(at, branch, label) in &self.branches {
            let distance = self.labels[label.0] as i32 - at as i32 - 2;
            self.words[at] = match branch {
                Branch::Always => 0xa000 | (distance & 0xfff) as u16,
                Branch::IfSet => 0x8900 | (distance & 0xff) as u16,
                Branch::IfClear => 0x8b00 | (distance & 0xff) as u16,
            };
        }
        self.words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }
}

pub(crate) const NOP: u16 = 0x0009;
pub(crate) const SLEEP: u16 = 0x001b;
pub(crate) const RTE: u16 = 0x002b;

/// `mov #imm, Rn`.
pub(crate) fn imm(n: u16, value: i8) -> u16 {
    0xe000 | n << 8 | u16::from(value as u8)
}

/// `mov Rm, Rn`.
pub(crate) fn mov(m: u16, n: u16) -> u16 {
    0x6003 | n << 8 | m << 4
}

/// `mov.l @Rm, Rn`.
pub(crate) fn get(m: u16, n: u16) -> u16 {
    0x6002 | n << 8 | m << 4
}

/// `mov.l Rm, @Rn`.
pub(crate) fn put(m: u16, n: u16) -> u16 {
    0x2002 | n << 8 | m << 4
}

/// `mov.l Rm, @(4 * longs, Rn)`.
pub(crate) fn put_at(m: u16, n: u16, longs: u16) -> u16 {
    0x1000 | n << 8 | m << 4 | longs
}

/// `add Rm, Rn`.
pub(crate) fn add(m: u16, n: u16) -> u16 {
    0x300c | n << 8 | m << 4
}

/// `add #imm, Rn`.
pub(crate) fn add_imm(n: u16, value: i8) -> u16 {
    0x7000 | n << 8 | u16::from(value as u8)
}

/// `tst Rm, Rn`.
pub(crate) fn tst(m: u16, n: u16) -> u16 {
    0x2008 | n << 8 | m << 4
}

/// `cmp/eq Rm, Rn`.
pub(crate) fn cmp_eq(m: u16, n: u16) -> u16 {
    0x3000 | n << 8 | m << 4
}

/// `dt Rn`: one less; T if it is 0 now.
pub(crate) fn dt(n: u16) -> u16 {
    0x4010 | n << 8
}

/// `shll2 Rn`.
pub(crate) fn shll2(n: u16) -> u16 {
    0x4008 | n << 8
}

/// `movli.l @Rm, R0`.
pub(crate) fn movli(m: u16) -> u16 {
    0x0063 | m << 8
}

/// `movco.l R0, @Rn`.
pub(crate) fn movco(n: u16) -> u16 {
    0x0073 | n << 8
}

/// `ldc Rm, SR`.
pub(crate) fn ldc_sr(m: u16) -> u16 {
    0x400e | m << 8
}

/// `ldc Rm, VBR`.
pub(crate) fn ldc_vbr(m: u16) -> u16 {
    0x402e | m << 8
}
