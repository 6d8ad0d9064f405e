//! The block of words through which a vector's state goes into the test program and comes back, in place.

use std::ops::{Index, IndexMut, Range};

/// R0..R15. On the way in the scratch register's word holds the address of the stub, on the way out the [`Marker`].
pub const R: usize = 0;
/// MACH, MACL, PR, GBR, FPUL, FPSCR.
pub const SYSTEM: usize = 16;
/// MACH.
pub const MACH: usize = 16;
/// MACL.
pub const MACL: usize = 17;
/// PR.
pub const PR: usize = 18;
/// GBR.
pub const GBR: usize = 19;
/// FPUL.
pub const FPUL: usize = 20;
/// FPSCR.
pub const FPSCR: usize = 21;
/// FPSCR.PR.
pub const FPSCR_PR: u32 = 1 << 19;
/// The sixteen FPU registers of bank 0 (FR while FPSCR.FR is 0), then those of bank 1.
pub const BANKS: usize = 22;
/// T: bit 0.
pub const T: usize = 54;
/// In: bit 31 becomes SR.M. Out: what a saturating-or-not `mac.w` left in MACL, which tells SR.S.
pub const M_OR_S: usize = 55;
/// In: bit 31 becomes SR.Q. Out: what `div1` made of 0x1000_0000 and 0x0100_0000, which tells SR.M ^ SR.Q.
pub const Q_OR_MQ: usize = 56;
/// In: SR.S, bit 0.
pub const S: usize = 57;
/// In: address of the code that loads the general registers.
pub const LOADER: usize = 58;
/// The memory that the instruction may touch.
pub const WINDOW: Range<usize> = 60..76;
/// Words of a record.
pub const WORDS: usize = 76;
/// Bytes of a record: a multiple of 8, so that pairs are aligned in every window.
pub const BYTES: u32 = 4 * WORDS as u32;

/// True for the words in which a result comes back.
pub fn is_output(word: usize) -> bool {
    word < S || WINDOW.contains(&word)
}

/// The way by which a vector's code went on after the instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker {
    /// Straight on.
    Through = 1,
    /// To the branch target.
    Target = 2,
}

/// See the module's description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record(pub [u32; WORDS]);

impl Default for Record {
    fn default() -> Self {
        Self([0; WORDS])
    }
}

impl Index<usize> for Record {
    type Output = u32;
    fn index(&self, word: usize) -> &u32 {
        &self.0[word]
    }
}

impl IndexMut<usize> for Record {
    fn index_mut(&mut self, word: usize) -> &mut u32 {
        &mut self.0[word]
    }
}

impl Record {
    /// A record from its bytes in memory.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let mut record = Self::default();
        for (word, bytes) in record.0.iter_mut().zip(bytes.chunks_exact(4)) {
            *word = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        }
        record
    }

    /// The record that comes back if the instruction changes nothing. `scratch` is the vector's scratch register.
    pub fn untouched(&self, scratch: u8) -> Self {
        let mut out = self.clone();
        out[R + usize::from(scratch)] = Marker::Through as u32;
        out[T] &= 1;
        out[M_OR_S] = if self[S] & 1 == 1 { 0x7fff_ffff } else { 0x8000_0000 };
        let same = (self[M_OR_S] ^ self[Q_OR_MQ]) >> 31 == 0;
        out[Q_OR_MQ] = if same { 0x1f00_0000 } else { 0x2100_0000 };
        out
    }

    /// Index of FRn as FPSCR.FR of this record numbers it.
    pub fn fr(&self, n: u8) -> usize {
        BANKS + usize::from(n & 15) + if self[FPSCR] >> 21 & 1 == 1 { 16 } else { 0 }
    }

    /// Index of XFn as FPSCR.FR of this record numbers it.
    pub fn xf(&self, n: u8) -> usize {
        BANKS + usize::from(n & 15) + if self[FPSCR] >> 21 & 1 == 1 { 0 } else { 16 }
    }

    /// What output word `word` holds, for messages. `scratch` is the vector's scratch register.
    pub fn name(word: usize, scratch: u8) -> String {
        match word {
            0..SYSTEM if word == usize::from(scratch) => "way on (1 through, 2 target)".into(),
            0..SYSTEM => format!("r{word}"),
            MACH..BANKS => ["mach", "macl", "pr", "gbr", "fpul", "fpscr"][word - SYSTEM].into(),
            BANKS..T => format!("bank{} fr{}", (word - BANKS) / 16, (word - BANKS) % 16),
            T => "t".into(),
            M_OR_S => "s (as mac.w result)".into(),
            Q_OR_MQ => "m^q (as div1 result)".into(),
            _ if WINDOW.contains(&word) => format!("memory +{}", 4 * (word - WINDOW.start)),
            _ => "unused word".into(),
        }
    }
}
