/* Every service call with every error that it can give (uITRON4.0 specification; docs/uitron-kernel.md has the table for
 * people). The calls of the tests go through `note_call`, and the last case asks for each pair. */
#ifndef CALLS_H
#define CALLS_H

#include "t_services.h"

#define CALLS(CALL) \
    CALL(act_tsk, CTX | ID | QOVR) \
    CALL(iact_tsk, CTX | ID | QOVR) \
    CALL(can_act, CTX | ID) \
    CALL(ext_tsk, CTX) \
    CALL(ter_tsk, CTX | ID | ILUSE | OBJ) \
    CALL(chg_pri, CTX | ID | PAR | OBJ) \
    CALL(get_pri, CTX | ID | OBJ) \
    CALL(slp_tsk, CTX | RLWAI) \
    CALL(tslp_tsk, CTX | PAR | TMOUT | RLWAI) \
    CALL(wup_tsk, CTX | ID | OBJ | QOVR) \
    CALL(iwup_tsk, CTX | ID | OBJ | QOVR) \
    CALL(can_wup, CTX | ID | OBJ) \
    CALL(rel_wai, CTX | ID | OBJ) \
    CALL(irel_wai, CTX | ID | OBJ) \
    CALL(sus_tsk, CTX | ID | OBJ | QOVR) \
    CALL(rsm_tsk, CTX | ID | OBJ) \
    CALL(frsm_tsk, CTX | ID | OBJ) \
    CALL(dly_tsk, CTX | PAR | RLWAI) \
    CALL(ras_tex, CTX | ID | PAR | OBJ) \
    CALL(iras_tex, CTX | ID | PAR | OBJ) \
    CALL(dis_tex, CTX | OBJ) \
    CALL(ena_tex, CTX | OBJ) \
    CALL(sig_sem, CTX | ID | QOVR) \
    CALL(isig_sem, CTX | ID | QOVR) \
    CALL(wai_sem, CTX | ID | RLWAI) \
    CALL(pol_sem, CTX | ID | TMOUT) \
    CALL(twai_sem, CTX | ID | PAR | TMOUT | RLWAI) \
    CALL(set_flg, CTX | ID) \
    CALL(iset_flg, CTX | ID) \
    CALL(clr_flg, CTX | ID) \
    CALL(wai_flg, CTX | ID | PAR | ILUSE | RLWAI) \
    CALL(pol_flg, CTX | ID | PAR | ILUSE | TMOUT) \
    CALL(twai_flg, CTX | ID | PAR | ILUSE | TMOUT | RLWAI) \
    CALL(snd_dtq, CTX | ID | RLWAI) \
    CALL(psnd_dtq, CTX | ID | TMOUT) \
    CALL(ipsnd_dtq, CTX | ID | TMOUT) \
    CALL(tsnd_dtq, CTX | ID | PAR | TMOUT | RLWAI) \
    CALL(fsnd_dtq, CTX | ID | ILUSE) \
    CALL(ifsnd_dtq, CTX | ID | ILUSE) \
    CALL(rcv_dtq, CTX | ID | RLWAI) \
    CALL(prcv_dtq, CTX | ID | TMOUT) \
    CALL(trcv_dtq, CTX | ID | PAR | TMOUT | RLWAI) \
    CALL(snd_mbx, CTX | ID | PAR) \
    CALL(rcv_mbx, CTX | ID | RLWAI) \
    CALL(prcv_mbx, CTX | ID | TMOUT) \
    CALL(trcv_mbx, CTX | ID | PAR | TMOUT | RLWAI) \
    CALL(get_mpf, CTX | ID | RLWAI) \
    CALL(pget_mpf, CTX | ID | TMOUT) \
    CALL(tget_mpf, CTX | ID | PAR | TMOUT | RLWAI) \
    CALL(rel_mpf, CTX | ID | PAR) \
    CALL(set_tim, CTX) \
    CALL(get_tim, CTX) \
    CALL(isig_tim, CTX) \
    CALL(sta_cyc, CTX | ID) \
    CALL(stp_cyc, CTX | ID) \
    CALL(rot_rdq, CTX | PAR) \
    CALL(irot_rdq, CTX | PAR) \
    CALL(get_tid, CTX) \
    CALL(iget_tid, CTX) \
    CALL(loc_cpu, CTX) \
    CALL(iloc_cpu, CTX) \
    CALL(unl_cpu, CTX) \
    CALL(iunl_cpu, CTX) \
    CALL(dis_dsp, CTX) \
    CALL(ena_dsp, CTX) \
    CALL(chg_ipm, CTX | PAR) \
    CALL(get_ipm, CTX) \
    CALL(vena_int, PAR) \
    CALL(vdis_int, PAR) \
    CALL(vwri_log, PAR) \
    CALL(vrea_log, OBJ) \
    CALL(serial_opn_por, CTX | ID | OBJ) \
    CALL(serial_cls_por, CTX | ID | OBJ) \
    CALL(serial_ctl_por, CTX | ID | OBJ) \
    CALL(serial_ref_por, CTX | ID | OBJ) \
    CALL(serial_rea_dat, CTX | ID | OBJ | RLWAI) \
    CALL(serial_wri_dat, CTX | ID | OBJ | RLWAI)

enum {
#define CALL(name, errors) CALL_##name,
    CALLS(CALL)
#undef CALL
};

/* Notes what a call gave, and gives it. */
extern INT note_call(UINT call, INT result);
extern const struct test coverage_tests[];

#define NOTED(name, ...) note_call(CALL_##name, name(__VA_ARGS__))
#define act_tsk(...) NOTED(act_tsk, __VA_ARGS__)
#define iact_tsk(...) NOTED(iact_tsk, __VA_ARGS__)
#define can_act(...) NOTED(can_act, __VA_ARGS__)
#define ext_tsk(...) NOTED(ext_tsk, __VA_ARGS__)
#define ter_tsk(...) NOTED(ter_tsk, __VA_ARGS__)
#define chg_pri(...) NOTED(chg_pri, __VA_ARGS__)
#define get_pri(...) NOTED(get_pri, __VA_ARGS__)
#define slp_tsk(...) NOTED(slp_tsk, __VA_ARGS__)
#define tslp_tsk(...) NOTED(tslp_tsk, __VA_ARGS__)
#define wup_tsk(...) NOTED(wup_tsk, __VA_ARGS__)
#define iwup_tsk(...) NOTED(iwup_tsk, __VA_ARGS__)
#define can_wup(...) NOTED(can_wup, __VA_ARGS__)
#define rel_wai(...) NOTED(rel_wai, __VA_ARGS__)
#define irel_wai(...) NOTED(irel_wai, __VA_ARGS__)
#define sus_tsk(...) NOTED(sus_tsk, __VA_ARGS__)
#define rsm_tsk(...) NOTED(rsm_tsk, __VA_ARGS__)
#define frsm_tsk(...) NOTED(frsm_tsk, __VA_ARGS__)
#define dly_tsk(...) NOTED(dly_tsk, __VA_ARGS__)
#define ras_tex(...) NOTED(ras_tex, __VA_ARGS__)
#define iras_tex(...) NOTED(iras_tex, __VA_ARGS__)
#define dis_tex(...) NOTED(dis_tex, __VA_ARGS__)
#define ena_tex(...) NOTED(ena_tex, __VA_ARGS__)
#define sig_sem(...) NOTED(sig_sem, __VA_ARGS__)
#define isig_sem(...) NOTED(isig_sem, __VA_ARGS__)
#define wai_sem(...) NOTED(wai_sem, __VA_ARGS__)
#define pol_sem(...) NOTED(pol_sem, __VA_ARGS__)
#define twai_sem(...) NOTED(twai_sem, __VA_ARGS__)
#define set_flg(...) NOTED(set_flg, __VA_ARGS__)
#define iset_flg(...) NOTED(iset_flg, __VA_ARGS__)
#define clr_flg(...) NOTED(clr_flg, __VA_ARGS__)
#define wai_flg(...) NOTED(wai_flg, __VA_ARGS__)
#define pol_flg(...) NOTED(pol_flg, __VA_ARGS__)
#define twai_flg(...) NOTED(twai_flg, __VA_ARGS__)
#define snd_dtq(...) NOTED(snd_dtq, __VA_ARGS__)
#define psnd_dtq(...) NOTED(psnd_dtq, __VA_ARGS__)
#define ipsnd_dtq(...) NOTED(ipsnd_dtq, __VA_ARGS__)
#define tsnd_dtq(...) NOTED(tsnd_dtq, __VA_ARGS__)
#define fsnd_dtq(...) NOTED(fsnd_dtq, __VA_ARGS__)
#define ifsnd_dtq(...) NOTED(ifsnd_dtq, __VA_ARGS__)
#define rcv_dtq(...) NOTED(rcv_dtq, __VA_ARGS__)
#define prcv_dtq(...) NOTED(prcv_dtq, __VA_ARGS__)
#define trcv_dtq(...) NOTED(trcv_dtq, __VA_ARGS__)
#define snd_mbx(...) NOTED(snd_mbx, __VA_ARGS__)
#define rcv_mbx(...) NOTED(rcv_mbx, __VA_ARGS__)
#define prcv_mbx(...) NOTED(prcv_mbx, __VA_ARGS__)
#define trcv_mbx(...) NOTED(trcv_mbx, __VA_ARGS__)
#define get_mpf(...) NOTED(get_mpf, __VA_ARGS__)
#define pget_mpf(...) NOTED(pget_mpf, __VA_ARGS__)
#define tget_mpf(...) NOTED(tget_mpf, __VA_ARGS__)
#define rel_mpf(...) NOTED(rel_mpf, __VA_ARGS__)
#define set_tim(...) NOTED(set_tim, __VA_ARGS__)
#define get_tim(...) NOTED(get_tim, __VA_ARGS__)
#define isig_tim(...) NOTED(isig_tim, __VA_ARGS__)
#define sta_cyc(...) NOTED(sta_cyc, __VA_ARGS__)
#define stp_cyc(...) NOTED(stp_cyc, __VA_ARGS__)
#define rot_rdq(...) NOTED(rot_rdq, __VA_ARGS__)
#define irot_rdq(...) NOTED(irot_rdq, __VA_ARGS__)
#define get_tid(...) NOTED(get_tid, __VA_ARGS__)
#define iget_tid(...) NOTED(iget_tid, __VA_ARGS__)
#define loc_cpu(...) NOTED(loc_cpu, __VA_ARGS__)
#define iloc_cpu(...) NOTED(iloc_cpu, __VA_ARGS__)
#define unl_cpu(...) NOTED(unl_cpu, __VA_ARGS__)
#define iunl_cpu(...) NOTED(iunl_cpu, __VA_ARGS__)
#define dis_dsp(...) NOTED(dis_dsp, __VA_ARGS__)
#define ena_dsp(...) NOTED(ena_dsp, __VA_ARGS__)
#define chg_ipm(...) NOTED(chg_ipm, __VA_ARGS__)
#define get_ipm(...) NOTED(get_ipm, __VA_ARGS__)
#define vena_int(...) NOTED(vena_int, __VA_ARGS__)
#define vdis_int(...) NOTED(vdis_int, __VA_ARGS__)
#define vwri_log(...) NOTED(vwri_log, __VA_ARGS__)
#define vrea_log(...) NOTED(vrea_log, __VA_ARGS__)
#define serial_opn_por(...) NOTED(serial_opn_por, __VA_ARGS__)
#define serial_cls_por(...) NOTED(serial_cls_por, __VA_ARGS__)
#define serial_ctl_por(...) NOTED(serial_ctl_por, __VA_ARGS__)
#define serial_ref_por(...) NOTED(serial_ref_por, __VA_ARGS__)
#define serial_rea_dat(...) NOTED(serial_rea_dat, __VA_ARGS__)
#define serial_wri_dat(...) NOTED(serial_wri_dat, __VA_ARGS__)

#endif
