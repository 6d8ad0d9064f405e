//! What one line of the table says.

/// Which mode of the processor may execute a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// User and privileged mode.
    User,
    /// Privileged mode only: in user mode an illegal instruction.
    Privileged,
}

/// Bytes of a memory operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// 8 bits
    B,
    /// 16 bits
    W,
    /// 32 bits
    L,
    /// 64 bits, aligned to 8 (pair moves)
    Q,
    /// 32 bits at any address (`movua.l`)
    Unaligned,
}

impl Size {
    /// Number of bytes.
    pub fn bytes(self) -> u32 {
        match self {
            Size::B => 1,
            Size::W => 2,
            Size::L | Size::Unaligned => 4,
            Size::Q => 8,
        }
    }

    /// Alignment that does not raise an address error.
    pub fn align(self) -> u32 {
        if self == Size::Unaligned { 1 } else { self.bytes() }
    }
}

/// How a memory operand's address is formed. `char` is the pattern's letter of the base register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// `@R`
    At(char),
    /// `@R+`
    PostInc(char),
    /// `@-R`
    PreDec(char),
    /// `@(disp,R)`, displacement scaled by the size
    Disp(char),
    /// `@(R0,R)`
    Indexed(char),
    /// `@(disp,GBR)`, displacement scaled by the size
    Gbr,
    /// `@(R0,GBR)`
    GbrIndexed,
    /// `@Rm+,@Rn+` (`mac`)
    Pair,
}

/// The kind of a control transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Branch {
    /// `bt`, `bf`, `bt/s`, `bf/s`: 8-bit displacement
    Conditional {
        /// Value of T that takes the branch.
        on: bool,
        /// Has a delay slot.
        delayed: bool,
    },
    /// `bra`, `bsr`: 12-bit displacement
    Displacement,
    /// `braf`, `bsrf`: PC + 4 + Rn
    Relative,
    /// `jmp`, `jsr`
    Register,
    /// `rts`
    Return,
}

/// What a vector of this form must prepare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Registers only: any values will do.
    Plain,
    /// One memory operand (two for [`Mode::Pair`]).
    Memory(Size, Mode),
    /// A load or an address relative to PC.
    PcRelative,
    /// A control transfer.
    Branch(Branch),
    /// `trapa` and what else leaves user mode on purpose.
    Trap,
}

/// FPSCR.PR under which the form exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// Not a floating-point operation, or the same for both.
    Any,
    /// PR = 0
    Single,
    /// PR = 1
    Double,
}

impl Precision {
    /// True if the form exists for this value of FPSCR.PR.
    pub fn allows(self, pr: bool) -> bool {
        match self {
            Precision::Any => true,
            Precision::Single => !pr,
            Precision::Double => pr,
        }
    }
}

/// FPSCR.SZ under which the form exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transfer {
    /// The same for both.
    Any,
    /// SZ = 0
    One,
    /// SZ = 1
    Pair,
}

impl Transfer {
    /// True if the form exists for this value of FPSCR.SZ.
    pub fn allows(self, sz: bool) -> bool {
        match self {
            Transfer::Any => true,
            Transfer::One => !sz,
            Transfer::Pair => sz,
        }
    }
}

/// One instruction form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// Sixteen letters, most significant bit first: `0`, `1`, or the letter of a field.
    pub pattern: &'static str,
    /// Assembly text with the fields in upper-case letters: `add Rm,Rn`.
    pub text: &'static str,
    /// Who may execute it.
    pub class: Class,
    /// What it needs prepared.
    pub shape: Shape,
    /// FPSCR.PR under which it exists.
    pub precision: Precision,
    /// FPSCR.SZ under which it exists.
    pub transfer: Transfer,
    /// A floating-point instruction (illegal while SR.FD is set).
    pub float: bool,
}

/// Values of a word's fields, each 0 if the form has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    /// Register field `n`.
    pub n: u8,
    /// Register field `m`.
    pub m: u8,
    /// Displacement `d`, not scaled, not sign-extended.
    pub d: u16,
    /// Immediate `i`.
    pub i: u8,
}

impl Form {
    /// A user-mode form that is the same for every FPSCR.
    pub(super) const fn new(pattern: &'static str, text: &'static str, shape: Shape) -> Self {
        let (precision, transfer) = (Precision::Any, Transfer::Any);
        Self { pattern, text, class: Class::User, shape, precision, transfer, float: false }
    }

    /// The name without operands.
    pub fn mnemonic(&self) -> &'static str {
        self.text.split(' ').next().unwrap_or(self.text)
    }

    /// `pref`, `ocbp` and their like: no access, so no alignment either.
    pub fn is_cache_operation(&self) -> bool {
        ["pref", "prefi", "ocbi", "ocbp", "ocbwb", "icbi"].contains(&self.mnemonic())
    }

    /// True if `word` fits the pattern.
    pub fn matches(&self, word: u16) -> bool {
        self.bits().all(|(bit, letter)| match letter {
            '0' => word >> bit & 1 == 0,
            '1' => word >> bit & 1 == 1,
            _ => true,
        })
    }

    /// The word with these field values. A field that the pattern lacks is ignored, excess bits are cut.
    pub fn encode(&self, fields: Fields) -> u16 {
        let mut left = [fields.n.into(), fields.m.into(), fields.d, u16::from(fields.i)];
        let mut word = 0;
        for (bit, letter) in self.bits() {
            if letter == '1' {
                word |= 1 << bit;
            } else if let Some(field) = "nmdi".find(letter) {
                word |= (left[field] & 1) << bit;
                left[field] >>= 1;
            }
        }
        word
    }

    /// The field values of a word that matches.
    pub fn fields(&self, word: u16) -> Fields {
        let mut value = [0u16; 4];
        let mut width = [0; 4];
        for (bit, letter) in self.bits() {
            if let Some(field) = "nmdi".find(letter) {
                value[field] |= (word >> bit & 1) << width[field];
                width[field] += 1;
            }
        }
        Fields { n: value[0] as u8, m: value[1] as u8, d: value[2], i: value[3] as u8 }
    }

    /// Number of bits of the field called `letter`.
    pub fn width(&self, letter: char) -> u32 {
        self.pattern.chars().filter(|c| *c == letter).count() as u32
    }

    /// Bit number and letter, least significant first.
    fn bits(&self) -> impl Iterator<Item = (u32, char)> {
        (0..16).zip(self.pattern.chars().rev())
    }
}
