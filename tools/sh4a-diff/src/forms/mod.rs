//! The table of every SH-4A instruction form (SH-4A software manual, section 10; encodings also in Renesas'
//! instruction tables). One line of the table is one bit pattern under one FPSCR.PR/SZ setting.

mod branch;
mod float;
mod form;
mod integer;
mod memory;
mod system;
mod text;

pub use form::{Branch, Class, Fields, Form, Mode, Precision, Shape, Size, Transfer};
pub use text::disassemble;

use std::sync::LazyLock;

static FORMS: LazyLock<Vec<Form>> =
    LazyLock::new(|| [integer::forms(), memory::forms(), branch::forms(), system::forms(), float::forms()].concat());

/// All forms, user and privileged, in table order.
pub fn all() -> &'static [Form] {
    &FORMS
}

/// The form that `word` encodes when FPSCR.PR and FPSCR.SZ are as given.
pub fn find(word: u16, pr: bool, sz: bool) -> Option<&'static Form> {
    all().iter().find(|form| form.matches(word) && form.precision.allows(pr) && form.transfer.allows(sz))
}
