/* The host reads `sequence_states` and `sequence_results` from the memory, and compares them with its model. */
#include "sequences.h"
#include "sil.h"
#include "uitron_tables.h"
#include "kernel_id.h"

/* As the host writes it; calls are numbered as in guests/toppers/model/src/call.rs. */
struct op {
    UB call;
    UB from_handler;
    UH id;
    UW a;
    UW b;
};

#define CAPACITY 120000
#define ROUTINE_ENDS 255
#define NOT_BACK 0x5eed5eedu
#define UNIT 0xffc20000u
/* Long enough for a call: a second interrupt before the dispatcher has looked would find nobody running. */
#define CLOCK 1000

extern const struct op sequence_ops[];
extern const UW sequence_count;
/* The state before each call, and what the call returned to its caller. */
UW sequence_states[CAPACITY + 1];
UW sequence_results[CAPACITY];

extern UW uitron_state(UW (*plain)(VP_INT word));

static T_MSG_PRI messages[9];
static volatile UW next, trapped, ran;

/* A received message or block by its number, so that it is the same on the host. */
static UW plain(VP_INT word)
{
    UW address = (UW)word;
    if (address >= (UW)&messages[0] && address < (UW)&messages[9])
        return 0x4d000000u + (address - (UW)messages) / sizeof messages[0];
    for (UW pool = 0; pool < uitron_system.mpf_count; pool++) {
        const struct uitron_mpf *mpf = &uitron_system.mpf[pool];
        UW offset = address - (UW)mpf->mpf;
        if (offset < mpf->blkcnt * mpf->blksz)
            return 0x50000000u + ((pool + 1) << 16) + offset / mpf->blksz;
    }
    return address;
}

/* -1 and 0 are none. */
static T_MSG *message(UW number)
{
    return number + 1 <= 1 ? NULL : &messages[1 + (number - 1) % 8].msgque;
}

static VP block(ID pool, W number)
{
    if (pool < 1 || pool > (ID)uitron_system.mpf_count)
        return NULL;
    return (UB *)uitron_system.mpf[pool - 1].mpf + (number < 0 ? 1 : number * 8);
}

/* A result with a value behind a pointer. */
static UW value(ER ercd, UW found) { return ercd == E_OK ? found : (UW)ercd; }

static UW make(const struct op *op)
{
    ID id = (H)op->id;
    UW a = op->a, word = 0;
    W b = (W)op->b;
    VP_INT found = 0;
    T_MSG *letter = NULL;
    VP place = NULL;
    ER ercd;

    switch (op->call) {
    case 0: return act_tsk(id);
    case 1: return iact_tsk(id);
    case 2: return can_act(id);
    case 3: return ext_tsk();
    case 4: return ter_tsk(id);
    case 5: return chg_pri(id, (W)a);
    case 6: ercd = get_pri(id, (PRI *)&word); return value(ercd, word);
    case 7: return slp_tsk();
    case 8: return tslp_tsk(b);
    case 9: return wup_tsk(id);
    case 10: return iwup_tsk(id);
    case 11: return can_wup(id);
    case 12: return rel_wai(id);
    case 13: return irel_wai(id);
    case 14: return sus_tsk(id);
    case 15: return rsm_tsk(id);
    case 16: return frsm_tsk(id);
    case 17: return dly_tsk((UW)b);
    case 18: return ras_tex(id, a);
    case 19: return iras_tex(id, a);
    case 20: return dis_tex();
    case 21: return ena_tex();
    case 22: return sig_sem(id);
    case 23: return isig_sem(id);
    case 24: return wai_sem(id);
    case 25: return pol_sem(id);
    case 26: return twai_sem(id, b);
    case 27: return set_flg(id, a);
    case 28: return iset_flg(id, a);
    case 29: return clr_flg(id, a);
    case 30: ercd = wai_flg(id, a & 0xff, a >> 8, &word); return value(ercd, word);
    case 31: ercd = pol_flg(id, a & 0xff, a >> 8, &word); return value(ercd, word);
    case 32: ercd = twai_flg(id, a & 0xff, a >> 8, &word, b); return value(ercd, word);
    case 33: return snd_dtq(id, (VP_INT)a);
    case 34: return psnd_dtq(id, (VP_INT)a);
    case 35: return ipsnd_dtq(id, (VP_INT)a);
    case 36: return tsnd_dtq(id, (VP_INT)a, b);
    case 37: return fsnd_dtq(id, (VP_INT)a);
    case 38: return ifsnd_dtq(id, (VP_INT)a);
    case 39: ercd = rcv_dtq(id, &found); return value(ercd, (UW)found);
    case 40: ercd = prcv_dtq(id, &found); return value(ercd, (UW)found);
    case 41: ercd = trcv_dtq(id, &found, b); return value(ercd, (UW)found);
    case 42: return snd_mbx(id, message(a));
    case 43: ercd = rcv_mbx(id, &letter); return value(ercd, plain((VP_INT)letter));
    case 44: ercd = prcv_mbx(id, &letter); return value(ercd, plain((VP_INT)letter));
    case 45: ercd = trcv_mbx(id, &letter, b); return value(ercd, plain((VP_INT)letter));
    case 46: ercd = get_mpf(id, &place); return value(ercd, plain(place));
    case 47: ercd = pget_mpf(id, &place); return value(ercd, plain(place));
    case 48: ercd = tget_mpf(id, &place, b); return value(ercd, plain(place));
    case 49: return rel_mpf(id, block(id, (W)a));
    case 50: word = a; return set_tim(&word);
    case 51: ercd = get_tim(&word); return value(ercd, word);
    case 52: ran = 0; ercd = isig_tim(); return value(ercd, ran);
    case 53: return sta_cyc(id);
    case 54: return stp_cyc(id);
    case 55: return rot_rdq((W)a);
    case 56: return irot_rdq((W)a);
    case 57: ercd = get_tid((ID *)&word); return value(ercd, word);
    case 58: ercd = iget_tid((ID *)&word); return value(ercd, word);
    case 59: return loc_cpu();
    case 60: return iloc_cpu();
    case 61: return unl_cpu();
    case 62: return iunl_cpu();
    case 63: return dis_dsp();
    case 64: return ena_dsp();
    case 65: return chg_ipm((W)a);
    case 66: ercd = get_ipm((IPM *)&word); return value(ercd, word);
    default: kernel_abort();
    }
}

/* The next call; past the last one the end. */
static UW take(void)
{
    UW k = next;
    sequence_states[k] = uitron_state(plain);
    if (k == sequence_count)
        kernel_exit();
    next = k + 1;
    return k;
}

/* Until the exception routine, in which it is called, shall end. */
static void play(void)
{
    for (;;) {
        UW k = take();
        const struct op *op = &sequence_ops[k];
        if (op->call == ROUTINE_ENDS)
            return;
        if (op->from_handler) {
            trapped = k;
            __asm__ volatile("trapa #0x22" : : : "memory");
        } else {
            UW result = make(op);
            sequence_results[k] = result;
        }
    }
}

void player(VP_INT exinf)
{
    (void)exinf;
    play();
    kernel_abort();
}

void routine(TEXPTN pattern, VP_INT exinf)
{
    (void)pattern;
    (void)exinf;
    play();
}

/* The context of handlers, asked for by the running task. */
void trap_handler(VP p_excinf)
{
    UW k = trapped;
    (void)p_excinf;
    UW result = make(&sequence_ops[k]);
    sequence_results[k] = result;
}

void cycle(VP_INT exinf) { ran = ran * 10 + (UW)exinf; }

/* Nobody runs who could make the next call. */
void idle_handler(void)
{
    ID running;
    sil_wrh_mem((VP)(UNIT + 28), sil_reh_mem((VP)(UNIT + 28)) & ~0x100);
    if (iget_tid(&running) == E_OK && running == TSK_NONE) {
        UW k = take();
        UW result = make(&sequence_ops[k]);
        sequence_results[k] = result;
    }
}

void start_clock(VP_INT exinf)
{
    (void)exinf;
    for (UW k = 0; k < CAPACITY; k++)
        sequence_results[k] = NOT_BACK;
    for (int i = 1; i < 9; i++)
        messages[i].msgpri = i == 8 ? 99 : i;
    sil_wrh_mem((VP)(UNIT + 28), 0x20);
    sil_wrw_mem((VP)(UNIT + 20), CLOCK);
    sil_wrw_mem((VP)(UNIT + 24), CLOCK);
    (void)vena_int(IDLE_INHNO, IDLE_LEVEL);
    sil_wrb_mem((VP)(UNIT + 4), sil_reb_mem((VP)(UNIT + 4)) | 2);
}
