//! The generated files.

use crate::api::Kind;
use crate::assertion::assertions;
use crate::model::{Object, System};
use crate::source::Place;
use std::fmt::Write;

const HEAD: &str = "/* Written by uitron-cfg. Do not edit: change the .cfg files. */\n";

/// Kinds with numbers, in the order of `struct uitron_system`.
const OBJECTS: [Kind; 7] = [Kind::Tsk, Kind::Sem, Kind::Flg, Kind::Dtq, Kind::Mbx, Kind::Mpf, Kind::Cyc];

/// C text that knows its line, to come back to it after `#line`.
struct Text {
    own: String,
    text: String,
}

impl System {
    /// `kernel_id.h`: a name a line.
    pub fn kernel_id(&self) -> String {
        let mut text = format!("{HEAD}#ifndef UITRON_KERNEL_ID_H\n#define UITRON_KERNEL_ID_H\n\n");
        for kind in OBJECTS {
            for object in self.objects(kind) {
                if let Some(name) = &object.name {
                    let _ = writeln!(text, "#define {name} {}", object.number);
                }
            }
        }
        text.push_str("\n#endif\n");
        text
    }

    /// `kernel_cfg.c`, in the terms of `uitron_tables.h`. `own` is its name, for messages of the C compiler.
    pub fn kernel_cfg(&self, own: &str) -> String {
        let mut out = Text { own: own.into(), text: HEAD.into() };
        out.line("#include \"kernel.h\"");
        out.line("#include \"uitron_tables.h\"");
        out.line("#include \"kernel_id.h\"");
        for header in &self.includes {
            out.line(&format!("#include {header}"));
        }
        out.line("");
        self.rules(&mut out);
        for kind in OBJECTS {
            self.memory(kind, &mut out);
        }
        for kind in OBJECTS {
            self.table(kind, self.objects(kind), &mut out);
            self.blocks(kind, &mut out);
        }
        for kind in [Kind::Inh, Kind::Exc, Kind::Ini] {
            self.table(kind, self.objects(kind), &mut out);
        }
        // The last to be set up is the first to be taken down.
        self.table(Kind::Ter, self.objects(Kind::Ter).into_iter().rev().collect(), &mut out);
        self.root(&mut out);
        out.text
    }

    /// What the C compiler must check: it reports the lines of the .cfg files.
    fn rules(&self, out: &mut Text) {
        for object in &self.objects {
            for rule in assertions(object) {
                let message = rule.message.replace('\\', "\\\\").replace('"', "\\\"");
                out.at(&rule.subject.place, &format!("_Static_assert({}, \"{message}\");", rule.condition));
            }
        }
        for kind in [Kind::Inh, Kind::Exc] {
            let handlers = self.objects(kind);
            for (index, later) in handlers.iter().enumerate() {
                for earlier in &handlers[..index] {
                    out.different(earlier, later);
                }
            }
        }
        out.home();
    }

    /// Stacks, queues and pools.
    fn memory(&self, kind: Kind, out: &mut Text) {
        for object in self.objects(kind) {
            let number = object.number;
            let text = |name| object.field(name).map_or("", |field| &field.text);
            let declaration = match kind {
                Kind::Tsk => {
                    format!("uitron_stack_unit uitron_cfg_stk_{number}[UITRON_STACK_UNITS({})];", text("stksz"))
                }
                // An array of no elements is not C.
                Kind::Dtq => format!("uitron_word uitron_cfg_dtq_{number}[({0}) > 0 ? ({0}) : 1];", text("dtqcnt")),
                Kind::Mpf => {
                    format!(
                        "uitron_word uitron_cfg_mpf_{number}[({}) * UITRON_WORDS({})];",
                        text("blkcnt"),
                        text("blksz")
                    )
                }
                _ => return,
            };
            out.at(&object.place, &format!("static {declaration}"));
        }
        out.home();
    }

    fn table(&self, kind: Kind, objects: Vec<&Object>, out: &mut Text) {
        if objects.is_empty() {
            return;
        }
        let (short, entry) = (short(kind), entry(kind));
        out.line(&format!("\nstatic const struct uitron_{entry} uitron_cfg_{short}[] = {{"));
        for object in objects {
            out.at(&object.place, &format!("    {{ {} }},", self.initializer(object)));
        }
        out.home();
        out.line("};");
    }

    /// Values in the order of the structure. Without designators: an application may have macros of these names.
    fn initializer(&self, object: &Object) -> String {
        let number = object.number;
        let text = |name| object.field(name).map_or("", |field| &field.text);
        let name = || format!("\"{}\"", object.name.clone().unwrap_or_else(|| number.to_string()));
        let routine = |name| format!("(uitron_routine)({})", text(name));
        let exinf = || format!("(void *)({})", text("exinf"));
        let code = || object.code.as_ref().map_or("", |code| &code.text);
        match object.kind {
            Kind::Tsk => {
                let tex = self.objects.iter().find(|other| other.kind == Kind::Tex && other.number == number);
                let tex =
                    |field, none: &str| tex.and_then(|tex| tex.field(field)).map_or(none.into(), |it| it.text.clone());
                let stack = format!("uitron_cfg_stk_{number}");
                format!(
                    "{}, {}, {}, {}, {}, sizeof({stack}), {stack}, {}, (uitron_routine)({})",
                    name(),
                    text("tskatr"),
                    exinf(),
                    routine("task"),
                    text("itskpri"),
                    tex("texatr", "0"),
                    tex("texrtn", "NULL"),
                )
            }
            Kind::Sem => format!("{}, {}, {}, {}", name(), text("sematr"), text("isemcnt"), text("maxsem")),
            Kind::Flg => format!("{}, {}, {}", name(), text("flgatr"), text("iflgptn")),
            Kind::Dtq => {
                let count = text("dtqcnt");
                format!("{}, {}, {count}, ({count}) > 0 ? uitron_cfg_dtq_{number} : NULL", name(), text("dtqatr"))
            }
            // Without TA_MPRI nothing depends on it; the kernel may rely on 1..16 all the same.
            Kind::Mbx => format!("{}, {}, ({2}) > 0 ? ({2}) : 1", name(), text("mbxatr"), text("maxmpri")),
            Kind::Mpf => {
                let size = format!("UITRON_WORDS({}) * sizeof(uitron_word)", text("blksz"));
                format!("{}, {}, {}, {size}, uitron_cfg_mpf_{number}", name(), text("mpfatr"), text("blkcnt"))
            }
            Kind::Cyc => {
                let times = (text("cyctim"), text("cycphs"));
                format!("{}, {}, {}, {}, {}, {}", name(), text("cycatr"), exinf(), routine("cychdr"), times.0, times.1)
            }
            Kind::Inh => format!("{}, {}, {}", code(), text("inhatr"), routine("inthdr")),
            Kind::Exc => format!("{}, {}, {}", code(), text("excatr"), routine("exchdr")),
            Kind::Ini => format!("{}, {}, {}", text("iniatr"), exinf(), routine("inirtn")),
            Kind::Ter => format!("{}, {}, {}", text("teratr"), exinf(), routine("terrtn")),
            Kind::Tex => format!("{}, {}", text("texatr"), routine("texrtn")),
        }
    }

    /// Control blocks, and the order in which tasks start.
    fn blocks(&self, kind: Kind, out: &mut Text) {
        let count = self.objects(kind).len();
        if count == 0 {
            return;
        }
        let short = short(kind);
        let words = format!("UITRON_{}CB_WORDS", short.to_uppercase());
        out.line(&format!("static uitron_word uitron_cfg_{short}cb[{count} * {words}];"));
        if kind == Kind::Tsk {
            let order: Vec<String> = self.task_order().iter().map(u32::to_string).collect();
            out.line(&format!("static const uint32_t uitron_cfg_tskordr[] = {{ {} }};", order.join(", ")));
        }
    }

    fn root(&self, out: &mut Text) {
        out.line("\nconst struct uitron_system uitron_system = {");
        out.line("    UITRON_MAGIC, UITRON_VERSION, sizeof(struct uitron_system),");
        for kind in OBJECTS.into_iter().chain([Kind::Inh, Kind::Exc, Kind::Ini, Kind::Ter]) {
            let count = self.objects(kind).len();
            let mut fields = vec![""];
            fields.extend(OBJECTS.contains(&kind).then_some("cb"));
            fields.extend((kind == Kind::Tsk).then_some("ordr"));
            let pointer = |field: &&str| match count {
                0 => "NULL".into(),
                _ => format!("uitron_cfg_{}{field}", short(kind)),
            };
            let pointers: Vec<String> = fields.iter().map(pointer).collect();
            out.line(&format!("    {count}, {},", pointers.join(", ")));
        }
        out.line("};");
    }
}

/// The kind in names of `uitron_tables.h`.
fn short(kind: Kind) -> &'static str {
    match kind {
        Kind::Tsk => "tsk",
        Kind::Tex => "tex",
        Kind::Sem => "sem",
        Kind::Flg => "flg",
        Kind::Dtq => "dtq",
        Kind::Mbx => "mbx",
        Kind::Mpf => "mpf",
        Kind::Cyc => "cyc",
        Kind::Inh => "inh",
        Kind::Exc => "exc",
        Kind::Ini => "ini",
        Kind::Ter => "ter",
    }
}

/// The structure of an entry.
fn entry(kind: Kind) -> &'static str {
    if matches!(kind, Kind::Ini | Kind::Ter) { "rtn" } else { short(kind) }
}

impl Text {
    fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// A line for which the C compiler reports a place in a .cfg file.
    fn at(&mut self, place: &Place, text: &str) {
        let file = place.file.replace('\\', "\\\\").replace('"', "\\\"");
        self.line(&format!("#line {} \"{file}\"\n{text}", place.line));
    }

    /// From here on the C compiler reports places in the generated file again.
    fn home(&mut self) {
        let next = self.text.matches('\n').count() + 2;
        let own = self.own.replace('\\', "\\\\").replace('"', "\\\"");
        self.line(&format!("#line {next} \"{own}\""));
    }

    /// Two handlers must not have the same code.
    fn different(&mut self, earlier: &Object, later: &Object) {
        if let (Some(first), Some(second)) = (&earlier.code, &later.code)
            && (first.value.is_none() || second.value.is_none())
        {
            let rule = format!("({}) != ({})", first.text, second.text);
            let message = format!("{} and {} are for the same code", earlier.title(), later.title());
            let message = message.replace('\\', "\\\\").replace('"', "\\\"");
            self.at(&second.place, &format!("_Static_assert({rule}, \"{message}\");"));
        }
    }
}
