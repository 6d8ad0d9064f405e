//! System registers, mode and flag instructions, and everything privileged.

use super::{
    Class, Form,
    Mode::{PostInc, PreDec},
    Shape::{Memory, Plain, Trap},
    Size::L,
};

const PLAIN: &[(&str, &str)] = &[
    ("0000000000001000", "clrt"),
    ("0000000000011000", "sett"),
    ("0000000000101000", "clrmac"),
    ("0000000001001000", "clrs"),
    ("0000000001011000", "sets"),
    ("0000000000001001", "nop"),
    ("0000000010101011", "synco"),
    ("0000nnnn00010010", "stc GBR,Rn"),
    ("0000nnnn00001010", "sts MACH,Rn"),
    ("0000nnnn00011010", "sts MACL,Rn"),
    ("0000nnnn00101010", "sts PR,Rn"),
    ("0100mmmm00011110", "ldc Rm,GBR"),
    ("0100mmmm00001010", "lds Rm,MACH"),
    ("0100mmmm00011010", "lds Rm,MACL"),
    ("0100mmmm00101010", "lds Rm,PR"),
];

const PRE_DEC: &[(&str, &str)] = &[
    ("0100nnnn00010011", "stc.l GBR,@-Rn"),
    ("0100nnnn00000010", "sts.l MACH,@-Rn"),
    ("0100nnnn00010010", "sts.l MACL,@-Rn"),
    ("0100nnnn00100010", "sts.l PR,@-Rn"),
];

const POST_INC: &[(&str, &str)] = &[
    ("0100mmmm00010111", "ldc.l @Rm+,GBR"),
    ("0100mmmm00000110", "lds.l @Rm+,MACH"),
    ("0100mmmm00010110", "lds.l @Rm+,MACL"),
    ("0100mmmm00100110", "lds.l @Rm+,PR"),
];

const FPU_PLAIN: &[(&str, &str)] = &[
    ("0000nnnn01011010", "sts FPUL,Rn"),
    ("0000nnnn01101010", "sts FPSCR,Rn"),
    ("0100mmmm01011010", "lds Rm,FPUL"),
    ("0100mmmm01101010", "lds Rm,FPSCR"),
];

const FPU_MEMORY: &[(&str, &str)] = &[
    ("0100nnnn01010010", "sts.l FPUL,@-Rn"),
    ("0100nnnn01100010", "sts.l FPSCR,@-Rn"),
    ("0100mmmm01010110", "lds.l @Rm+,FPUL"),
    ("0100mmmm01100110", "lds.l @Rm+,FPSCR"),
];

const PRIVILEGED: &[(&str, &str)] = &[
    ("0000nnnn00000010", "stc SR,Rn"),
    ("0000nnnn00100010", "stc VBR,Rn"),
    ("0000nnnn00110010", "stc SSR,Rn"),
    ("0000nnnn01000010", "stc SPC,Rn"),
    ("0000nnnn1mmm0010", "stc Rm_BANK,Rn"),
    ("0000nnnn00111010", "stc SGR,Rn"),
    ("0000nnnn11111010", "stc DBR,Rn"),
    ("0100mmmm00001110", "ldc Rm,SR"),
    ("0100mmmm00101110", "ldc Rm,VBR"),
    ("0100mmmm00111110", "ldc Rm,SSR"),
    ("0100mmmm01001110", "ldc Rm,SPC"),
    ("0100mmmm1nnn1110", "ldc Rm,Rn_BANK"),
    ("0100mmmm00111010", "ldc Rm,SGR"),
    ("0100mmmm11111010", "ldc Rm,DBR"),
    ("0000000000111000", "ldtlb"),
    ("0000000000011011", "sleep"),
    ("0000000000101011", "rte"),
];

const PRIVILEGED_PRE_DEC: &[(&str, &str)] = &[
    ("0100nnnn00000011", "stc.l SR,@-Rn"),
    ("0100nnnn00100011", "stc.l VBR,@-Rn"),
    ("0100nnnn00110011", "stc.l SSR,@-Rn"),
    ("0100nnnn01000011", "stc.l SPC,@-Rn"),
    ("0100nnnn1mmm0011", "stc.l Rm_BANK,@-Rn"),
    ("0100nnnn00110010", "stc.l SGR,@-Rn"),
    ("0100nnnn11110010", "stc.l DBR,@-Rn"),
];

const PRIVILEGED_POST_INC: &[(&str, &str)] = &[
    ("0100mmmm00000111", "ldc.l @Rm+,SR"),
    ("0100mmmm00100111", "ldc.l @Rm+,VBR"),
    ("0100mmmm00110111", "ldc.l @Rm+,SSR"),
    ("0100mmmm01000111", "ldc.l @Rm+,SPC"),
    ("0100mmmm1nnn0111", "ldc.l @Rm+,Rn_BANK"),
    ("0100mmmm00110110", "ldc.l @Rm+,SGR"),
    ("0100mmmm11110110", "ldc.l @Rm+,DBR"),
];

pub(super) fn forms() -> Vec<Form> {
    let mut forms = vec![Form::new("11000011iiiiiiii", "trapa #U", Trap)];
    let (down, up) = (Memory(L, PreDec('n')), Memory(L, PostInc('m')));
    for (table, shape) in [(PLAIN, Plain), (PRE_DEC, down), (POST_INC, up)] {
        forms.extend(table.iter().map(|(pattern, text)| Form::new(pattern, text, shape)));
    }
    for (table, up_or_plain) in [(FPU_PLAIN, None), (FPU_MEMORY, Some((down, up)))] {
        forms.extend(table.iter().map(|(pattern, text)| {
            let shape = match up_or_plain {
                None => Plain,
                Some((down, up)) => {
                    if text.starts_with("sts") {
                        down
                    } else {
                        up
                    }
                }
            };
            Form { float: true, ..Form::new(pattern, text, shape) }
        }));
    }
    for (table, shape) in [(PRIVILEGED, Plain), (PRIVILEGED_PRE_DEC, down), (PRIVILEGED_POST_INC, up)] {
        forms.extend(
            table.iter().map(|(pattern, text)| Form { class: Class::Privileged, ..Form::new(pattern, text, shape) }),
        );
    }
    forms
}
