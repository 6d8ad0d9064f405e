//! The service calls of the reference model, in the specification's words.

use crate::call::{Call, Op, Outcome, block};
use crate::model::{For, Model, Who};
use crate::*;
use uitron_kernel::Error::{Ctx, Id, Iluse, Obj, Par, Qovr, Rlwai};

impl Model {
    pub fn apply(&mut self, op: Op) -> Outcome {
        use Call::*;
        let Op { call, ctx, id, a, b } = op;
        // Context.
        let right = ctx == call.home();
        let even_locked = matches!(call, ext_tsk | loc_cpu | unl_cpu | iloc_cpu | iunl_cpu);
        if !right || (self.locked && !even_locked) || (self.dispatch_disabled && call.may_wait()) {
            return Err(Ctx);
        }
        let me = self.running.unwrap_or(usize::MAX);
        // Object number.
        let count = match call {
            sig_sem | isig_sem | wai_sem | pol_sem | twai_sem => SEMAPHORES.len(),
            set_flg | iset_flg | clr_flg | wai_flg | pol_flg | twai_flg => FLAGS.len(),
            snd_dtq | psnd_dtq | ipsnd_dtq | tsnd_dtq | fsnd_dtq | ifsnd_dtq | rcv_dtq | prcv_dtq | trcv_dtq => {
                DATAQUEUES.len()
            }
            snd_mbx | rcv_mbx | prcv_mbx | trcv_mbx => MAILBOXES.len(),
            get_mpf | pget_mpf | tget_mpf | rel_mpf => POOL_TABLE.len(),
            sta_cyc | stp_cyc => CYCLICS.len(),
            act_tsk | iact_tsk | can_act | ter_tsk | chg_pri | get_pri | wup_tsk | iwup_tsk | can_wup | rel_wai
            | irel_wai | sus_tsk | rsm_tsk | frsm_tsk | ras_tex | iras_tex => TASKS.len(),
            _ => 0,
        };
        let self_allowed =
            matches!(call, act_tsk | can_act | chg_pri | get_pri | wup_tsk | can_wup | sus_tsk | ras_tex);
        let i = match id {
            _ if count == 0 => usize::MAX,
            0 if self_allowed => me,
            n if n >= 1 && n as usize <= count => n as usize - 1,
            _ => return Err(Id),
        };
        // Time-outs.
        let tmo = match call {
            tslp_tsk | twai_sem | twai_flg | tsnd_dtq | trcv_dtq | trcv_mbx | tget_mpf => i64::from(b as i32),
            pol_sem | pol_flg | psnd_dtq | ipsnd_dtq | prcv_dtq | prcv_mbx | pget_mpf => 0,
            _ => -1,
        };
        let pri_tmo = if tmo < -1 { Err(Par) } else { Ok(()) };
        let bits = a as u32;
        let dormant = |m: &Self| if m.tasks[i].active { Ok(()) } else { Err(Obj) };
        match call {
            act_tsk | iact_tsk if !self.tasks[i].active => self.make_active(i),
            act_tsk | iact_tsk if self.tasks[i].act == 1 => return Err(Qovr),
            act_tsk | iact_tsk => self.tasks[i].act = 1,
            can_act => return Ok(std::mem::take(&mut self.tasks[i].act).into()),
            ext_tsk => {
                (self.locked, self.dispatch_disabled, self.running) = (false, false, None);
                self.finish(me);
            }
            ter_tsk if i == me => return Err(Iluse),
            ter_tsk => {
                dormant(self)?;
                self.finish(i);
            }
            chg_pri => {
                let new = if a == 0 { TASKS[i].0.into() } else { a as i32 };
                if !(1..=16).contains(&new) {
                    return Err(Par);
                }
                dormant(self)?;
                self.tasks[i].priority = new;
                if let Some(n) = self.runnable.iter().position(|&t| t == i) {
                    self.runnable.remove(n);
                    self.runnable.push(i);
                }
                let by_priority = match self.tasks[i].waits {
                    Some(For::Sem(o)) => SEMAPHORES[o].0 == Order::Priority,
                    Some(For::Send(o, _)) => DATAQUEUES[o].0 == Order::Priority,
                    Some(For::Message(o)) => MAILBOXES[o].0 == Order::Priority,
                    Some(For::Block(o)) => POOL_TABLE[o].0 == Order::Priority,
                    _ => false,
                };
                if by_priority {
                    self.waiting.retain(|&t| t != i);
                    self.waiting.push(i);
                }
            }
            get_pri => return dormant(self).map(|()| self.tasks[i].priority.into()),
            slp_tsk | tslp_tsk => {
                pri_tmo?;
                if self.tasks[me].wup == 0 {
                    return self.wait(me, For::Sleep, tmo);
                }
                self.tasks[me].wup = 0;
            }
            wup_tsk | iwup_tsk => {
                dormant(self)?;
                match self.tasks[i].waits {
                    Some(For::Sleep) => self.release(i, Ok(0)),
                    _ if self.tasks[i].wup == 1 => return Err(Qovr),
                    _ => self.tasks[i].wup = 1,
                }
            }
            can_wup => return dormant(self).map(|()| std::mem::take(&mut self.tasks[i].wup).into()),
            rel_wai | irel_wai if self.tasks[i].waits.is_none() => return Err(Obj),
            rel_wai | irel_wai => self.release(i, Err(Rlwai)),
            sus_tsk if i == me && self.dispatch_disabled => return Err(Ctx),
            sus_tsk => {
                dormant(self)?;
                if self.tasks[i].suspended {
                    return Err(Qovr);
                }
                self.tasks[i].suspended = true;
                self.runnable.retain(|&t| t != i);
            }
            rsm_tsk | frsm_tsk if !self.tasks[i].suspended => return Err(Obj),
            rsm_tsk | frsm_tsk => {
                self.tasks[i].suspended = false;
                if self.tasks[i].waits.is_none() {
                    self.runnable.push(i);
                }
            }
            dly_tsk if b as u32 > 0x7fff_ffff => return Err(Par),
            dly_tsk => return self.wait(me, For::Delay, b),
            ras_tex | iras_tex if bits == 0 => return Err(Par),
            ras_tex | iras_tex if !self.tasks[i].active || !TASKS[i].1 => return Err(Obj),
            ras_tex | iras_tex => self.tasks[i].requests |= bits,
            dis_tex | ena_tex if !TASKS[me].1 => return Err(Obj),
            dis_tex | ena_tex => self.tasks[me].tex = call == ena_tex,
            sig_sem | isig_sem => match self.sem_waiters(i).first() {
                Some(&t) => self.release(t, Ok(0)),
                None if self.sems[i] == SEMAPHORES[i].2 => return Err(Qovr),
                None => self.sems[i] += 1,
            },
            wai_sem | pol_sem | twai_sem => {
                pri_tmo?;
                if self.sems[i] == 0 {
                    return self.wait(me, For::Sem(i), tmo);
                }
                self.sems[i] -= 1;
            }
            set_flg | iset_flg => {
                self.flags[i] |= bits;
                let now = self.flags[i];
                if let Some(&t) = self.flag_waiters(i).first()
                    && let Some(For::Flag(_, p, and)) = self.tasks[t].waits
                    && (if and { now & p == p } else { now & p != 0 })
                {
                    self.release(t, Ok(now as usize));
                    self.flags[i] = if FLAGS[i].0 { 0 } else { now };
                }
            }
            clr_flg => self.flags[i] &= bits,
            wai_flg | pol_flg | twai_flg => {
                let (pattern, mode, now) = (bits & 0xff, bits >> 8, self.flags[i]);
                if pattern == 0 || mode > 1 {
                    return Err(Par);
                }
                pri_tmo?;
                if !self.flag_waiters(i).is_empty() {
                    return Err(Iluse);
                }
                if !(if mode == 0 { now & pattern == pattern } else { now & pattern != 0 }) {
                    return self.wait(me, For::Flag(i, pattern, mode == 0), tmo);
                }
                self.flags[i] = if FLAGS[i].0 { 0 } else { now };
                return Ok(now.into());
            }
            snd_dtq | psnd_dtq | ipsnd_dtq | tsnd_dtq => {
                pri_tmo?;
                if !self.send(i, a as usize) {
                    return self.wait(me, For::Send(i, a as usize), tmo);
                }
            }
            fsnd_dtq | ifsnd_dtq if DATAQUEUES[i].1 == 0 => return Err(Iluse),
            fsnd_dtq | ifsnd_dtq => {
                if !self.send(i, a as usize) {
                    self.queues[i].remove(0);
                    self.queues[i].push(a as usize);
                }
            }
            rcv_dtq | prcv_dtq | trcv_dtq => {
                pri_tmo?;
                let sender = self.senders(i).first().copied();
                if let Some(s) = sender
                    && let Some(For::Send(_, data)) = self.tasks[s].waits
                {
                    self.queues[i].push(data);
                    self.release(s, Ok(0));
                }
                if self.queues[i].is_empty() {
                    return self.wait(me, For::Receive(i), tmo);
                }
                return Ok(self.queues[i].remove(0) as i64);
            }
            snd_mbx => {
                let (_, order, greatest) = MAILBOXES[i];
                let rank = |m: usize| (m - MESSAGES) / MESSAGE_SIZE;
                let message = message(a);
                if message == 0 || (order == Order::Priority && rank(message) > greatest as usize) {
                    return Err(Par);
                }
                match self.box_waiters(i).first() {
                    Some(&t) => self.release(t, Ok(message)),
                    None => self.boxes[i].push(message),
                }
                if order == Order::Priority {
                    self.boxes[i].sort_by_key(|&m| rank(m));
                }
            }
            rcv_mbx | prcv_mbx | trcv_mbx => {
                pri_tmo?;
                if self.boxes[i].is_empty() {
                    return self.wait(me, For::Message(i), tmo);
                }
                return Ok(self.boxes[i].remove(0) as i64);
            }
            get_mpf | pget_mpf | tget_mpf => {
                pri_tmo?;
                let Some(block) = self.free[i].pop() else { return self.wait(me, For::Block(i), tmo) };
                self.ever_given[i].push(block);
                return Ok(block as i64);
            }
            rel_mpf => {
                let block = block(id, a);
                if !self.ever_given[i].contains(&block) {
                    return Err(Par);
                }
                match self.pool_waiters(i).first() {
                    Some(&t) => self.release(t, Ok(block)),
                    None => self.free[i].push(block),
                }
            }
            set_tim => self.offset = bits.wrapping_sub(self.now as u32),
            get_tim => return Ok((self.now as u32).wrapping_add(self.offset).into()),
            isig_tim => return Ok(self.tick()),
            sta_cyc | stp_cyc => {
                self.appointments.retain(|x| x.1 != Who::Cyclic(i));
                if call == sta_cyc {
                    self.appointments.push((self.now + u64::from(CYCLICS[i].1) + 1, Who::Cyclic(i)));
                }
            }
            rot_rdq | irot_rdq => {
                let p = if a == 0 && call == rot_rdq { self.tasks[me].priority } else { a as i32 };
                if !(1..=16).contains(&p) {
                    return Err(Par);
                }
                if let Some(n) = self.runnable.iter().position(|&t| self.tasks[t].priority == p) {
                    let first = self.runnable.remove(n);
                    self.runnable.push(first);
                }
            }
            get_tid | iget_tid => return Ok(self.running.map_or(0, |t| t as i64 + 1)),
            loc_cpu | iloc_cpu => self.locked = true,
            unl_cpu | iunl_cpu => self.locked = false,
            dis_dsp => self.dispatch_disabled = true,
            ena_dsp => self.dispatch_disabled = false,
            chg_ipm if !(0..=14).contains(&a) => return Err(Par),
            chg_ipm => self.ipm = a as i32,
            get_ipm => return Ok(self.ipm.into()),
        }
        Ok(0)
    }
}
