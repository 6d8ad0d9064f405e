/* The kernel's constants and service calls: uITRON4.0, Standard Profile, with the extensions of the JSP interface. */
#ifndef KERNEL_H
#define KERNEL_H

#include "t_stddef.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifndef _MACRO_ONLY
typedef UINT TEXPTN;
typedef UINT FLGPTN;

typedef struct t_msg {
    struct t_msg *pk_next;
} T_MSG;

typedef struct t_msg_pri {
    T_MSG msgque;
    PRI msgpri;
} T_MSG_PRI;

/* Tasks. */
extern ER act_tsk(ID tskid);
extern ER iact_tsk(ID tskid);
extern ER_UINT can_act(ID tskid);
extern ER ext_tsk(void);
extern ER ter_tsk(ID tskid);
extern ER chg_pri(ID tskid, PRI tskpri);
extern ER get_pri(ID tskid, PRI *p_tskpri);

/* Synchronization that belongs to tasks. */
extern ER slp_tsk(void);
extern ER tslp_tsk(TMO tmout);
extern ER wup_tsk(ID tskid);
extern ER iwup_tsk(ID tskid);
extern ER_UINT can_wup(ID tskid);
extern ER rel_wai(ID tskid);
extern ER irel_wai(ID tskid);
extern ER sus_tsk(ID tskid);
extern ER rsm_tsk(ID tskid);
extern ER frsm_tsk(ID tskid);
extern ER dly_tsk(RELTIM dlytim);

/* Task exceptions. */
extern ER ras_tex(ID tskid, TEXPTN rasptn);
extern ER iras_tex(ID tskid, TEXPTN rasptn);
extern ER dis_tex(void);
extern ER ena_tex(void);
extern BOOL sns_tex(void);

/* Semaphores. */
extern ER sig_sem(ID semid);
extern ER isig_sem(ID semid);
extern ER wai_sem(ID semid);
extern ER pol_sem(ID semid);
extern ER twai_sem(ID semid, TMO tmout);

/* Event flags. */
extern ER set_flg(ID flgid, FLGPTN setptn);
extern ER iset_flg(ID flgid, FLGPTN setptn);
extern ER clr_flg(ID flgid, FLGPTN clrptn);
extern ER wai_flg(ID flgid, FLGPTN waiptn, MODE wfmode, FLGPTN *p_flgptn);
extern ER pol_flg(ID flgid, FLGPTN waiptn, MODE wfmode, FLGPTN *p_flgptn);
extern ER twai_flg(ID flgid, FLGPTN waiptn, MODE wfmode, FLGPTN *p_flgptn, TMO tmout);

/* Data queues. */
extern ER snd_dtq(ID dtqid, VP_INT data);
extern ER psnd_dtq(ID dtqid, VP_INT data);
extern ER ipsnd_dtq(ID dtqid, VP_INT data);
extern ER tsnd_dtq(ID dtqid, VP_INT data, TMO tmout);
extern ER fsnd_dtq(ID dtqid, VP_INT data);
extern ER ifsnd_dtq(ID dtqid, VP_INT data);
extern ER rcv_dtq(ID dtqid, VP_INT *p_data);
extern ER prcv_dtq(ID dtqid, VP_INT *p_data);
extern ER trcv_dtq(ID dtqid, VP_INT *p_data, TMO tmout);

/* Mailboxes. */
extern ER snd_mbx(ID mbxid, T_MSG *pk_msg);
extern ER rcv_mbx(ID mbxid, T_MSG **ppk_msg);
extern ER prcv_mbx(ID mbxid, T_MSG **ppk_msg);
extern ER trcv_mbx(ID mbxid, T_MSG **ppk_msg, TMO tmout);

/* Fixed-size memory pools. */
extern ER get_mpf(ID mpfid, VP *p_blk);
extern ER pget_mpf(ID mpfid, VP *p_blk);
extern ER tget_mpf(ID mpfid, VP *p_blk, TMO tmout);
extern ER rel_mpf(ID mpfid, VP blk);

/* Time. */
extern ER set_tim(const SYSTIM *p_systim);
extern ER get_tim(SYSTIM *p_systim);
extern ER isig_tim(void);
extern ER sta_cyc(ID cycid);
extern ER stp_cyc(ID cycid);
extern ER vxget_tim(SYSUTIM *p_sysutim);

/* System state. */
extern ER rot_rdq(PRI tskpri);
extern ER irot_rdq(PRI tskpri);
extern ER get_tid(ID *p_tskid);
extern ER iget_tid(ID *p_tskid);
extern ER loc_cpu(void);
extern ER iloc_cpu(void);
extern ER unl_cpu(void);
extern ER iunl_cpu(void);
extern ER dis_dsp(void);
extern ER ena_dsp(void);
extern BOOL sns_ctx(void);
extern BOOL sns_loc(void);
extern BOOL sns_dsp(void);
extern BOOL sns_dpn(void);
extern BOOL vsns_ini(void);

/* The state when a CPU exception happened; for its handler. */
extern BOOL vxsns_ctx(VP p_excinf);
extern BOOL vxsns_loc(VP p_excinf);
extern BOOL vxsns_dsp(VP p_excinf);
extern BOOL vxsns_dpn(VP p_excinf);
extern BOOL vxsns_tex(VP p_excinf);

/* Interrupts. The last two are this kernel's own: a source at a level of 1 to MAX_IPM, and a source masked. */
extern ER chg_ipm(IPM ipm);
extern ER get_ipm(IPM *p_ipm);
extern ER vena_int(INHNO inhno, IPM level);
extern ER vdis_int(INHNO inhno);

/* The end: with termination routines; because something is wrong. */
extern void kernel_exit(void) __attribute__((noreturn));
extern void kernel_abort(void) __attribute__((noreturn));
#endif

#define TA_HLNG 0x00u
#define TA_ASM 0x01u
#define TA_TFIFO 0x00u
#define TA_TPRI 0x01u
#define TA_MFIFO 0x00u
#define TA_MPRI 0x02u
#define TA_ACT 0x02u
#define TA_WSGL 0x00u
#define TA_CLR 0x04u
#define TA_STA 0x02u
/* This kernel's own: the task has an FPU context. */
#define TA_FPU 0x100u

#define TWF_ANDW 0x00u
#define TWF_ORW 0x01u

#define TSK_SELF 0
#define TSK_NONE 0
#define TPRI_SELF 0
#define TPRI_INI 0

#define TMIN_TPRI 1
#define TMAX_TPRI 16
#define TMIN_MPRI 1
#define TMAX_MPRI 16
#define TMAX_ACTCNT 1
#define TMAX_WUPCNT 1
#define TMAX_SUSCNT 1
#define TBIT_TEXPTN 32
#define TBIT_FLGPTN 32
#define TMAX_MAXSEM 0x7fffffff

#define TKERNEL_MAKER 0x0000
#define TKERNEL_PRID 0x5350
#define TKERNEL_SPVER 0x5402
#define TKERNEL_PRVER 0x1044

/* Bytes in whole words, and how many words those are. */
#define TROUND_VP(sz) (((sz) + sizeof(VP) - 1) & ~(sizeof(VP) - 1))
#define TCOUNT_VP(sz) (((sz) + sizeof(VP) - 1) / sizeof(VP))

#ifdef __cplusplus
}
#endif
#endif
