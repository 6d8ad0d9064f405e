//! Instruction word to [`Op`]: SH-4A software manual, "Instruction Set" (bit patterns). Every 16-bit word decodes to
//! something; what the manual does not define becomes [`Kind::Illegal`].

use super::op::special::*;
pub(crate) use super::op::{Kind, Op};
use Kind::*;

/// Decodes one instruction word. Pure: the same word always gives the same operation.
pub(crate) fn decode(word: u16) -> Op {
    let low = word & 15;
    match word >> 12 {
        0x0 => group0(word),
        0x1 => op(word, StoreDispL, i32::from(low) * 4),
        0x2 => op(word, group2(low), 0),
        0x3 => op(word, group3(low), 0),
        0x4 => group4(word),
        0x5 => op(word, LoadDispL, i32::from(low) * 4),
        0x6 => op(word, group6(low), 0),
        0x7 => op(word, AddImm, simm8(word)),
        0x8 => group8(word),
        0x9 => op(word, LoadPcW, imm8(word) * 2 + 4),
        0xa => op(word, Bra, simm12(word) * 2 + 4),
        0xb => op(word, Bsr, simm12(word) * 2 + 4),
        0xc => group_c(word),
        0xd => op(word, LoadPcL, imm8(word) * 4 + 4),
        0xe => op(word, MovImm, simm8(word)),
        _ => group_f(word),
    }
}

fn op(word: u16, kind: Kind, imm: i32) -> Op {
    Op { kind, n: (word >> 8 & 15) as u8, m: (word >> 4 & 15) as u8, imm }
}

/// An operation whose `m` names a control or system register.
fn with(word: u16, kind: Kind, register: u8) -> Op {
    Op { m: register, ..op(word, kind, 0) }
}

fn imm8(word: u16) -> i32 {
    i32::from(word & 0xff)
}

fn simm8(word: u16) -> i32 {
    i32::from(word as u8 as i8)
}

fn simm12(word: u16) -> i32 {
    i32::from((word << 4) as i16 >> 4)
}

fn group0(word: u16) -> Op {
    let whole = match word {
        0x0008 => Clrt,
        0x0018 => Sett,
        0x0028 => ClrMac,
        0x0038 => Ldtlb,
        0x0048 => Clrs,
        0x0058 => Sets,
        0x0009 => Nop,
        0x0019 => Div0u,
        0x000b => Rts,
        0x001b => Sleep,
        0x002b => Rte,
        0x00ab => Synco,
        _ => Illegal,
    };
    if whole != Illegal {
        return op(word, whole, 0);
    }
    let kind = match word & 0xff {
        0x02 => StcSr,
        0x12 => return with(word, Stc, GBR),
        0x22 => return with(word, Stc, VBR),
        0x32 => return with(word, Stc, SSR),
        0x42 => return with(word, Stc, SPC),
        0x3a => return with(word, Stc, SGR),
        0xfa => return with(word, Stc, DBR),
        0x82 | 0x92 | 0xa2 | 0xb2 | 0xc2 | 0xd2 | 0xe2 | 0xf2 => return with(word, StcBank, (word >> 4 & 7) as u8),
        0x03 => Bsrf,
        0x23 => Braf,
        0x63 => MovLi,
        0x73 => MovCo,
        0x83 => Pref,
        0x93 => Ocbi,
        0xa3 => Ocbp,
        0xb3 => Ocbwb,
        0xc3 => Movca,
        0xd3 => Prefi,
        0xe3 => Icbi,
        0x29 => Movt,
        0x0a => return with(word, Sts, MACH),
        0x1a => return with(word, Sts, MACL),
        0x2a => return with(word, Sts, PR),
        0x5a => return with(word, Sts, FPUL),
        0x6a => return with(word, Sts, FPSCR),
        _ => match word & 15 {
            0x4 => StoreR0B,
            0x5 => StoreR0W,
            0x6 => StoreR0L,
            0x7 => MulL,
            0xc => LoadR0B,
            0xd => LoadR0W,
            0xe => LoadR0L,
            0xf => MacL,
            _ => Illegal,
        },
    };
    op(word, kind, 0)
}

fn group2(low: u16) -> Kind {
    [
        StoreB, StoreW, StoreL, Illegal, StoreDecB, StoreDecW, StoreDecL, Div0s, Tst, And, Xor, Or, CmpStr, Xtrct,
        MuluW, MulsW,
    ][usize::from(low & 15)]
}

fn group3(low: u16) -> Kind {
    [CmpEq, Illegal, CmpHs, CmpGe, Div1, DmuluL, CmpHi, CmpGt, Sub, Illegal, Subc, Subv, Add, DmulsL, Addc, Addv]
        [usize::from(low & 15)]
}

fn group4(word: u16) -> Op {
    let kind = match word & 0xff {
        0x00 => Shll,
        0x10 => Dt,
        0x20 => Shal,
        0x01 => Shlr,
        0x11 => CmpPz,
        0x21 => Shar,
        0x02 => return with(word, StsDec, MACH),
        0x12 => return with(word, StsDec, MACL),
        0x22 => return with(word, StsDec, PR),
        0x52 => return with(word, StsDec, FPUL),
        0x62 => return with(word, StsDec, FPSCR),
        0x32 => return with(word, StcDec, SGR),
        0xf2 => return with(word, StcDec, DBR),
        0x03 => StcSrDec,
        0x13 => return with(word, StcDec, GBR),
        0x23 => return with(word, StcDec, VBR),
        0x33 => return with(word, StcDec, SSR),
        0x43 => return with(word, StcDec, SPC),
        0x83 | 0x93 | 0xa3 | 0xb3 | 0xc3 | 0xd3 | 0xe3 | 0xf3 => return with(word, StcBankDec, (word >> 4 & 7) as u8),
        0x04 => Rotl,
        0x24 => Rotcl,
        0x05 => Rotr,
        0x15 => CmpPl,
        0x25 => Rotcr,
        0x06 => return with(word, LdsInc, MACH),
        0x16 => return with(word, LdsInc, MACL),
        0x26 => return with(word, LdsInc, PR),
        0x56 => return with(word, LdsInc, FPUL),
        0x66 => return with(word, LdsInc, FPSCR),
        0x36 => return with(word, LdcInc, SGR),
        0xf6 => return with(word, LdcInc, DBR),
        0x07 => LdcSrInc,
        0x17 => return with(word, LdcInc, GBR),
        0x27 => return with(word, LdcInc, VBR),
        0x37 => return with(word, LdcInc, SSR),
        0x47 => return with(word, LdcInc, SPC),
        0x87 | 0x97 | 0xa7 | 0xb7 | 0xc7 | 0xd7 | 0xe7 | 0xf7 => return with(word, LdcBankInc, (word >> 4 & 7) as u8),
        0x08 => Shll2,
        0x18 => Shll8,
        0x28 => Shll16,
        0x09 => Shlr2,
        0x19 => Shlr8,
        0x29 => Shlr16,
        0xa9 => Movua,
        0xe9 => MovuaInc,
        0x0a => return with(word, Lds, MACH),
        0x1a => return with(word, Lds, MACL),
        0x2a => return with(word, Lds, PR),
        0x5a => return with(word, Lds, FPUL),
        0x6a => return with(word, Lds, FPSCR),
        0x3a => return with(word, Ldc, SGR),
        0xfa => return with(word, Ldc, DBR),
        0x0b => Jsr,
        0x1b => TasB,
        0x2b => Jmp,
        0x0e => LdcSr,
        0x1e => return with(word, Ldc, GBR),
        0x2e => return with(word, Ldc, VBR),
        0x3e => return with(word, Ldc, SSR),
        0x4e => return with(word, Ldc, SPC),
        0x8e | 0x9e | 0xae | 0xbe | 0xce | 0xde | 0xee | 0xfe => return with(word, LdcBank, (word >> 4 & 7) as u8),
        _ => match word & 15 {
            0xc => Shad,
            0xd => Shld,
            0xf => MacW,
            _ => Illegal,
        },
    };
    op(word, kind, 0)
}

fn group6(low: u16) -> Kind {
    [LoadB, LoadW, LoadL, Mov, LoadIncB, LoadIncW, LoadIncL, Not, SwapB, SwapW, Negc, Neg, ExtuB, ExtuW, ExtsB, ExtsW]
        [usize::from(low & 15)]
}

fn group8(word: u16) -> Op {
    let disp = i32::from(word & 15);
    // Here the address register stands in bits 7:4, which is where `n` of the stores has to come from.
    let store = |kind, disp| Op { kind, n: (word >> 4 & 15) as u8, m: 0, imm: disp };
    match word >> 8 & 15 {
        0x0 => store(StoreDispB, disp),
        0x1 => store(StoreDispW, disp * 2),
        0x4 => Op { n: 0, ..op(word, LoadDispB, disp) },
        0x5 => Op { n: 0, ..op(word, LoadDispW, disp * 2) },
        0x8 => op(word, CmpEqImm, simm8(word)),
        0x9 => op(word, Bt, simm8(word) * 2 + 4),
        0xb => op(word, Bf, simm8(word) * 2 + 4),
        0xd => op(word, BtS, simm8(word) * 2 + 4),
        0xf => op(word, BfS, simm8(word) * 2 + 4),
        _ => op(word, Illegal, 0),
    }
}

fn group_c(word: u16) -> Op {
    let imm = imm8(word);
    match word >> 8 & 15 {
        0x0 => op(word, StoreGbrB, imm),
        0x1 => op(word, StoreGbrW, imm * 2),
        0x2 => op(word, StoreGbrL, imm * 4),
        0x3 => op(word, Trapa, imm),
        0x4 => op(word, LoadGbrB, imm),
        0x5 => op(word, LoadGbrW, imm * 2),
        0x6 => op(word, LoadGbrL, imm * 4),
        0x7 => op(word, Mova, imm * 4 + 4),
        0x8 => op(word, TstImm, imm),
        0x9 => op(word, AndImm, imm),
        0xa => op(word, XorImm, imm),
        0xb => op(word, OrImm, imm),
        0xc => op(word, TstGbr, imm),
        0xd => op(word, AndGbr, imm),
        0xe => op(word, XorGbr, imm),
        _ => op(word, OrGbr, imm),
    }
}

fn group_f(word: u16) -> Op {
    let kind = match word & 15 {
        0x0 => Fadd,
        0x1 => Fsub,
        0x2 => Fmul,
        0x3 => Fdiv,
        0x4 => FcmpEq,
        0x5 => FcmpGt,
        0x6 => FmovLoadR0,
        0x7 => FmovStoreR0,
        0x8 => FmovLoad,
        0x9 => FmovLoadInc,
        0xa => FmovStore,
        0xb => FmovStoreDec,
        0xc => Fmov,
        0xd => group_fd(word),
        0xe => Fmac,
        _ => FpuIllegal,
    };
    // 0xfffd is the manual's undefined instruction; it is not an FPU instruction even with SR.FD set.
    op(word, if word == 0xfffd { Illegal } else { kind }, 0)
}

fn group_fd(word: u16) -> Kind {
    match word >> 4 & 15 {
        0x0 => Fsts,
        0x1 => Flds,
        0x2 => Float,
        0x3 => Ftrc,
        0x4 => Fneg,
        0x5 => Fabs,
        0x6 => Fsqrt,
        0x7 => Fsrra,
        0x8 => Fldi0,
        0x9 => Fldi1,
        0xa => Fcnvsd,
        0xb => Fcnvds,
        0xe => Fipr,
        0xf => match word >> 8 & 15 {
            n if n & 1 == 0 => Fsca,
            0x3 => Fschg,
            0x7 => Fpchg,
            0xb => Frchg,
            0x1 | 0x5 | 0x9 | 0xd => Ftrv,
            _ => FpuIllegal,
        },
        _ => FpuIllegal,
    }
}
