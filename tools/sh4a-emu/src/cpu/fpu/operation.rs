//! FPU instructions: registers in, [`super::compute`], exceptions, registers out.

use super::super::exception::{Raised, code};
use super::super::op::{Kind, Op};
use super::super::{Cpu, Denormal};
use super::compute::{self, Binary};
use super::format::{Mode, Outcome, cause};
use super::state::fpscr;
use crate::bus::Bus;
use rustc_apfloat::Round;
use rustc_apfloat::ieee::{Double, Single};
use std::cmp::Ordering;

const SIGN: u32 = 1 << 31;

impl Cpu {
    #[inline(never)]
    pub(in super::super) fn fpu_operation<B: Bus>(&mut self, bus: &mut B, op: Op) -> Result<(), Raised> {
        self.need_fpu()?;
        let Op { n, m, .. } = op;
        let double = self.fpscr_has(fpscr::PR);
        match op.kind {
            Kind::Fmov => self.fmov(n, m),
            Kind::FmovLoad => self.fmov_load(bus, n, self.get(m))?,
            Kind::FmovLoadR0 => self.fmov_load(bus, n, self.get(m).wrapping_add(self.r[0]))?,
            Kind::FmovLoadInc => {
                let addr = self.get(m);
                self.fmov_load(bus, n, addr)?;
                self.set(m, addr.wrapping_add(self.fmov_size()));
            }
            Kind::FmovStore => self.fmov_store(bus, self.get(n), m)?,
            Kind::FmovStoreR0 => self.fmov_store(bus, self.get(n).wrapping_add(self.r[0]), m)?,
            Kind::FmovStoreDec => {
                let addr = self.get(n).wrapping_sub(self.fmov_size());
                self.fmov_store(bus, addr, m)?;
                self.set(n, addr);
            }
            Kind::Flds => self.fpu.fpul = self.fpu.single(n),
            Kind::Fsts => self.fpu.set_single(n, self.fpu.fpul),
            Kind::Fpchg => {
                self.need_sh4a()?;
                self.fpu.fpscr ^= fpscr::PR;
            }
            kind if double => return self.double_operation(kind, n, m),
            kind => return self.single_operation(kind, n, m),
        }
        Ok(())
    }

    fn single_operation(&mut self, kind: Kind, n: u8, m: u8) -> Result<(), Raised> {
        let mode = self.fpu_mode();
        let (left, right) = (u64::from(self.fpu.single(n)), u64::from(self.fpu.single(m)));
        let outcome = match kind {
            Kind::Fadd => compute::binary::<Single>(Binary::Add, left, right, mode),
            Kind::Fsub => compute::binary::<Single>(Binary::Sub, left, right, mode),
            Kind::Fmul => compute::binary::<Single>(Binary::Mul, left, right, mode),
            Kind::Fdiv => compute::binary::<Single>(Binary::Div, left, right, mode),
            Kind::Fmac => compute::multiply_add(self.fpu.single(0).into(), right, left, mode),
            Kind::Fsqrt => compute::square_root::<Single>(left, mode),
            Kind::Fsrra => compute::reciprocal_root(left, mode),
            Kind::Float => compute::from_integer::<Single>(self.fpu.fpul, mode),
            Kind::FcmpEq => return self.fcmp(compute::compare::<Single>(left, right, mode, false), Ordering::Equal),
            Kind::FcmpGt => return self.fcmp(compute::compare::<Single>(left, right, mode, true), Ordering::Greater),
            Kind::Ftrc => return self.ftrc(compute::truncate::<Single>(left, mode)),
            Kind::Fsca => return self.fsca(n),
            Kind::Fipr => return self.fipr(n, mode),
            Kind::Ftrv => return self.ftrv(n, mode),
            Kind::Fldi0 => return self.keep(n, 0),
            Kind::Fldi1 => return self.keep(n, 0x3f80_0000),
            Kind::Fneg => return self.keep(n, self.fpu.single(n) ^ SIGN),
            Kind::Fabs => return self.keep(n, self.fpu.single(n) & !SIGN),
            Kind::Frchg => {
                self.fpu.set_fpscr(self.fpu.fpscr ^ fpscr::FR);
                return Ok(());
            }
            Kind::Fschg => {
                self.fpu.fpscr ^= fpscr::SZ;
                return Ok(());
            }
            _ => return Err(self.illegal()),
        };
        self.finish(outcome.1)?;
        self.keep(n, outcome.0 as u32)
    }

    /// With PR = 1 only even registers name doubles; the manual leaves odd ones undefined, here they are illegal.
    fn double_operation(&mut self, kind: Kind, n: u8, m: u8) -> Result<(), Raised> {
        let mode = self.fpu_mode();
        let two = matches!(kind, Kind::Fadd | Kind::Fsub | Kind::Fmul | Kind::Fdiv | Kind::FcmpEq | Kind::FcmpGt);
        if n & 1 != 0 || two && m & 1 != 0 {
            return Err(self.illegal());
        }
        let (left, right) = (self.fpu.double(n), self.fpu.double(m));
        let outcome = match kind {
            Kind::Fadd => compute::binary::<Double>(Binary::Add, left, right, mode),
            Kind::Fsub => compute::binary::<Double>(Binary::Sub, left, right, mode),
            Kind::Fmul => compute::binary::<Double>(Binary::Mul, left, right, mode),
            Kind::Fdiv => compute::binary::<Double>(Binary::Div, left, right, mode),
            Kind::Fsqrt => compute::square_root::<Double>(left, mode),
            Kind::Float => compute::from_integer::<Double>(self.fpu.fpul, mode),
            Kind::Fcnvsd => compute::convert::<Single, Double>(self.fpu.fpul.into(), mode),
            Kind::Fcnvds => {
                let (bits, causes) = compute::convert::<Double, Single>(left, mode);
                self.finish(causes)?;
                self.fpu.fpul = bits as u32;
                return Ok(());
            }
            Kind::FcmpEq => return self.fcmp(compute::compare::<Double>(left, right, mode, false), Ordering::Equal),
            Kind::FcmpGt => return self.fcmp(compute::compare::<Double>(left, right, mode, true), Ordering::Greater),
            Kind::Ftrc => return self.ftrc(compute::truncate::<Double>(left, mode)),
            // The sign is in the high half, the even register.
            Kind::Fneg => return self.keep(n, self.fpu.single(n) ^ SIGN),
            Kind::Fabs => return self.keep(n, self.fpu.single(n) & !SIGN),
            _ => return Err(self.illegal()),
        };
        self.finish(outcome.1)?;
        self.fpu.set_double(n, outcome.0);
        Ok(())
    }

    fn fpu_mode(&self) -> Mode {
        let nearest = self.fpu.fpscr & fpscr::RM & 1 == 0;
        Mode {
            round: if nearest { Round::NearestTiesToEven } else { Round::TowardZero },
            flush: self.fpscr_has(fpscr::DN),
            error: self.model.denormal == Denormal::Trap,
        }
    }

    fn keep(&mut self, n: u8, value: u32) -> Result<(), Raised> {
        self.fpu.set_single(n, value);
        Ok(())
    }

    /// Causes and flags of an operation; an FPU exception, before anything was written, if one of them is enabled. E always is,
    /// and has no flag.
    fn finish(&mut self, causes: u32) -> Result<(), Raised> {
        let kept = self.fpu.fpscr & !fpscr::CAUSES;
        self.fpu.fpscr = kept | causes << fpscr::CAUSE | (causes & !cause::ERROR) << fpscr::FLAG;
        let enabled = kept >> fpscr::ENABLE & 31 | cause::ERROR;
        if causes & enabled != 0 { Err(self.raise(code::FPU)) } else { Ok(()) }
    }

    fn fcmp(&mut self, (ordering, causes): (Option<Ordering>, u32), wanted: Ordering) -> Result<(), Raised> {
        self.finish(causes)?;
        self.set_t(ordering == Some(wanted));
        Ok(())
    }

    fn ftrc(&mut self, (value, causes): (u32, u32)) -> Result<(), Raised> {
        self.finish(causes)?;
        self.fpu.fpul = value;
        Ok(())
    }

    fn fsca(&mut self, n: u8) -> Result<(), Raised> {
        let (sine, cosine, causes) = compute::sine_cosine(self.fpu.fpul);
        self.finish(causes)?;
        self.fpu.set_single(n, sine);
        self.fpu.set_single(n | 1, cosine);
        Ok(())
    }

    fn fpu_vector(&self, first: u8) -> [u32; 4] {
        std::array::from_fn(|index| self.fpu.single(first + index as u8))
    }

    /// fipr FVm,FVn: the instruction's n field is FVn (bits 11:10) and FVm (bits 9:8).
    fn fipr(&mut self, fields: u8, mode: Mode) -> Result<(), Raised> {
        let (n, m) = (fields & 12, fields << 2 & 12);
        let (bits, causes): Outcome = compute::inner_product(self.fpu_vector(n), self.fpu_vector(m), mode);
        self.finish(causes)?;
        self.keep(n + 3, bits as u32)
    }

    /// ftrv XMTRX,FVn: column j of the matrix is XF[4j..4j + 4].
    fn ftrv(&mut self, fields: u8, mode: Mode) -> Result<(), Raised> {
        let n = fields & 12;
        let vector = self.fpu_vector(n);
        let mut all = 0;
        let result: [u32; 4] = std::array::from_fn(|row| {
            let matrix_row = std::array::from_fn(|column| self.fpu.back_single(4 * column + row));
            let (bits, causes) = compute::inner_product(matrix_row, vector, mode);
            all |= causes;
            bits as u32
        });
        self.finish(all)?;
        for (index, bits) in (0..).zip(result) {
            self.fpu.set_single(n + index, bits);
        }
        Ok(())
    }
}
