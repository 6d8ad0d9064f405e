/* Numbers that nothing has, counters that are full, and waits without an order: what no other case asks for. */
#include "tests.h"
#include "kernel_id.h"

static VP_INT word;
static T_MSG *message;
static FLGPTN pattern;
static VP block;
static volatile ER got;

static void numbers(void)
{
    static const ID wrong[] = { 0, -1, 99, 0x7fffffff, (ID)0x80000000 };
    for (UINT i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        ID id = wrong[i];
        IS(twai_sem(id, 1), E_ID);
        IS(twai_flg(id, 1, TWF_ORW, &pattern, 1), E_ID);
        IS(pol_flg(id, 1, TWF_ORW, &pattern), E_ID);
        IS(tsnd_dtq(id, 0, 1), E_ID);
        IS(trcv_dtq(id, &word, 1), E_ID);
        IS(trcv_mbx(id, &message, 1), E_ID);
        IS(tget_mpf(id, &block, 1), E_ID);
        IS(ter_tsk(id == 0 ? 99 : id), E_ID);
        IS(stp_cyc(id), E_ID);
    }
    /* One more than there are. */
    IS(pol_sem(SERIAL_SND_SEM1 + 1), E_ID);
    IS(vdis_int(1), E_PAR);
}

static void fills(void)
{
    IS(isig_sem(FIFO_SEM), E_OK);
    IS(isig_sem(FIFO_SEM), E_OK);
    IS(isig_sem(FIFO_SEM), E_QOVR);
    IS(iwup_tsk(DRIVER), E_OK);
    IS(iwup_tsk(DRIVER), E_QOVR);
    IS(ifsnd_dtq(99, 0), E_ID);
    IS(ifsnd_dtq(FIFO_DTQ, (VP_INT)1), E_OK);
    IS(ipsnd_dtq(FIFO_DTQ, (VP_INT)2), E_OK);
    IS(ipsnd_dtq(FIFO_DTQ, (VP_INT)3), E_OK);
    IS(ipsnd_dtq(FIFO_DTQ, (VP_INT)4), E_TMOUT);
    IS(ifsnd_dtq(FIFO_DTQ, (VP_INT)5), E_OK);
}

static void from_handlers(void)
{
    in_handler(fills);
    IS(pol_sem(FIFO_SEM), E_OK);
    IS(pol_sem(FIFO_SEM), E_OK);
    IS(pol_sem(FIFO_SEM), E_TMOUT);
    IS(can_wup(TSK_SELF), 1);
    IS(prcv_dtq(FIFO_DTQ, &word), E_OK);
    IS(word, 2);
}

static void note_e(void) { event('e'); }
static void note_E(void) { event('E'); }
static void rotates(void) { IS(irot_rdq(DRIVER_PRIORITY), E_OK); event('i'); }

/* The rest of what nothing else does well. */
static void successes(void)
{
    static T_MSG letter;
    SYSLOG log = { LOG_TYPE_COMMENT, 0, { (VP_INT)"a record", 0, 0, 0, 0, 0 } };
    IS(snd_mbx(FIFO_MBX, &letter), E_OK);
    IS(trcv_mbx(FIFO_MBX, &message, 1), E_OK);
    IS(message, &letter);
    IS(vwri_log(LOG_DEBUG, &log), E_OK);
    let(EQUAL1, note_e);
    let(EQUAL2, note_E);
    /* The running task goes behind its equals. */
    in_handler(rotates);
    HAPPENED("ieE");
}

static void sleeps(void) { got = tslp_tsk(1000); event('s'); }
static void waits(void) { got = wai_flg(FLAG, 1, TWF_ORW, &pattern); event('f'); }
static void waits_soon(void) { got = twai_flg(FLAG, 1, TWF_ORW, &pattern, 3); event('f'); }
static void releases(void) { IS(irel_wai(HIGH1), E_OK); event('i'); }
static void sets(void) { IS(iset_flg(FLAG, 5), E_OK); event('i'); }

static void alone(void)
{
    let(HIGH1, sleeps);
    IS(rel_wai(HIGH1), E_OK);
    IS(got, E_RLWAI);
    let(HIGH1, sleeps);
    in_handler(releases);
    IS(got, E_RLWAI);
    HAPPENED("sis");
    pattern = 0x55;
    let(HIGH1, waits);
    IS(twai_flg(FLAG, 8, TWF_ORW, &pattern, 1), E_ILUSE);
    IS(rel_wai(HIGH1), E_OK);
    IS(got, E_RLWAI);
    let(HIGH1, waits_soon);
    IS(rel_wai(HIGH1), E_OK);
    IS(got, E_RLWAI);
    IS(pattern, 0x55);
    /* Another may wait now; a bit that nobody waits for releases nobody. */
    let(HIGH1, waits_soon);
    IS(set_flg(FLAG, 2), E_OK);
    HAPPENED("ff");
    in_handler(sets);
    HAPPENED("if");
    IS(got, E_OK);
    IS(pattern, 7);
    IS(clr_flg(FLAG, 0), E_OK);
    let(HIGH1, waits_soon);
    IS(ter_tsk(HIGH1), E_OK);
    IS(set_flg(FLAG, 1), E_OK);
    IS(pol_flg(FLAG, 1, TWF_ANDW, &pattern), E_OK);
    for (TMO time = 1; time < 5; time++) {
        UW before = aligned_time();
        IS(twai_flg(CLR_FLAG, 1, TWF_ANDW, &pattern, time), E_TMOUT);
        IS(milliseconds() - before, time + 1);
    }
}

const struct test number_tests[] = {
    { "numbers that nothing has", numbers },
    { "counters filled by handlers", from_handlers },
    { "waits of one task", alone },
    { "what is left to do well", successes },
    { NULL, NULL },
};
