//! Random texts never panic; random right applications come back as they were meant.

mod common;

use common::configured;
use proptest::prelude::*;
use uitron_cfg::Kind;

/// Pieces from which most programs' worst inputs can be put together.
const SOUP: &[&str] = &[
    "CRE_SEM(S, { 0, 0, 1 });",
    "CRE_TSK(T, { TA_HLNG, 0, f, 5, 512, NULL });",
    "DEF_TEX(T, {",
    "DEF_INH(N, { 0, f });",
    "CRE_DTQ(",
    "CRE_TSK",
    "CRE_SEM",
    "DEF_TEX",
    "DEF_INH",
    "ATT_INI",
    "INCLUDE",
    "NAME",
    "TA_ASM",
    "NULL",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    ",",
    ";",
    "\"",
    "'",
    "\\",
    "/*",
    "*/",
    "//",
    "\n",
    "# 7 \"x\"\n",
    "#line 99999999999999999999 \"y\"\n",
    "# 0\n",
    "#if\n",
    "0",
    "1",
    "0xffffffff",
    "99999999999999999999",
    "-",
    "+",
    "<<",
    "~",
    "?",
    ":",
    "\"\\\"h.h\\\"\"",
    "\"a.cfg\"",
    "ä",
    "\u{feff}",
    "\0",
    "\r",
];

/// One object of each kind of field: a name or nothing, and numbers inside the limits.
#[derive(Clone, Debug)]
enum Call {
    Task { named: bool, act: bool, pri: u8, size: u16 },
    Semaphore { named: bool, first: u16, more: u16 },
    Queue { named: bool, length: u16 },
}

fn call() -> impl Strategy<Value = Call> {
    prop_oneof![
        (any::<bool>(), any::<bool>(), 1u8..=16, 1u16..).prop_map(|(named, act, pri, size)| Call::Task {
            named,
            act,
            pri,
            size
        }),
        (any::<bool>(), 0u16..1000, 1u16..1000).prop_map(|(named, first, more)| Call::Semaphore { named, first, more }),
        (any::<bool>(), any::<u16>()).prop_map(|(named, length)| Call::Queue { named, length }),
    ]
}

/// Blank space and comments that must not matter.
fn blank() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&["", " ", "\n", "\t", "/* , ) */", "// }\n", "\r\n", "\\\n"][..])
}

proptest! {
    #[test]
    fn token_soup_never_panics(pieces in prop::collection::vec((prop::sample::select(SOUP), blank()), 0..60)) {
        let text: String = pieces.iter().flat_map(|(piece, blank)| [*piece, *blank]).collect();
        match configured(&text) {
            Ok(system) => prop_assert!(!system.kernel_cfg("kernel_cfg.c").is_empty()),
            Err(bad) => {
                prop_assert!(bad.number() > 0 && !bad.picture().is_empty());
                for problem in bad.problems() {
                    prop_assert!(problem.place.column > 0 && !problem.message.is_empty() && !problem.cure.is_empty());
                }
            }
        }
    }

    #[test]
    fn any_characters_never_panic(text in "\\PC{0,200}") {
        let _ = configured(&text).map_err(|bad| bad.picture());
    }

    #[test]
    fn right_applications_come_back(calls in prop::collection::vec(call(), 0..40), blanks in prop::collection::vec(blank(), 1..10)) {
        // Objects without names get explicit numbers: their own place among their kind, so that there are no holes.
        let mut counts = [0u32; 3];
        let mut words: Vec<String> = Vec::new();
        for call in &calls {
            let (api, place, named, packet) = match call {
                Call::Task { named, act, pri, size } => {
                    let attributes = if *act { "TA_HLNG | TA_ACT" } else { "TA_HLNG" };
                    ("CRE_TSK", 0, named, format!("{attributes} , 0 , f , {pri} , {size} , NULL"))
                }
                Call::Semaphore { named, first, more } => ("CRE_SEM", 1, named, format!("TA_TPRI , {first} , {first} + {more}")),
                Call::Queue { named, length } => ("CRE_DTQ", 2, named, format!("TA_TFIFO , {length:#x} , ( VP ) 0")),
            };
            counts[place] += 1;
            let key = if *named { format!("N{place}_{}", counts[place]) } else { counts[place].to_string() };
            words.extend(format!("{api} ( {key} , {{ {packet} }} ) ;").split(' ').map(String::from));
        }
        let between = |index: usize| format!(" {}", blanks[index % blanks.len()]);
        let text: String = words.iter().enumerate().map(|(index, word)| format!("{word}{}", between(index))).collect();
        let system = match configured(&text) {
            Ok(system) => system,
            Err(bad) => return Err(TestCaseError::fail(format!("{bad}\n{text}"))),
        };
        let mut seen = [0u32; 3];
        for call in &calls {
            let (kind, place, named, wanted) = match call {
                Call::Task { named, act, pri, size } => {
                    (Kind::Tsk, 0, named, vec![Some(i64::from(*act) * 2), Some(0), None, Some((*pri).into()), Some((*size).into()), Some(0)])
                }
                Call::Semaphore { named, first, more } => {
                    (Kind::Sem, 1, named, vec![Some(1), Some((*first).into()), Some(i64::from(*first) + i64::from(*more))])
                }
                Call::Queue { named, length } => (Kind::Dtq, 2, named, vec![Some(0), Some((*length).into()), Some(0)]),
            };
            seen[place] += 1;
            // Named ones take the free numbers in order, and the free ones are exactly theirs.
            let objects = system.objects(kind);
            let object = objects[seen[place] as usize - 1];
            prop_assert_eq!(object.number, seen[place]);
            prop_assert_eq!(object.name.clone(), named.then(|| format!("N{place}_{}", seen[place])));
            let values: Vec<_> = object.fields.iter().map(|field| field.value).collect();
            prop_assert_eq!(values, wanted);
        }
        prop_assert_eq!(system.task_order(), (1..=counts[0]).collect::<Vec<_>>());
    }
}

/// Depth is no danger: neither the parser nor the evaluation of expressions recurses without bound.
#[test]
fn deep_nesting_does_not_overflow_the_stack() {
    let open = "(".repeat(200_000);
    let close = ")".repeat(200_000);
    assert!(configured(&open).is_err());
    assert!(configured(&format!("CRE_SEM(S, {{ {open}1{close}, {}1, 1 }});", "- ".repeat(200_000))).is_ok());
}
