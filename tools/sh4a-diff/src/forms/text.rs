//! Assembly text of a word, in GNU syntax, from the table's own templates.

use super::{Branch, Fields, Form, Mode, Shape, Size};

/// The text of `word`, e.g. `mov.l @(8,r3),r1`; `.word 0x....` if no form matches under this FPSCR.PR/SZ.
/// Targets of PC-relative forms are printed relative to the instruction: `bra .+12`.
pub fn disassemble(word: u16, pr: bool, sz: bool) -> String {
    match super::find(word, pr, sz) {
        Some(form) => text(form, form.fields(word)),
        None => format!(".word 0x{word:04x}"),
    }
}

fn text(form: &Form, fields: Fields) -> String {
    let Fields { n, m, d, i } = fields;
    let (n, m) = (register(form, 'n', n), register(form, 'm', m));
    let pair = |field: u8| format!("{}{}", if field & 1 == 1 { "xd" } else { "dr" }, field & 14);
    let mut out = form.text.to_owned();
    for (name, value) in [
        ("XRm", pair(m)),
        ("XRn", pair(n)),
        ("Rm_BANK", format!("r{m}_bank")),
        ("Rn_BANK", format!("r{n}_bank")),
        ("FVm", format!("fv{m}")),
        ("FVn", format!("fv{n}")),
        ("FRm", format!("fr{m}")),
        ("FRn", format!("fr{n}")),
        ("DRm", format!("dr{m}")),
        ("DRn", format!("dr{n}")),
        ("Rm", format!("r{m}")),
        ("Rn", format!("r{n}")),
        ("#I", format!("#{}", i as i8)),
        ("#U", format!("#{i}")),
    ] {
        out = out.replace(name, &value);
    }
    if let Some(at) = out.find('D').filter(|at| form.width('d') > 0 && !out[*at..].starts_with("DR")) {
        out.replace_range(at..=at, &displacement(form, d));
    }
    out.to_lowercase()
}

/// A pattern with a cut register field (`nnn0`, `nn`) names the first register of a pair or of a vector.
fn register(form: &Form, letter: char, value: u8) -> u8 {
    let bank = form.text.contains(&format!("R{letter}_BANK"));
    match form.width(letter) {
        3 if !bank => value * 2,
        2 => value * 4,
        _ => value,
    }
}

fn displacement(form: &Form, d: u16) -> String {
    match form.shape {
        Shape::Branch(Branch::Conditional { .. }) => format!(".{:+}", i32::from(d as u8 as i8) * 2 + 4),
        Shape::Branch(_) => format!(".{:+}", (i32::from(d) << 20 >> 20) * 2 + 4),
        Shape::Memory(size, Mode::Disp(_) | Mode::Gbr) => (u32::from(d) * size.bytes()).to_string(),
        _ if form.text.starts_with("mov.w") => (u32::from(d) * Size::W.bytes()).to_string(),
        _ => (u32::from(d) * Size::L.bytes()).to_string(),
    }
}
