/* Data queues, mailboxes, memory pools. */
#include "tests.h"
#include "kernel_id.h"

static VP_INT word[8];
static volatile ER got[8];
static T_MSG *message;
static VP block;

static void receives(void) { got[0] = rcv_dtq(FIFO_DTQ, &word[0]); event('r'); }
static void receives_later(void) { got[0] = trcv_dtq(FIFO_DTQ, &word[0], 2); event('r'); }
static void meets(void) { got[0] = rcv_dtq(MEET_DTQ, &word[0]); event('r'); }
static void sends_33(void) { got[1] = snd_dtq(FIFO_DTQ, (VP_INT)33); event('w'); }
static void offers(void) { got[1] = snd_dtq(MEET_DTQ, (VP_INT)44); event('w'); }
static void sends_h(void) { got[1] = snd_dtq(PRI_DTQ, (VP_INT)10); event('h'); }
static void sends_l(void) { got[2] = snd_dtq(PRI_DTQ, (VP_INT)20); event('l'); }
static void sends_soon(void) { got[1] = tsnd_dtq(PRI_DTQ, (VP_INT)30, 2); event('w'); }
static void gets_mail(void) { got[0] = rcv_mbx(PRI_MBX, &message); event('m'); }
static void gets_mail_soon(void) { got[0] = trcv_mbx(PRI_MBX, &message, 2); event('m'); }
static void gets_block(void) { got[0] = get_mpf(PRI_MPF, &block); event('b'); }
static void gets_block_soon(void) { got[0] = tget_mpf(PRI_MPF, &block, 2); event('b'); }
static void gets_block_l(void) { got[2] = get_mpf(PRI_MPF, &word[2]); event('l'); }

static INT next(ID queue)
{
    VP_INT found;
    ER ercd = prcv_dtq(queue, &found);
    return ercd == E_OK ? (INT)found : ercd;
}

static void queues(void)
{
    VP_INT found = (VP_INT)0x5a;
    IS(snd_dtq(99, 0), E_ID);
    IS(psnd_dtq(0, 0), E_ID);
    IS(tsnd_dtq(FIFO_DTQ, 0, -2), E_PAR);
    IS(fsnd_dtq(99, 0), E_ID);
    IS(rcv_dtq(99, &found), E_ID);
    IS(prcv_dtq(99, &found), E_ID);
    IS(trcv_dtq(FIFO_DTQ, &found, -5), E_PAR);
    IS(prcv_dtq(FIFO_DTQ, &found), E_TMOUT);
    IS(trcv_dtq(FIFO_DTQ, &found, 1), E_TMOUT);
    IS(found, 0x5a);
    IS(snd_dtq(FIFO_DTQ, (VP_INT)1), E_OK);
    IS(psnd_dtq(FIFO_DTQ, (VP_INT)2), E_OK);
    IS(tsnd_dtq(FIFO_DTQ, (VP_INT)3, 5), E_OK);
    IS(psnd_dtq(FIFO_DTQ, (VP_INT)4), E_TMOUT);
    IS(tsnd_dtq(FIFO_DTQ, (VP_INT)4, 1), E_TMOUT);
    /* By force: the oldest goes. */
    IS(fsnd_dtq(FIFO_DTQ, (VP_INT)5), E_OK);
    IS(next(FIFO_DTQ), 2);
    IS(rcv_dtq(FIFO_DTQ, &found), E_OK);
    IS(found, 3);
    IS(next(FIFO_DTQ), 5);
    IS(next(FIFO_DTQ), E_TMOUT);
}

static void queue_waits(void)
{
    let(HIGH1, receives);
    IS(psnd_dtq(FIFO_DTQ, (VP_INT)7), E_OK);
    IS(word[0], 7);
    let(HIGH1, receives);
    IS(fsnd_dtq(FIFO_DTQ, (VP_INT)8), E_OK);
    IS(word[0], 8);
    HAPPENED("rr");
    let(HIGH1, receives_later);
    IS(dly_tsk(5), E_OK);
    IS(got[0], E_TMOUT);
    IS(word[0], 8);
    HAPPENED("r");
    /* Full, with a sender that waits: force takes the oldest, the sender goes on waiting. */
    IS(psnd_dtq(FIFO_DTQ, (VP_INT)1), E_OK);
    IS(psnd_dtq(FIFO_DTQ, (VP_INT)2), E_OK);
    IS(psnd_dtq(FIFO_DTQ, (VP_INT)3), E_OK);
    let(HIGH1, sends_33);
    IS(fsnd_dtq(FIFO_DTQ, (VP_INT)4), E_OK);
    HAPPENED("");
    IS(next(FIFO_DTQ), 2);
    HAPPENED("w");
    IS(next(FIFO_DTQ), 3);
    IS(next(FIFO_DTQ), 4);
    IS(next(FIFO_DTQ), 33);
    IS(next(FIFO_DTQ), E_TMOUT);
}

static void queue_of_no_size(void)
{
    VP_INT found;
    IS(psnd_dtq(MEET_DTQ, (VP_INT)1), E_TMOUT);
    IS(prcv_dtq(MEET_DTQ, &found), E_TMOUT);
    IS(fsnd_dtq(MEET_DTQ, (VP_INT)1), E_ILUSE);
    let(HIGH1, meets);
    IS(psnd_dtq(MEET_DTQ, (VP_INT)9), E_OK);
    IS(word[0], 9);
    let(HIGH1, offers);
    IS(next(MEET_DTQ), 44);
    IS(got[1], E_OK);
    HAPPENED("rw");
}

static void senders_by_priority(void)
{
    IS(psnd_dtq(PRI_DTQ, (VP_INT)1), E_OK);
    let(LOW1, sends_l);
    IS(dly_tsk(1), E_OK);
    let(HIGH1, sends_h);
    IS(next(PRI_DTQ), 1);
    IS(next(PRI_DTQ), 10);
    IS(next(PRI_DTQ), 20);
    IS(dly_tsk(1), E_OK);
    HAPPENED("hl");
    IS(psnd_dtq(PRI_DTQ, (VP_INT)1), E_OK);
    let(HIGH1, sends_soon);
    IS(dly_tsk(5), E_OK);
    IS(got[1], E_TMOUT);
    IS(next(PRI_DTQ), 1);
    IS(next(PRI_DTQ), E_TMOUT);
}

static void mailboxes(void)
{
    static T_MSG plain[2];
    static T_MSG_PRI letters[4];
    T_MSG *found = NULL;
    IS(snd_mbx(99, plain), E_ID);
    IS(snd_mbx(FIFO_MBX, NULL), E_PAR);
    IS(rcv_mbx(99, &found), E_ID);
    IS(prcv_mbx(0, &found), E_ID);
    IS(trcv_mbx(FIFO_MBX, &found, -2), E_PAR);
    IS(prcv_mbx(FIFO_MBX, &found), E_TMOUT);
    IS(trcv_mbx(FIFO_MBX, &found, 1), E_TMOUT);
    IS(found, NULL);
    IS(snd_mbx(FIFO_MBX, &plain[0]), E_OK);
    IS(snd_mbx(FIFO_MBX, &plain[1]), E_OK);
    IS(rcv_mbx(FIFO_MBX, &found), E_OK);
    IS(found, &plain[0]);
    IS(prcv_mbx(FIFO_MBX, &found), E_OK);
    IS(found, &plain[1]);
    letters[0].msgpri = 5;
    letters[1].msgpri = 2;
    letters[2].msgpri = 5;
    letters[3].msgpri = 9;
    IS(snd_mbx(PRI_MBX, (T_MSG *)&letters[3]), E_PAR);
    letters[3].msgpri = 0;
    IS(snd_mbx(PRI_MBX, (T_MSG *)&letters[3]), E_PAR);
    for (int i = 0; i < 3; i++)
        IS(snd_mbx(PRI_MBX, (T_MSG *)&letters[i]), E_OK);
    IS(prcv_mbx(PRI_MBX, &found), E_OK);
    IS(found, &letters[1]);
    IS(prcv_mbx(PRI_MBX, &found), E_OK);
    IS(found, &letters[0]);
    IS(prcv_mbx(PRI_MBX, &found), E_OK);
    IS(found, &letters[2]);
    let(HIGH1, gets_mail);
    IS(snd_mbx(PRI_MBX, (T_MSG *)&letters[1]), E_OK);
    IS(message, &letters[1]);
    let(HIGH1, gets_mail_soon);
    IS(dly_tsk(5), E_OK);
    IS(got[0], E_TMOUT);
    HAPPENED("mm");
}

static void pools(void)
{
    VP first = NULL, second = NULL, third = (VP)0x5a;
    IS(get_mpf(99, &first), E_ID);
    IS(pget_mpf(0, &first), E_ID);
    IS(tget_mpf(FIFO_MPF, &first, -2), E_PAR);
    IS(rel_mpf(99, &first), E_ID);
    IS(get_mpf(FIFO_MPF, &first), E_OK);
    IS(tget_mpf(FIFO_MPF, &second, 5), E_OK);
    IS(first != NULL && second != NULL && first != second, TRUE);
    IS(((UW)first | (UW)second) % sizeof(VP), 0);
    /* Exhausted. */
    IS(pget_mpf(FIFO_MPF, &third), E_TMOUT);
    IS(tget_mpf(FIFO_MPF, &third, 1), E_TMOUT);
    IS(third, 0x5a);
    IS(rel_mpf(FIFO_MPF, (VB *)first + 4), E_PAR);
    IS(rel_mpf(FIFO_MPF, &first), E_PAR);
    IS(rel_mpf(FIFO_MPF, first), E_OK);
    IS(pget_mpf(FIFO_MPF, &third), E_OK);
    IS(third, first);
    IS(rel_mpf(FIFO_MPF, first), E_OK);
    IS(rel_mpf(FIFO_MPF, second), E_OK);
}

static void pool_waits(void)
{
    VP own;
    IS(pget_mpf(PRI_MPF, &own), E_OK);
    let(LOW1, gets_block_l);
    IS(dly_tsk(1), E_OK);
    let(HIGH1, gets_block);
    IS(rel_mpf(PRI_MPF, own), E_OK);
    IS(block, own);
    IS(got[0], E_OK);
    IS(rel_mpf(PRI_MPF, own), E_OK);
    IS(dly_tsk(1), E_OK);
    IS(word[2], own);
    HAPPENED("bl");
    let(HIGH1, gets_block_soon);
    IS(dly_tsk(5), E_OK);
    IS(got[0], E_TMOUT);
    IS(rel_mpf(PRI_MPF, own), E_OK);
}

const struct test object_tests[] = {
    { "data queues", queues },
    { "waiting at a data queue", queue_waits },
    { "a data queue of size 0", queue_of_no_size },
    { "senders by priority", senders_by_priority },
    { "mailboxes", mailboxes },
    { "memory pools, also exhausted", pools },
    { "waiting for a block", pool_waits },
    { NULL, NULL },
};
