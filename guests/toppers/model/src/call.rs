//! Service calls as data, and how one is made.

use crate::{BLOCK, HostKernel, POOLS, message};
use uitron_kernel::{Context, Error, Flow};

/// What a call returned; [`WAITS`] if the caller waits now.
pub type Outcome = Result<i64, Error>;
pub const WAITS: i64 = i64::MIN;

macro_rules! calls {
    ($($name:ident)*) => {
        /// Every service call with a context rule, and a few events.
        #[allow(non_camel_case_types, reason = "the names of the specification")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Call { $($name),* }
        pub const CALLS: &[Call] = &[$(Call::$name),*];
    };
}

calls! {
    act_tsk iact_tsk can_act ext_tsk ter_tsk chg_pri get_pri
    slp_tsk tslp_tsk wup_tsk iwup_tsk can_wup rel_wai irel_wai sus_tsk rsm_tsk frsm_tsk dly_tsk
    ras_tex iras_tex dis_tex ena_tex
    sig_sem isig_sem wai_sem pol_sem twai_sem
    set_flg iset_flg clr_flg wai_flg pol_flg twai_flg
    snd_dtq psnd_dtq ipsnd_dtq tsnd_dtq fsnd_dtq ifsnd_dtq rcv_dtq prcv_dtq trcv_dtq
    snd_mbx rcv_mbx prcv_mbx trcv_mbx
    get_mpf pget_mpf tget_mpf rel_mpf
    set_tim get_tim isig_tim sta_cyc stp_cyc
    rot_rdq irot_rdq get_tid iget_tid loc_cpu iloc_cpu unl_cpu iunl_cpu dis_dsp ena_dsp
    chg_ipm get_ipm
}

impl Call {
    /// The context in which the call is allowed.
    pub fn home(self) -> Context {
        use Call::*;
        match self {
            iact_tsk | iwup_tsk | irel_wai | iras_tex | isig_sem | iset_flg | ipsnd_dtq | ifsnd_dtq | isig_tim
            | irot_rdq | iget_tid | iloc_cpu | iunl_cpu => Context::NonTask,
            _ => Context::Task,
        }
    }

    /// Calls that are E_CTX while dispatching is disabled.
    pub fn may_wait(self) -> bool {
        use Call::*;
        matches!(
            self,
            slp_tsk
                | tslp_tsk
                | dly_tsk
                | wai_sem
                | twai_sem
                | wai_flg
                | twai_flg
                | snd_dtq
                | tsnd_dtq
                | rcv_dtq
                | trcv_dtq
                | rcv_mbx
                | trcv_mbx
                | get_mpf
                | tget_mpf
        )
    }
}

/// A call with its arguments: `id`, then `a` and `b` as the call needs them (`tmo` is always the last).
#[derive(Clone, Copy, Debug)]
pub struct Op {
    pub call: Call,
    pub ctx: Context,
    pub id: i32,
    pub a: i64,
    pub b: i64,
}

/// A call in the context where it belongs.
pub fn op(call: Call, id: i32, a: i64, b: i64) -> Op {
    Op { call, ctx: call.home(), id, a, b }
}

/// Address of block `n` of pool `id` as a test names it; -1 is an address in the middle of a block.
pub fn block(id: i32, n: i64) -> usize {
    let base = POOLS.wrapping_mul(id as usize);
    base.wrapping_add(if n < 0 { 1 } else { n as usize * BLOCK })
}

/// Makes the call. `isig_tim` is the whole tick, and gives the cyclic handlers that ran as decimal digits.
pub fn apply<const TICK: u32>(k: &mut HostKernel<TICK>, op: Op) -> Outcome {
    use Call::*;
    let Op { call, ctx, id, a, b } = op;
    let (tmo, word, bits) = (b as i32, a as usize, a as u32);
    let none = |r: Result<(), Error>| r.map(|()| 0);
    let flow = |r: Result<Flow, Error>| {
        r.map(|f| match f {
            Flow::Done(value) => value as i64,
            Flow::Waits => WAITS,
        })
    };
    match call {
        act_tsk => none(k.act_tsk(ctx, id)),
        iact_tsk => none(k.iact_tsk(ctx, id)),
        can_act => k.can_act(ctx, id).map(i64::from),
        ext_tsk => none(k.ext_tsk(ctx)),
        ter_tsk => none(k.ter_tsk(ctx, id)),
        chg_pri => none(k.chg_pri(ctx, id, a as i32)),
        get_pri => k.get_pri(ctx, id).map(i64::from),
        slp_tsk => flow(k.slp_tsk(ctx)),
        tslp_tsk => flow(k.tslp_tsk(ctx, tmo)),
        wup_tsk => none(k.wup_tsk(ctx, id)),
        iwup_tsk => none(k.iwup_tsk(ctx, id)),
        can_wup => k.can_wup(ctx, id).map(i64::from),
        rel_wai => none(k.rel_wai(ctx, id)),
        irel_wai => none(k.irel_wai(ctx, id)),
        sus_tsk => none(k.sus_tsk(ctx, id)),
        rsm_tsk => none(k.rsm_tsk(ctx, id)),
        frsm_tsk => none(k.frsm_tsk(ctx, id)),
        dly_tsk => flow(k.dly_tsk(ctx, b as u32)),
        ras_tex => none(k.ras_tex(ctx, id, bits)),
        iras_tex => none(k.iras_tex(ctx, id, bits)),
        dis_tex => none(k.dis_tex(ctx)),
        ena_tex => none(k.ena_tex(ctx)),
        sig_sem => none(k.sig_sem(ctx, id)),
        isig_sem => none(k.isig_sem(ctx, id)),
        wai_sem => flow(k.wai_sem(ctx, id)),
        pol_sem => flow(k.pol_sem(ctx, id)),
        twai_sem => flow(k.twai_sem(ctx, id, tmo)),
        set_flg => none(k.set_flg(ctx, id, bits)),
        iset_flg => none(k.iset_flg(ctx, id, bits)),
        clr_flg => none(k.clr_flg(ctx, id, bits)),
        wai_flg => flow(k.wai_flg(ctx, id, bits & 0xff, bits >> 8)),
        pol_flg => flow(k.pol_flg(ctx, id, bits & 0xff, bits >> 8)),
        twai_flg => flow(k.twai_flg(ctx, id, bits & 0xff, bits >> 8, tmo)),
        snd_dtq => flow(k.snd_dtq(ctx, id, word)),
        psnd_dtq => none(k.psnd_dtq(ctx, id, word)),
        ipsnd_dtq => none(k.ipsnd_dtq(ctx, id, word)),
        tsnd_dtq => flow(k.tsnd_dtq(ctx, id, word, tmo)),
        fsnd_dtq => none(k.fsnd_dtq(ctx, id, word)),
        ifsnd_dtq => none(k.ifsnd_dtq(ctx, id, word)),
        rcv_dtq => flow(k.rcv_dtq(ctx, id)),
        prcv_dtq => flow(k.prcv_dtq(ctx, id)),
        trcv_dtq => flow(k.trcv_dtq(ctx, id, tmo)),
        snd_mbx => none(k.snd_mbx(ctx, id, message(a))),
        rcv_mbx => flow(k.rcv_mbx(ctx, id)),
        prcv_mbx => flow(k.prcv_mbx(ctx, id)),
        trcv_mbx => flow(k.trcv_mbx(ctx, id, tmo)),
        get_mpf => flow(k.get_mpf(ctx, id)),
        pget_mpf => flow(k.pget_mpf(ctx, id)),
        tget_mpf => flow(k.tget_mpf(ctx, id, tmo)),
        rel_mpf => none(k.rel_mpf(ctx, id, block(id, a))),
        set_tim => none(k.set_tim(ctx, bits)),
        get_tim => k.get_tim(ctx).map(i64::from),
        isig_tim => {
            k.isig_tim(ctx)?;
            Ok(std::iter::from_fn(|| k.next_cyclic()).fold(0, |runs, c| runs * 10 + i64::from(c.id)))
        }
        sta_cyc => none(k.sta_cyc(ctx, id)),
        stp_cyc => none(k.stp_cyc(ctx, id)),
        rot_rdq => none(k.rot_rdq(ctx, a as i32)),
        irot_rdq => none(k.irot_rdq(ctx, a as i32)),
        get_tid => k.get_tid(ctx).map(i64::from),
        iget_tid => k.iget_tid(ctx).map(i64::from),
        loc_cpu => none(k.loc_cpu(ctx)),
        iloc_cpu => none(k.iloc_cpu(ctx)),
        unl_cpu => none(k.unl_cpu(ctx)),
        iunl_cpu => none(k.iunl_cpu(ctx)),
        dis_dsp => none(k.dis_dsp(ctx)),
        ena_dsp => none(k.ena_dsp(ctx)),
        chg_ipm => none(k.chg_ipm(ctx, a as i32)),
        get_ipm => k.get_ipm(ctx).map(i64::from),
    }
}
