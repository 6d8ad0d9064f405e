//! The inner loop: takes [`Op`]s and hands each to the function of its group.

use super::Cpu;
use super::exception::{Fault, Raised};
use super::mmu::Access;
use super::op::{Kind, Op};
use super::tlb::PAGE;
use crate::bus::Bus;

/// Where execution goes: in registers while the loop runs.
pub(super) struct Flow {
    /// The next instruction.
    pub(super) pc: u32,
    /// The one after it: `pc + 2`, or the target while `pc` is a delay slot.
    pub(super) npc: u32,
}

impl Cpu {
    /// Executes until `clock` reaches `stop`, never ending between a branch and its slot.
    ///
    /// # Errors
    /// The address of an instruction that did not complete; `fault` says why.
    pub(super) fn execute<B: Bus>(&mut self, bus: &mut B) -> Result<(), u32> {
        let mut flow = Flow { pc: self.pc, npc: self.npc };
        let mut clock = self.clock;
        loop {
            let pc = flow.pc;
            if pc & (PAGE | 1) != self.fetch_page {
                self.refetch(bus, pc).map_err(|Raised| pc)?;
            }
            let index = self.fetch_base.wrapping_add((pc >> 1 & 0x7ff) as usize);
            let op = bus.memory().op(index);
            flow = Flow { pc: flow.npc, npc: flow.npc.wrapping_add(2) };
            if let Err(Raised) = self.one(bus, op, pc, &mut flow) {
                if !matches!(self.fault, Fault::Undecoded) {
                    return Err(pc);
                }
                self.fault = Fault::None;
                bus.memory().decode_op(index);
                flow = Flow { pc, npc: flow.pc };
                continue;
            }
            clock = clock.wrapping_add(1);
            self.clock = clock;
            if clock >= self.stop && self.slot_at != clock {
                (self.pc, self.npc) = (flow.pc, flow.npc);
                return Ok(());
            }
        }
    }

    /// One instruction. `pc` is its address; `flow` is already at the next one.
    #[inline(always)]
    fn one<B: Bus>(&mut self, bus: &mut B, op: Op, pc: u32, flow: &mut Flow) -> Result<(), Raised> {
        let Op { n, m, imm, .. } = op;
        match op.kind {
            Kind::Undecoded => return Err(self.undecoded()),
            Kind::Illegal => return Err(self.illegal()),

            Kind::Mov => self.set(n, self.get(m)),
            Kind::MovImm => self.set(n, imm as u32),
            Kind::Mova => return self.mova(pc, imm),
            Kind::Movt => self.set(n, self.t),
            Kind::SwapB => self.swap_b(n, m),
            Kind::SwapW => self.set(n, self.get(m).rotate_left(16)),
            Kind::Xtrct => self.set(n, self.get(m) << 16 | self.get(n) >> 16),

            Kind::LoadB => return self.load_b(bus, n, self.get(m)),
            Kind::LoadW => return self.load_w(bus, n, self.get(m)),
            Kind::LoadL => return self.load_l(bus, n, self.get(m)),
            Kind::StoreB => return self.store8(bus, self.get(n), self.get(m) as u8),
            Kind::StoreW => return self.store16(bus, self.get(n), self.get(m) as u16),
            Kind::StoreL => return self.store32(bus, self.get(n), self.get(m)),
            Kind::LoadIncB => return self.load_inc_b(bus, n, m),
            Kind::LoadIncW => return self.load_inc_w(bus, n, m),
            Kind::LoadIncL => return self.load_inc_l(bus, n, m),
            Kind::StoreDecB => return self.store_dec_b(bus, n, m),
            Kind::StoreDecW => return self.store_dec_w(bus, n, m),
            Kind::StoreDecL => return self.store_dec_l(bus, n, self.get(m)),
            Kind::LoadR0B => return self.load_b(bus, n, self.indexed(m)),
            Kind::LoadR0W => return self.load_w(bus, n, self.indexed(m)),
            Kind::LoadR0L => return self.load_l(bus, n, self.indexed(m)),
            Kind::StoreR0B => return self.store8(bus, self.indexed(n), self.get(m) as u8),
            Kind::StoreR0W => return self.store16(bus, self.indexed(n), self.get(m) as u16),
            Kind::StoreR0L => return self.store32(bus, self.indexed(n), self.get(m)),
            Kind::LoadDispB => return self.load_b(bus, 0, self.displaced(m, imm)),
            Kind::LoadDispW => return self.load_w(bus, 0, self.displaced(m, imm)),
            Kind::LoadDispL => return self.load_l(bus, n, self.displaced(m, imm)),
            Kind::StoreDispB => return self.store8(bus, self.displaced(n, imm), self.r[0] as u8),
            Kind::StoreDispW => return self.store16(bus, self.displaced(n, imm), self.r[0] as u16),
            Kind::StoreDispL => return self.store32(bus, self.displaced(n, imm), self.get(m)),
            Kind::LoadGbrB => return self.load_b(bus, 0, self.gbr_displaced(imm)),
            Kind::LoadGbrW => return self.load_w(bus, 0, self.gbr_displaced(imm)),
            Kind::LoadGbrL => return self.load_l(bus, 0, self.gbr_displaced(imm)),
            Kind::StoreGbrB => return self.store8(bus, self.gbr_displaced(imm), self.r[0] as u8),
            Kind::StoreGbrW => return self.store16(bus, self.gbr_displaced(imm), self.r[0] as u16),
            Kind::StoreGbrL => return self.store32(bus, self.gbr_displaced(imm), self.r[0]),
            Kind::LoadPcW => return self.load_pc_w(bus, n, pc, imm),
            Kind::LoadPcL => return self.load_pc_l(bus, n, pc, imm),
            Kind::Movca => return self.store32(bus, self.get(n), self.r[0]),
            Kind::MovLi => return self.movli(bus, n),
            Kind::MovCo => return self.movco(bus, n),
            Kind::Movua => return self.movua(bus, n, 0),
            Kind::MovuaInc => return self.movua(bus, n, 4),
            Kind::TasB => return self.tas(bus, n),

            Kind::Add => self.set(n, self.get(n).wrapping_add(self.get(m))),
            Kind::AddImm => self.set(n, self.get(n).wrapping_add(imm as u32)),
            Kind::Addc => self.addc(n, m),
            Kind::Addv => self.addv(n, m),
            Kind::Sub => self.set(n, self.get(n).wrapping_sub(self.get(m))),
            Kind::Subc => self.subc(n, m),
            Kind::Subv => self.subv(n, m),
            Kind::Neg => self.set(n, self.get(m).wrapping_neg()),
            Kind::Negc => self.negc(n, m),
            Kind::Dt => self.dt(n),
            Kind::CmpEq => self.set_t(self.get(n) == self.get(m)),
            Kind::CmpEqImm => self.set_t(self.r[0] == imm as u32),
            Kind::CmpHs => self.set_t(self.get(n) >= self.get(m)),
            Kind::CmpGe => self.set_t(self.signed(n) >= self.signed(m)),
            Kind::CmpHi => self.set_t(self.get(n) > self.get(m)),
            Kind::CmpGt => self.set_t(self.signed(n) > self.signed(m)),
            Kind::CmpPz => self.set_t(self.signed(n) >= 0),
            Kind::CmpPl => self.set_t(self.signed(n) > 0),
            Kind::CmpStr => self.cmp_str(n, m),
            Kind::Div0s => self.div0s(n, m),
            Kind::Div0u => self.div0u(),
            Kind::Div1 => self.div1(n, m),
            Kind::DmulsL => self.set_mac(i64::from(self.signed(n)).wrapping_mul(self.signed(m).into()) as u64),
            Kind::DmuluL => self.set_mac(u64::from(self.get(n)) * u64::from(self.get(m))),
            Kind::MulL => self.macl = self.get(n).wrapping_mul(self.get(m)),
            Kind::MulsW => self.macl = (i32::from(self.get(n) as i16) * i32::from(self.get(m) as i16)) as u32,
            Kind::MuluW => self.macl = u32::from(self.get(n) as u16) * u32::from(self.get(m) as u16),
            Kind::MacL => return self.mac_l(bus, n, m),
            Kind::MacW => return self.mac_w(bus, n, m),
            Kind::ExtsB => self.set(n, self.get(m) as i8 as u32),
            Kind::ExtsW => self.set(n, self.get(m) as i16 as u32),
            Kind::ExtuB => self.set(n, self.get(m) & 0xff),
            Kind::ExtuW => self.set(n, self.get(m) & 0xffff),

            Kind::And => self.set(n, self.get(n) & self.get(m)),
            Kind::AndImm => self.r[0] &= imm as u32,
            Kind::AndGbr => return self.modify_gbr(bus, |byte| byte & imm as u8),
            Kind::Or => self.set(n, self.get(n) | self.get(m)),
            Kind::OrImm => self.r[0] |= imm as u32,
            Kind::OrGbr => return self.modify_gbr(bus, |byte| byte | imm as u8),
            Kind::Xor => self.set(n, self.get(n) ^ self.get(m)),
            Kind::XorImm => self.r[0] ^= imm as u32,
            Kind::XorGbr => return self.modify_gbr(bus, |byte| byte ^ imm as u8),
            Kind::Tst => self.set_t(self.get(n) & self.get(m) == 0),
            Kind::TstImm => self.set_t(self.r[0] & imm as u32 == 0),
            Kind::TstGbr => return self.tst_gbr(bus, imm as u8),
            Kind::Not => self.set(n, !self.get(m)),

            Kind::Shll | Kind::Shal => self.shll(n),
            Kind::Shlr => self.shlr(n),
            Kind::Shar => self.shar(n),
            Kind::Rotl => self.rotl(n),
            Kind::Rotr => self.rotr(n),
            Kind::Rotcl => self.rotcl(n),
            Kind::Rotcr => self.rotcr(n),
            Kind::Shad => self.shad(n, m),
            Kind::Shld => self.shld(n, m),
            Kind::Shll2 => self.set(n, self.get(n) << 2),
            Kind::Shll8 => self.set(n, self.get(n) << 8),
            Kind::Shll16 => self.set(n, self.get(n) << 16),
            Kind::Shlr2 => self.set(n, self.get(n) >> 2),
            Kind::Shlr8 => self.set(n, self.get(n) >> 8),
            Kind::Shlr16 => self.set(n, self.get(n) >> 16),

            Kind::Bt => return self.branch_if(flow, self.t != 0, pc, imm),
            Kind::Bf => return self.branch_if(flow, self.t == 0, pc, imm),
            Kind::BtS => return self.branch_if_delayed(flow, self.t != 0, pc, imm),
            Kind::BfS => return self.branch_if_delayed(flow, self.t == 0, pc, imm),
            Kind::Bra => return self.branch(flow, pc, pc.wrapping_add(imm as u32)),
            Kind::Braf => return self.branch(flow, pc, pc.wrapping_add(4).wrapping_add(self.get(n))),
            Kind::Bsr => return self.call(flow, pc, pc.wrapping_add(imm as u32)),
            Kind::Bsrf => return self.call(flow, pc, pc.wrapping_add(4).wrapping_add(self.get(n))),
            Kind::Jmp => return self.branch(flow, pc, self.get(n)),
            Kind::Jsr => return self.call(flow, pc, self.get(n)),
            Kind::Rts => return self.branch(flow, pc, self.pr),
            Kind::Rte => return self.rte(bus, flow, pc),

            Kind::Clrt => self.t = 0,
            Kind::Sett => self.t = 1,
            Kind::Clrs => self.sr &= !super::sr::S,
            Kind::Sets => self.sr |= super::sr::S,
            Kind::ClrMac => self.set_mac(0),
            Kind::Nop => {}
            Kind::Sleep => return self.sleep(bus),
            Kind::Trapa => return self.trapa(imm),
            Kind::Ldtlb => return self.ldtlb(),
            Kind::LdcSr => return self.ldc_sr(n),
            Kind::LdcSrInc => return self.ldc_sr_inc(bus, n),
            Kind::Ldc => return self.ldc(n, m),
            Kind::LdcInc => return self.ldc_inc(bus, n, m),
            Kind::LdcBank => return self.ldc_bank(n, m),
            Kind::LdcBankInc => return self.ldc_bank_inc(bus, n, m),
            Kind::StcSr => return self.stc_sr(n),
            Kind::StcSrDec => return self.stc_sr_dec(bus, n),
            Kind::Stc => return self.stc(n, m),
            Kind::StcDec => return self.stc_dec(bus, n, m),
            Kind::StcBank => return self.stc_bank(n, m),
            Kind::StcBankDec => return self.stc_bank_dec(bus, n, m),
            Kind::Lds => return self.lds(n, m),
            Kind::LdsInc => return self.lds_inc(bus, n, m),
            Kind::Sts => return self.sts(n, m),
            Kind::StsDec => return self.sts_dec(bus, n, m),
            Kind::Ocbi => return self.cache_operation(n, Access::Write),
            Kind::Ocbp | Kind::Ocbwb => return self.cache_operation(n, Access::Read),
            Kind::Pref => return self.pref(bus, n),
            Kind::Icbi | Kind::Prefi => return self.instruction_cache(n),
            Kind::Synco => return self.synco(),

            Kind::Fadd | Kind::Fsub | Kind::Fmul | Kind::Fdiv | Kind::FcmpEq | Kind::FcmpGt | Kind::Fmac => {
                return self.fpu_operation(bus, op);
            }
            Kind::Fsqrt | Kind::Fsrra | Kind::Fsca | Kind::Fipr | Kind::Ftrv | Kind::Fneg | Kind::Fabs => {
                return self.fpu_operation(bus, op);
            }
            Kind::Fldi0 | Kind::Fldi1 | Kind::Flds | Kind::Fsts | Kind::Float | Kind::Ftrc | Kind::Fcnvsd => {
                return self.fpu_operation(bus, op);
            }
            Kind::Fmov | Kind::FmovLoad | Kind::FmovStore | Kind::FmovLoadInc | Kind::FmovStoreDec => {
                return self.fpu_operation(bus, op);
            }
            Kind::FmovLoadR0 | Kind::FmovStoreR0 | Kind::Frchg | Kind::Fschg | Kind::Fpchg | Kind::Fcnvds => {
                return self.fpu_operation(bus, op);
            }
            Kind::FpuIllegal => return self.fpu_operation(bus, op),
        }
        Ok(())
    }

    #[inline(always)]
    pub(super) fn get(&self, n: u8) -> u32 {
        self.r[(n & 15) as usize]
    }

    #[inline(always)]
    pub(super) fn signed(&self, n: u8) -> i32 {
        self.get(n) as i32
    }

    #[inline(always)]
    pub(super) fn set(&mut self, n: u8, value: u32) {
        self.r[(n & 15) as usize] = value;
    }

    #[inline(always)]
    pub(super) fn set_t(&mut self, condition: bool) {
        self.t = u32::from(condition);
    }

    #[inline(always)]
    fn indexed(&self, n: u8) -> u32 {
        self.get(n).wrapping_add(self.r[0])
    }

    #[inline(always)]
    fn displaced(&self, n: u8, imm: i32) -> u32 {
        self.get(n).wrapping_add(imm as u32)
    }

    #[inline(always)]
    fn gbr_displaced(&self, imm: i32) -> u32 {
        self.gbr.wrapping_add(imm as u32)
    }
}
