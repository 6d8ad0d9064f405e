//! One test: an instruction, perhaps with a partner (a slot or a load-locked before it), and the state it starts from.

use crate::deviations;
use crate::forms::{self, Branch, Class, Fields, Form, Mode, Shape, Size};
use crate::record::{self, Record, WINDOW};
use crate::values;
use fastrand::Rng;

/// What a vector tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The form with this index in [`forms::all`].
    Form(usize),
    /// That form with an operand at an address that is not a multiple of its size.
    Misaligned(usize),
    /// A word that must end in an illegal-instruction exception in user mode.
    Illegal(u16),
}

/// See the module's description.
#[derive(Clone, Debug)]
pub struct Vector {
    /// What is tested.
    pub subject: Subject,
    /// Which of the vectors of that subject.
    pub index: u32,
    /// Instruction before the subject's.
    pub prefix: Option<u16>,
    /// The subject's instruction.
    pub word: u16,
    /// Instruction in its delay slot.
    pub slot: Option<u16>,
    /// Distance from the instruction to the branch target in bytes, where the word says it.
    pub distance: Option<i32>,
    /// The register that the test program needs for itself.
    pub scratch: u8,
    /// Address of the memory that the instruction may touch.
    pub window: u32,
    /// State before.
    pub input: Record,
}

/// An instruction's operand registers, where a test's pointers must not be disturbed.
fn uses(form: &Form, fields: Fields) -> u16 {
    let mut mask = 0;
    if form.width('n') > 0 {
        mask |= 1 << (fields.n & 15);
    }
    if form.width('m') > 0 {
        mask |= 1 << (fields.m & 15);
    }
    // System calls read R3..R9 and write R0 and R1.
    if form.shape == Shape::Trap { 0x03ff } else { mask | u16::from(form.text.contains("R0")) }
}

impl Vector {
    /// Vector `index` of `subject` under `seed`; `window` is the address of the record's memory window.
    pub fn generate(subject: Subject, index: u32, seed: u64, window: u32) -> Self {
        let key = match subject {
            Subject::Form(form) => form as u64,
            Subject::Misaligned(form) => 1 << 16 | form as u64,
            Subject::Illegal(word) => 1 << 32 | u64::from(word),
        };
        let mut rng = Rng::with_seed(seed ^ (key << 24 | u64::from(index)).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        match subject {
            Subject::Form(at) | Subject::Misaligned(at) => {
                Self::of_form(&forms::all()[at], subject, index, &mut rng, window)
            }
            Subject::Illegal(word) => Self::of_word(word, subject, index, &mut rng, window),
        }
    }

    fn of_word(word: u16, subject: Subject, index: u32, rng: &mut Rng, window: u32) -> Self {
        let mut input = Record::default();
        // If somebody does execute the word, its accesses stay in the window.
        input.0[..16].fill(window + 32);
        input[record::GBR] = window + 32;
        let slot = (rng.u8(..8) == 0).then_some(word);
        let distance = slot.map(|_| 64);
        let bra = forms::all().iter().find(|form| form.mnemonic() == "bra");
        let bra = bra.map(|form| form.encode(Fields { d: 30, ..Fields::default() }));
        let word = if slot.is_some() { bra.unwrap_or(word) } else { word };
        Self { subject, index, prefix: None, word, slot, distance, scratch: 1, window, input }
    }

    fn of_form(form: &Form, subject: Subject, index: u32, rng: &mut Rng, window: u32) -> Self {
        let mut fields = Fields { n: rng.u8(..), m: rng.u8(..), d: rng.u16(..), i: rng.u8(..) };
        // The same register twice, often enough to see what pre-decrement and post-increment make of it.
        if rng.u8(..8) == 0 {
            fields.m = fields.n;
        }
        fields = form.fields(form.encode(fields));
        let mut input = random_state(form, rng);
        let mut used = uses(form, fields);
        let (mut prefix, mut slot, mut distance) = (None, None, None);
        match form.shape {
            Shape::Plain | Shape::PcRelative => {}
            // A number that is no system call: both sides answer -ENOSYS.
            Shape::Trap => input[record::R + 3] = 0x7000 + rng.u32(..0x100),
            Shape::Memory(size, mode) => {
                // One byte further everything is misaligned, except what @(R0,R0) doubles.
                let off = u32::from(matches!(subject, Subject::Misaligned(_)));
                if off == 1 && mode == Mode::Indexed('m') && fields.m == 0
                    || mode == Mode::Indexed('n') && fields.n == 0
                {
                    (fields.m, fields.n) = (1, 1);
                    used = uses(form, fields);
                }
                point(&mut input, fields, size, mode, rng, window + off);
                prefix = reservation(form, fields, rng);
            }
            Shape::Branch(branch) => {
                distance = aim(branch, &mut fields, rng);
                if !matches!(branch, Branch::Conditional { delayed: false, .. }) {
                    let (word, its) = slot_instruction(rng);
                    (slot, used) = (Some(word), used | its);
                }
            }
        }
        let free: Vec<u8> = (0..16).filter(|r| used >> r & 1 == 0).collect();
        let scratch = free[rng.usize(..free.len())];
        Self { subject, index, prefix, word: form.encode(fields), slot, distance, scratch, window, input }
    }

    /// The form, unless the subject is an illegal word.
    pub fn form(&self) -> Option<&'static Form> {
        match self.subject {
            Subject::Form(at) | Subject::Misaligned(at) => Some(&forms::all()[at]),
            Subject::Illegal(_) => None,
        }
    }

    /// FPSCR before.
    pub fn fpscr(&self) -> u32 {
        self.input[record::FPSCR]
    }

    /// The instructions' text, in order.
    pub fn text(&self) -> String {
        let (pr, sz) = (self.fpscr() >> 19 & 1 == 1, self.fpscr() >> 20 & 1 == 1);
        let words = self.prefix.iter().chain([&self.word]).chain(&self.slot);
        words.map(|word| forms::disassemble(*word, pr, sz)).collect::<Vec<_>>().join("; ")
    }
}

fn random_state(form: &Form, rng: &mut Rng) -> Record {
    let mut input = Record::default();
    for word in 0..record::LOADER {
        input[word] = values::integer(rng);
    }
    // Operands that are equal or nearly so.
    if rng.u8(..4) == 0 {
        let value = values::integer(rng);
        for r in 0..16 {
            input[record::R + r] = value.wrapping_add(rng.u32(..3)).wrapping_sub(1);
        }
    }
    for word in WINDOW {
        input[word] = values::integer(rng);
    }
    let bit = |wanted: bool, at: u32| u32::from(wanted) << at;
    let pr = !form.precision.allows(false) || form.precision.allows(true) && rng.bool();
    let sz = !form.transfer.allows(false) || form.transfer.allows(true) && rng.bool();
    // Enable bits stay clear here: what an enabled FPU exception leaves behind is seen in privileged mode only.
    let flags = rng.u32(..) & 0x0003_f07c;
    input[record::FPSCR] =
        flags | bit(rng.bool(), 0) | bit(rng.u8(..4) == 0, 18) | bit(pr, 19) | bit(sz, 20) | bit(rng.bool(), 21);
    for pair in 0..16 {
        let at = record::BANKS + 2 * pair;
        let (high, low) = if pr {
            let value = values::double(rng);
            ((value >> 32) as u32, value as u32)
        } else {
            (values::single(rng), values::single(rng))
        };
        (input[at], input[at + 1]) = (high, low);
    }
    match form.mnemonic() {
        "fcnvsd" => input[record::FPUL] = values::single(rng),
        // With S the manual's sums are of 48 bits.
        "mac.l" if input[record::S] & 1 == 1 => input[record::MACH] = input[record::MACH] as i16 as u32,
        _ => {}
    }
    input
}

/// Sets the registers so that the operand lies in the window.
fn point(input: &mut Record, fields: Fields, size: Size, mode: Mode, rng: &mut Rng, window: u32) {
    let step = size.align();
    let mut address = |room: u32| {
        let slots = (4 * WINDOW.len() as u32 - room) / step + 1;
        window + rng.u32(..slots) * step
    };
    let register = |letter| record::R + usize::from(if letter == 'n' { fields.n } else { fields.m } & 15);
    let bytes = size.bytes();
    let at = address(bytes);
    match mode {
        Mode::At(base) | Mode::PostInc(base) => input[register(base)] = at,
        Mode::PreDec(base) => input[register(base)] = at + bytes,
        Mode::Disp(base) => input[register(base)] = at - u32::from(fields.d) * bytes,
        Mode::Indexed(base) if register(base) == record::R => input[record::R] = ((at & !1) / 2) | (rng.u32(..2) << 31),
        Mode::Indexed(base) => input[register(base)] = at.wrapping_sub(input[record::R]),
        Mode::Gbr => input[record::GBR] = at - u32::from(fields.d) * bytes,
        Mode::GbrIndexed => input[record::R] = at.wrapping_sub(input[record::GBR]),
        Mode::Pair => {
            input[register('m')] = address(2 * bytes);
            if register('m') != register('n') {
                input[register('n')] = at;
            }
        }
    }
}

/// Half of the `movco.l` vectors follow a `movli.l` of the same address.
fn reservation(form: &Form, fields: Fields, rng: &mut Rng) -> Option<u16> {
    if form.mnemonic() != "movco.l" || fields.n == 0 || rng.bool() {
        return None;
    }
    let load = forms::all().iter().find(|form| form.mnemonic() == "movli.l")?;
    Some(load.encode(Fields { m: fields.n, ..fields }))
}

/// Bytes around an instruction that belong to its slot and to the way straight on.
const NEAR: i32 = 48;

/// Chooses a displacement whose target does not fall into the code around the branch.
fn aim(branch: Branch, fields: &mut Fields, rng: &mut Rng) -> Option<i32> {
    let reach = match branch {
        Branch::Conditional { .. } => 128,
        // Far targets cost space: one in eight.
        Branch::Displacement => {
            if rng.u8(..8) == 0 {
                2048
            } else {
                100
            }
        }
        _ => return None,
    };
    loop {
        let d = rng.i32(-reach..reach);
        let distance = 4 + 2 * d;
        if distance.abs() >= NEAR {
            fields.d = d as u16;
            return Some(distance);
        }
    }
}

/// A register-only instruction for a delay slot, and the registers it touches.
fn slot_instruction(rng: &mut Rng) -> (u16, u16) {
    loop {
        let form = &forms::all()[rng.usize(..forms::all().len())];
        if form.shape == Shape::Plain
            && form.class == Class::User
            && !form.float
            && !deviations::is_unfit_for_slot(form)
        {
            let fields = Fields { n: rng.u8(..), m: rng.u8(..), d: 0, i: rng.u8(..) };
            let fields = form.fields(form.encode(fields));
            return (form.encode(fields), uses(form, fields));
        }
    }
}
