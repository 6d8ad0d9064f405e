//! Rules of single objects, once for both who check them: this program where a value is known, the C compiler in any case.

use crate::api::{Key, Kind, MOST_WORDS, Refused, Rule};
use crate::model::{Expression, Object};

/// Something that must hold.
pub(crate) struct Assertion<'o> {
    /// What it is about.
    pub(crate) subject: &'o Expression,
    /// For the C compiler.
    pub(crate) condition: String,
    /// What must be, in full.
    pub(crate) message: String,
    /// `Some(false)`: it does not hold. `None`: only the C compiler knows.
    pub(crate) verdict: Option<bool>,
    /// What is wrong if it does not hold, and what to do.
    pub(crate) wrong: (String, String),
}

/// All rules of an object that a C compiler can check.
pub(crate) fn assertions(object: &Object) -> Vec<Assertion<'_>> {
    let mut all = Vec::new();
    for (field, value) in object.api().fields.iter().zip(&object.fields) {
        match field.rule {
            Rule::Free | Rule::Routine | Rule::Null => {}
            Rule::Attributes(known, name, refused) => {
                all.push(attributes(object, field.name, value, (known, name, refused)))
            }
            Rule::Number(low, high, low_text, high_text) => {
                all.push(number(object, field.name, value, (low, high), (low_text, high_text)));
            }
        }
    }
    all.extend(code(object));
    all.extend(relation(object));
    all
}

fn attributes<'o>(
    object: &Object,
    name: &str,
    subject: &'o Expression,
    (known, macro_name, refused): (i64, &str, &[Refused]),
) -> Assertion<'o> {
    let title = object.title();
    let named = |refused: &&Refused| {
        subject.names.iter().any(|name| name == refused.name)
            || subject.value.is_some_and(|bits| bits & refused.bit != 0)
    };
    let (verdict, wrong) = match (refused.iter().find(named), subject.value) {
        (Some(refused), _) => {
            (Some(false), (format!("{title}: {} is not supported", refused.name), refused.cure.to_string()))
        }
        (None, Some(bits)) => {
            let strange = bits & 0xffff_ffff & !known;
            let cure = if known == 0 { "use TA_HLNG".into() } else { format!("use attributes inside {known:#x}") };
            (Some(strange == 0), (format!("{title}: {name} has bits {strange:#x} that mean nothing"), cure))
        }
        (None, None) => Default::default(),
    };
    Assertion {
        subject,
        condition: format!("((uint32_t)({}) & ~{macro_name}) == 0", subject.text),
        message: format!("{title}: {name} has an attribute that is not supported"),
        verdict,
        wrong,
    }
}

fn number<'o>(
    object: &Object,
    name: &str,
    subject: &'o Expression,
    (low, high): (i64, i64),
    (low_text, high_text): (&str, &str),
) -> Assertion<'o> {
    let title = object.title();
    let value = subject.value.unwrap_or_default();
    let cure = if high == 0xffff_ffff { format!("write {low} or more") } else { format!("write {low} to {high}") };
    Assertion {
        subject,
        condition: format!("(int64_t)({0}) >= {low_text} && (int64_t)({0}) <= {high_text}", subject.text),
        message: format!("{title}: {name} must be {low_text} to {high_text}"),
        verdict: subject.value.map(|value| (low..=high).contains(&value)),
        wrong: (format!("{title}: {name} is {value}"), cure),
    }
}

/// Handlers have codes that exist; which, the kernel's header says.
fn code(object: &Object) -> Option<Assertion<'_>> {
    let subject = object.code.as_ref()?;
    let Key::Code(known) = object.api().key else { return None };
    let title = object.title();
    let name = object.api().key_name;
    Some(Assertion {
        subject,
        condition: format!("{known}({})", subject.text),
        message: format!("{title}: no such {name}"),
        verdict: subject.value.filter(|code| *code < 0 || code % 0x20 != 0).map(|_| false),
        wrong: (
            format!("{title}: {name} is not a multiple of 0x20"),
            "write the INTEVT or EXPEVT code of the SH-4A manual, for example 0x400 for TUNI0".into(),
        ),
    })
}

/// Rules about two fields.
fn relation(object: &Object) -> Option<Assertion<'_>> {
    let title = object.title();
    match object.kind {
        Kind::Sem => {
            let (first, most) = (object.field("isemcnt")?, object.field("maxsem")?);
            let known = first.value.zip(most.value);
            let (a, b) = known.unwrap_or_default();
            Some(Assertion {
                subject: first,
                condition: format!("(int64_t)({}) <= (int64_t)({})", first.text, most.text),
                message: format!("{title}: isemcnt must not be above maxsem"),
                verdict: known.map(|(first, most)| first <= most),
                wrong: (format!("{title}: isemcnt {a} is above maxsem {b}"), "lower isemcnt or raise maxsem".into()),
            })
        }
        Kind::Mbx => {
            let (attributes, highest) = (object.field("mbxatr")?, object.field("maxmpri")?);
            let known = attributes.value.zip(highest.value);
            Some(Assertion {
                subject: highest,
                condition: format!("((uint32_t)({}) & 2u) == 0 || (int64_t)({}) >= 1", attributes.text, highest.text),
                message: format!("{title}: maxmpri must be 1 to UITRON_MAX_PRI with TA_MPRI"),
                verdict: known.map(|(bits, highest)| bits & 2 == 0 || highest >= 1),
                wrong: (
                    format!("{title}: TA_MPRI, but no message priority"),
                    "write the greatest priority of a message, 1 to 16".into(),
                ),
            })
        }
        Kind::Mpf => {
            let (count, size) = (object.field("blkcnt")?, object.field("blksz")?);
            let words = count
                .value
                .zip(size.value)
                .map(|(count, size)| count.saturating_mul(size / 4 + i64::from(size % 4 != 0)));
            Some(Assertion {
                subject: count,
                // In 64 bits: a product that wraps around would make a small pool of many blocks.
                condition: format!(
                    "(uint64_t)({}) * UITRON_WORDS((uint64_t)({})) <= {MOST_WORDS:#x}",
                    count.text, size.text
                ),
                message: format!("{title}: the pool must be smaller than 2 GiB"),
                verdict: words.map(|words| words <= MOST_WORDS),
                wrong: (format!("{title}: the pool is larger than 2 GiB"), "lower blkcnt or blksz".into()),
            })
        }
        _ => None,
    }
}
