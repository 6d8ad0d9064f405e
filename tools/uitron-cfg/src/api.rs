//! The static APIs: names, parameters and the rule of each parameter (uITRON4.0 specification, chapter 4; `toppers-guest`
//! facts of JSP 1.4). The parameters' names are also the fields of `uitron_tables.h`.

/// Kinds of entries that static APIs make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Tasks: CRE_TSK.
    Tsk,
    /// Task exception routines: DEF_TEX. Their number is the task's.
    Tex,
    /// Semaphores: CRE_SEM.
    Sem,
    /// Event flags: CRE_FLG.
    Flg,
    /// Data queues: CRE_DTQ.
    Dtq,
    /// Mailboxes: CRE_MBX.
    Mbx,
    /// Fixed-size memory pools: CRE_MPF.
    Mpf,
    /// Cyclic handlers: CRE_CYC.
    Cyc,
    /// Interrupt handlers: DEF_INH.
    Inh,
    /// CPU exception handlers: DEF_EXC.
    Exc,
    /// Initialization routines: ATT_INI.
    Ini,
    /// Termination routines: VATT_TER.
    Ter,
}

/// What stands in front of the packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// Nothing.
    None,
    /// A new object's name, or its number.
    Object,
    /// A task that another call creates.
    Task,
    /// An INTEVT or EXPEVT code, and the macro of `uitron_tables.h` that knows which there are.
    Code(&'static str),
}

/// What a parameter must be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rule {
    /// Anything: the C compiler looks at it.
    Free,
    /// A function.
    Routine,
    /// Attribute bits: the known ones, the macro that has them in `uitron_tables.h`, and the refused ones.
    Attributes(i64, &'static str, &'static [Refused]),
    /// A number: least and greatest value, and both as C writes them.
    Number(i64, i64, &'static str, &'static str),
    /// NULL: the configurator makes the memory.
    Null,
}

/// An attribute of the standard that this kernel, like JSP, does not have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refused {
    pub(crate) name: &'static str,
    pub(crate) bit: i64,
    pub(crate) cure: &'static str,
}

pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) rule: Rule,
}

pub(crate) struct Api {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) key: Key,
    pub(crate) key_name: &'static str,
    /// What one is called in messages.
    pub(crate) noun: &'static str,
    pub(crate) fields: &'static [Field],
}

const ASM: Refused = Refused { name: "TA_ASM", bit: 1, cure: "write the routine in C and use TA_HLNG" };
const WMUL: Refused = Refused { name: "TA_WMUL", bit: 2, cure: "use TA_WSGL: one task waits for an event flag" };
const PHS: Refused = Refused { name: "TA_PHS", bit: 4, cure: "remove it: sta_cyc starts a new period" };

const UINT: i64 = 0xffff_ffff;
const INT: i64 = 0x7fff_ffff;
/// Words of four bytes in the largest array that C has on the target.
pub(crate) const MOST_WORDS: i64 = 0x1fff_ffff;

const fn field(name: &'static str, rule: Rule) -> Field {
    Field { name, rule }
}

const fn no_attributes(name: &'static str) -> Field {
    field(name, Rule::Attributes(0, "UITRON_NOATR", &[ASM]))
}

const fn count(name: &'static str, least: i64, least_text: &'static str) -> Field {
    field(name, Rule::Number(least, UINT, least_text, "UINT32_MAX"))
}

/// Every static API that makes something; INCLUDE is not among them.
pub(crate) static APIS: &[Api] = &[
    Api {
        name: "CRE_TSK",
        kind: Kind::Tsk,
        key: Key::Object,
        key_name: "tskid",
        noun: "task",
        fields: &[
            field("tskatr", Rule::Attributes(0x102, "UITRON_TSKATR", &[ASM])),
            field("exinf", Rule::Free),
            field("task", Rule::Routine),
            field("itskpri", Rule::Number(1, 16, "UITRON_MIN_PRI", "UITRON_MAX_PRI")),
            // The least stack is the kernel's to say: the C compiler checks it.
            field("stksz", Rule::Number(1, INT, "UITRON_MIN_STKSZ", "INT32_MAX")),
            field("stk", Rule::Null),
        ],
    },
    Api {
        name: "DEF_TEX",
        kind: Kind::Tex,
        key: Key::Task,
        key_name: "tskid",
        noun: "task exception routine",
        fields: &[no_attributes("texatr"), field("texrtn", Rule::Routine)],
    },
    Api {
        name: "CRE_SEM",
        kind: Kind::Sem,
        key: Key::Object,
        key_name: "semid",
        noun: "semaphore",
        fields: &[
            field("sematr", Rule::Attributes(0x1, "UITRON_SEMATR", &[])),
            count("isemcnt", 0, "0"),
            count("maxsem", 1, "1"),
        ],
    },
    Api {
        name: "CRE_FLG",
        kind: Kind::Flg,
        key: Key::Object,
        key_name: "flgid",
        noun: "event flag",
        fields: &[field("flgatr", Rule::Attributes(0x5, "UITRON_FLGATR", &[WMUL])), field("iflgptn", Rule::Free)],
    },
    Api {
        name: "CRE_DTQ",
        kind: Kind::Dtq,
        key: Key::Object,
        key_name: "dtqid",
        noun: "data queue",
        fields: &[
            field("dtqatr", Rule::Attributes(0x1, "UITRON_DTQATR", &[])),
            field("dtqcnt", Rule::Number(0, MOST_WORDS, "0", "0x1fffffff")),
            field("dtq", Rule::Null),
        ],
    },
    Api {
        name: "CRE_MBX",
        kind: Kind::Mbx,
        key: Key::Object,
        key_name: "mbxid",
        noun: "mailbox",
        fields: &[
            field("mbxatr", Rule::Attributes(0x3, "UITRON_MBXATR", &[])),
            field("maxmpri", Rule::Number(0, 16, "0", "UITRON_MAX_PRI")),
            field("mprihd", Rule::Null),
        ],
    },
    Api {
        name: "CRE_MPF",
        kind: Kind::Mpf,
        key: Key::Object,
        key_name: "mpfid",
        noun: "fixed-size memory pool",
        fields: &[
            field("mpfatr", Rule::Attributes(0x1, "UITRON_MPFATR", &[])),
            count("blkcnt", 1, "1"),
            field("blksz", Rule::Number(1, INT, "1", "INT32_MAX")),
            field("mpf", Rule::Null),
        ],
    },
    Api {
        name: "CRE_CYC",
        kind: Kind::Cyc,
        key: Key::Object,
        key_name: "cycid",
        noun: "cyclic handler",
        fields: &[
            field("cycatr", Rule::Attributes(0x2, "UITRON_CYCATR", &[ASM, PHS])),
            field("exinf", Rule::Free),
            field("cychdr", Rule::Routine),
            field("cyctim", Rule::Number(1, 0x7fff_ffff, "1", "UITRON_MAX_RELTIM")),
            field("cycphs", Rule::Number(0, 0x7fff_ffff, "0", "UITRON_MAX_RELTIM")),
        ],
    },
    Api {
        name: "DEF_INH",
        kind: Kind::Inh,
        key: Key::Code("UITRON_IS_INHNO"),
        key_name: "inhno",
        noun: "interrupt handler",
        fields: &[no_attributes("inhatr"), field("inthdr", Rule::Routine)],
    },
    Api {
        name: "DEF_EXC",
        kind: Kind::Exc,
        key: Key::Code("UITRON_IS_EXCNO"),
        key_name: "excno",
        noun: "CPU exception handler",
        fields: &[no_attributes("excatr"), field("exchdr", Rule::Routine)],
    },
    Api {
        name: "ATT_INI",
        kind: Kind::Ini,
        key: Key::None,
        key_name: "",
        noun: "initialization routine",
        fields: &[no_attributes("iniatr"), field("exinf", Rule::Free), field("inirtn", Rule::Routine)],
    },
    Api {
        name: "VATT_TER",
        kind: Kind::Ter,
        key: Key::None,
        key_name: "",
        noun: "termination routine",
        fields: &[no_attributes("teratr"), field("exinf", Rule::Free), field("terrtn", Rule::Routine)],
    },
];

/// Static APIs that exist elsewhere, and why they are refused here.
pub(crate) const ABSENT: &[(&str, &str)] = &[
    ("VATT_TRW", "it watches stacks on another processor; here the kernel watches every task's stack by itself"),
    ("ATT_ISR", "use DEF_INH: the Standard Profile has interrupt handlers or service routines, JSP has handlers"),
    ("CRE_MTX", "use a semaphore of maximum 1: mutexes are outside the Standard Profile"),
    ("CRE_MBF", "use a data queue or a mailbox: message buffers are outside the Standard Profile"),
    ("CRE_POR", "use data queues: rendezvous ports are outside the Standard Profile"),
    ("CRE_MPL", "use fixed-size pools: variable-size ones are outside the Standard Profile"),
    ("CRE_ALM", "use a cyclic handler that stops itself: alarm handlers are outside the Standard Profile"),
    ("DEF_OVR", "remove it: overrun handlers are outside the Standard Profile"),
    ("DEF_SVC", "call the function itself: extended service calls are outside the Standard Profile"),
];

/// The API that makes a kind.
pub(crate) fn of(kind: Kind) -> &'static Api {
    let found = APIS.iter().find(|api| api.kind == kind);
    found.unwrap_or(&APIS[0])
}

pub(crate) fn find(name: &str) -> Option<&'static Api> {
    APIS.iter().find(|api| api.name == name)
}

impl Api {
    /// The call as one writes it.
    pub(crate) fn form(&self) -> String {
        let fields: Vec<_> = self.fields.iter().map(|field| field.name).collect();
        let packet = format!("{{ {} }}", fields.join(", "));
        match self.key {
            Key::None => format!("{}({packet});", self.name),
            _ => format!("{}({}, {packet});", self.name, self.key_name),
        }
    }

    pub(crate) fn index(&self, field: &str) -> Option<usize> {
        self.fields.iter().position(|candidate| candidate.name == field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The kernel's header has the same limits, so that whichever side checks says the same.
    #[test]
    fn limits_are_those_of_the_header() {
        let header = include_str!("../../../guests/toppers/include/uitron_tables.h");
        let defined = |name: &str, value: &str| {
            let line = format!("#define {name} {value}");
            assert!(header.lines().any(|other| other == line), "uitron_tables.h lacks `{line}`");
        };
        for field in APIS.iter().flat_map(|api| api.fields) {
            match field.rule {
                Rule::Attributes(known, name, _) => defined(name, &format!("{known:#x}u")),
                Rule::Number(_, high, _, "UITRON_MAX_RELTIM") => defined("UITRON_MAX_RELTIM", &format!("{high:#x}")),
                Rule::Number(low, high, "UITRON_MIN_PRI", name) => {
                    defined("UITRON_MIN_PRI", &low.to_string());
                    defined(name, &high.to_string());
                }
                _ => {}
            }
        }
    }

    #[test]
    fn every_kind_has_its_api() {
        for api in APIS {
            assert_eq!(of(api.kind).name, api.name);
            assert!(ABSENT.iter().all(|(absent, _)| *absent != api.name));
        }
    }
}
