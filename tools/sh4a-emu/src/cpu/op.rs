//! The compact form of one instruction: what [`super::decode`] produces, the interpreter executes and a translator consumes.

/// One decoded instruction (8 bytes).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Op {
    /// What to do.
    pub(crate) kind: Kind,
    /// The field that the manual calls `n` (bits 11:8), or the only register.
    pub(crate) n: u8,
    /// The field that the manual calls `m` (bits 7:4).
    pub(crate) m: u8,
    /// Immediate or displacement: sign- or zero-extended and scaled to bytes as the instruction wants it. Displacements of
    /// branches and PC-relative loads include the 4 that the manual's PC is ahead.
    pub(crate) imm: i32,
}

impl Op {
    /// Marks a place that nobody has decoded yet.
    pub(crate) const UNDECODED: Self = Self { kind: Kind::Undecoded, n: 0, m: 0, imm: 0 };
    /// An instruction that does not exist.
    pub(crate) const ILLEGAL: Self = Self { kind: Kind::Illegal, n: 0, m: 0, imm: 0 };
}

/// Operations under the manual's mnemonics. Suffixes: `B`/`W`/`L` width; `Load`/`Store` direction; `Inc`/`Dec` the address
/// register moves; `Disp` displacement; `R0` indexed by R0; `Gbr`/`Pc` relative to those; `Imm` immediate with R0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[rustfmt::skip]
pub(crate) enum Kind {
    Undecoded, Illegal,
    // Moves between registers.
    Mov, MovImm, Mova, Movt, SwapB, SwapW, Xtrct,
    // Loads and stores.
    LoadB, LoadW, LoadL, StoreB, StoreW, StoreL,
    LoadIncB, LoadIncW, LoadIncL, StoreDecB, StoreDecW, StoreDecL,
    LoadR0B, LoadR0W, LoadR0L, StoreR0B, StoreR0W, StoreR0L,
    LoadDispB, LoadDispW, LoadDispL, StoreDispB, StoreDispW, StoreDispL,
    LoadGbrB, LoadGbrW, LoadGbrL, StoreGbrB, StoreGbrW, StoreGbrL,
    LoadPcW, LoadPcL,
    Movca, MovLi, MovCo, Movua, MovuaInc, TasB,
    // Arithmetic.
    Add, AddImm, Addc, Addv, Sub, Subc, Subv, Neg, Negc, Dt,
    CmpEq, CmpEqImm, CmpHs, CmpGe, CmpHi, CmpGt, CmpPz, CmpPl, CmpStr,
    Div0s, Div0u, Div1, DmulsL, DmuluL, MulL, MulsW, MuluW, MacL, MacW,
    ExtsB, ExtsW, ExtuB, ExtuW,
    // Logic.
    And, AndImm, AndGbr, Or, OrImm, OrGbr, Xor, XorImm, XorGbr, Tst, TstImm, TstGbr, Not,
    // Shifts.
    Shll, Shal, Shlr, Shar, Rotl, Rotr, Rotcl, Rotcr, Shad, Shld,
    Shll2, Shll8, Shll16, Shlr2, Shlr8, Shlr16,
    // Branches.
    Bt, Bf, BtS, BfS, Bra, Braf, Bsr, Bsrf, Jmp, Jsr, Rts, Rte,
    // System. In Ldc/Stc `m` is a control register, in Lds/Sts a system register (see `special`).
    Clrt, Sett, Clrs, Sets, ClrMac, Nop, Sleep, Trapa, Ldtlb,
    LdcSr, LdcSrInc, Ldc, LdcInc, LdcBank, LdcBankInc, StcSr, StcSrDec, Stc, StcDec, StcBank, StcBankDec,
    Lds, LdsInc, Sts, StsDec,
    Ocbi, Ocbp, Ocbwb, Pref, Icbi, Prefi, Synco,
    // FPU.
    Fadd, Fsub, Fmul, Fdiv, FcmpEq, FcmpGt, Fmac, Fsqrt, Fsrra, Fsca, Fipr, Ftrv,
    Fneg, Fabs, Fldi0, Fldi1, Flds, Fsts, Float, Ftrc, Fcnvsd, Fcnvds,
    Fmov, FmovLoad, FmovStore, FmovLoadInc, FmovStoreDec, FmovLoadR0, FmovStoreR0,
    Frchg, Fschg, Fpchg, FpuIllegal,
}

/// Registers that `ldc`/`stc` and `lds`/`sts` name in [`Op::m`].
pub(crate) mod special {
    /// Global base register.
    pub(crate) const GBR: u8 = 1;
    /// Vector base register.
    pub(crate) const VBR: u8 = 2;
    /// Saved SR.
    pub(crate) const SSR: u8 = 3;
    /// Saved PC.
    pub(crate) const SPC: u8 = 4;
    /// Saved R15.
    pub(crate) const SGR: u8 = 5;
    /// Debug base register.
    pub(crate) const DBR: u8 = 6;
    /// Multiply and accumulate, high.
    pub(crate) const MACH: u8 = 7;
    /// Multiply and accumulate, low.
    pub(crate) const MACL: u8 = 8;
    /// Procedure register.
    pub(crate) const PR: u8 = 9;
    /// FPU communication register.
    pub(crate) const FPUL: u8 = 10;
    /// FPU status and control.
    pub(crate) const FPSCR: u8 = 11;
}
