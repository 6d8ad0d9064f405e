/* Three tasks wait for the same, whatever it is: who is released in which order, by gift, by force, by time, and around a task that ends. */
#include "tests.h"
#include "kernel_id.h"

enum { FIRST_COME, BY_PRIORITY };

struct queue {
    const char *name;
    INT order;
    /* Leaves nothing to take, or no room. */
    void (*prepare)(void);
    ER (*wait)(TMO tmout);
    /* Releases the first. */
    void (*give)(void);
};

static const struct queue *queue;
static TMO patience[3];
static ER got[3];
static VP_INT word;
static T_MSG *letter;
static VP blocks[2];

static void nothing(void) {}
static void give_fifo_sem(void) { IS(sig_sem(FIFO_SEM), E_OK); }
static void give_pri_sem(void) { IS(sig_sem(PRI_SEM), E_OK); }
static ER fifo_sem(TMO t) { return t == TMO_FEVR ? wai_sem(FIFO_SEM) : twai_sem(FIFO_SEM, t); }
static ER pri_sem(TMO t) { return t == TMO_FEVR ? wai_sem(PRI_SEM) : twai_sem(PRI_SEM, t); }

static void fill(ID id)
{
    while (psnd_dtq(id, 0) == E_OK)
        ;
}
static void fill_fifo(void) { fill(FIFO_DTQ); }
static void fill_pri(void) { fill(PRI_DTQ); }
static ER send_fifo(TMO t) { return t == TMO_FEVR ? snd_dtq(FIFO_DTQ, 0) : tsnd_dtq(FIFO_DTQ, 0, t); }
static ER send_pri(TMO t) { return t == TMO_FEVR ? snd_dtq(PRI_DTQ, 0) : tsnd_dtq(PRI_DTQ, 0, t); }
static void take_fifo(void) { IS(prcv_dtq(FIFO_DTQ, &word), E_OK); }
static void take_pri(void) { IS(rcv_dtq(PRI_DTQ, &word), E_OK); }
static ER offer(TMO t) { return t == TMO_FEVR ? snd_dtq(MEET_DTQ, 0) : tsnd_dtq(MEET_DTQ, 0, t); }
static void take_offer(void) { IS(trcv_dtq(MEET_DTQ, &word, 1), E_OK); }
static ER receive(ID id, TMO t)
{
    VP_INT found;
    return t == TMO_FEVR ? rcv_dtq(id, &found) : trcv_dtq(id, &found, t);
}
static ER receive_fifo(TMO t) { return receive(FIFO_DTQ, t); }
/* TA_TPRI orders senders only. */
static ER receive_pri(TMO t) { return receive(PRI_DTQ, t); }
static ER meet(TMO t) { return receive(MEET_DTQ, t); }
static void send_one(void) { IS(snd_dtq(FIFO_DTQ, 0), E_OK); }
static void send_one_more(void) { IS(tsnd_dtq(PRI_DTQ, 0, 1), E_OK); }
static void meet_one(void) { IS(psnd_dtq(MEET_DTQ, 0), E_OK); }

static T_MSG plain;
static T_MSG_PRI urgent;
static ER fifo_mail(TMO t) { return t == TMO_FEVR ? rcv_mbx(FIFO_MBX, &letter) : trcv_mbx(FIFO_MBX, &letter, t); }
static ER pri_mail(TMO t) { return t == TMO_FEVR ? rcv_mbx(PRI_MBX, &letter) : trcv_mbx(PRI_MBX, &letter, t); }
static void write_fifo(void) { IS(snd_mbx(FIFO_MBX, &plain), E_OK); }
static void write_pri(void) { urgent.msgpri = 3; IS(snd_mbx(PRI_MBX, &urgent.msgque), E_OK); }

static void take_both(void) { IS(pget_mpf(FIFO_MPF, &blocks[0]), E_OK); IS(pget_mpf(FIFO_MPF, &blocks[1]), E_OK); }
static void take_one(void) { IS(pget_mpf(PRI_MPF, &blocks[0]), E_OK); }
static ER get_block(ID id, TMO t)
{
    VP found;
    return t == TMO_FEVR ? get_mpf(id, &found) : tget_mpf(id, &found, t);
}
static ER fifo_block(TMO t) { return get_block(FIFO_MPF, t); }
static ER pri_block(TMO t) { return get_block(PRI_MPF, t); }
/* Whoever gets it has the same block. */
static void back_fifo(void) { IS(rel_mpf(FIFO_MPF, blocks[0]), E_OK); }
static void back_pri(void) { IS(rel_mpf(PRI_MPF, blocks[0]), E_OK); }

static const struct queue queues[] = {
    { "semaphore", FIRST_COME, nothing, fifo_sem, give_fifo_sem },
    { "semaphore, TA_TPRI", BY_PRIORITY, nothing, pri_sem, give_pri_sem },
    { "senders", FIRST_COME, fill_fifo, send_fifo, take_fifo },
    { "senders, TA_TPRI", BY_PRIORITY, fill_pri, send_pri, take_pri },
    { "senders without room", FIRST_COME, nothing, offer, take_offer },
    { "receivers", FIRST_COME, nothing, receive_fifo, send_one },
    { "receivers, TA_TPRI", FIRST_COME, nothing, receive_pri, send_one_more },
    { "receivers without room", FIRST_COME, nothing, meet, meet_one },
    { "mailbox", FIRST_COME, nothing, fifo_mail, write_fifo },
    { "mailbox, TA_TPRI", BY_PRIORITY, nothing, pri_mail, write_pri },
    { "pool", FIRST_COME, take_both, fifo_block, back_fifo },
    { "pool, TA_TPRI", BY_PRIORITY, take_one, pri_block, back_pri },
};

static void low(void) { got[0] = queue->wait(patience[0]); event('l'); }
static void equal(void) { got[1] = queue->wait(patience[1]); event('e'); }
static void high(void) { got[2] = queue->wait(patience[2]); event('h'); }

/* They come in the order l, e, h, which is not that of their priorities. */
static void queue_up(TMO second)
{
    queue->prepare();
    patience[0] = patience[2] = TMO_FEVR;
    patience[1] = second;
    got[0] = got[1] = got[2] = 1;
    let(LOW1, low);
    IS(dly_tsk(1), E_OK);
    let(EQUAL1, equal);
    IS(rot_rdq(TPRI_SELF), E_OK);
    let(HIGH1, high);
    HAPPENED("");
}

static void give(void)
{
    queue->give();
    IS(dly_tsk(1), E_OK);
}

/* The object as it was: nobody waits, and what the pool had is in it. */
static void leave(void)
{
    tidy();
    if (queue->prepare == take_both)
        IS(rel_mpf(FIFO_MPF, blocks[1]), E_OK);
    if (queue->prepare == take_both)
        back_fifo();
    if (queue->prepare == take_one)
        back_pri();
}

#define ORDER(first_come, by_priority) HAPPENED(queue->order == FIRST_COME ? first_come : by_priority)

static void by_gift(void)
{
    queue_up(TMO_FEVR);
    give();
    ORDER("l", "h");
    give();
    ORDER("e", "e");
    give();
    ORDER("h", "l");
    IS(got[0], E_OK);
    IS(got[1], E_OK);
    IS(got[2], E_OK);
}

static void with_new_priorities(void)
{
    queue_up(TMO_FEVR);
    IS(chg_pri(LOW1, 2), E_OK);
    IS(chg_pri(HIGH1, 15), E_OK);
    give();
    ORDER("l", "l");
    give();
    ORDER("e", "e");
    give();
    ORDER("h", "h");
    leave();
    /* To the priority of another that waits: behind it. */
    queue_up(TMO_FEVR);
    IS(chg_pri(HIGH1, LOW), E_OK);
    give();
    ORDER("l", "e");
    give();
    ORDER("e", "l");
    give();
    ORDER("h", "h");
}

static void by_force(void)
{
    queue_up(TMO_FEVR);
    IS(rel_wai(EQUAL1), E_OK);
    IS(rot_rdq(TPRI_SELF), E_OK);
    ORDER("e", "e");
    IS(got[1], E_RLWAI);
    give();
    give();
    ORDER("lh", "hl");
    leave();
    /* With a time, the same. */
    queue_up(1000);
    IS(rel_wai(EQUAL1), E_OK);
    IS(rot_rdq(TPRI_SELF), E_OK);
    IS(got[1], E_RLWAI);
    HAPPENED("e");
}

static void by_time(void)
{
    queue_up(3);
    IS(dly_tsk(5), E_OK);
    ORDER("e", "e");
    IS(got[1], E_TMOUT);
    give();
    give();
    ORDER("lh", "hl");
}

static void around_an_end(void)
{
    queue_up(TMO_FEVR);
    IS(ter_tsk(queue->order == FIRST_COME ? LOW1 : HIGH1), E_OK);
    give();
    give();
    ORDER("eh", "el");
}

/* Released while it is suspended, it has what it waited for, and goes on later. */
static void while_suspended(void)
{
    ID first = queue->order == FIRST_COME ? LOW1 : HIGH1;
    queue_up(TMO_FEVR);
    IS(sus_tsk(first), E_OK);
    give();
    HAPPENED("");
    give();
    ORDER("e", "e");
    IS(rsm_tsk(first), E_OK);
    IS(dly_tsk(1), E_OK);
    ORDER("l", "h");
}

/* Never early, and one tick late at most. */
static void exactly(void)
{
    queue->prepare();
    for (TMO time = 1; time < 5; time++) {
        UW before = aligned_time();
        IS(queue->wait(time), E_TMOUT);
        IS(milliseconds() - before, time + 1);
    }
}

static void everywhere(JOB body)
{
    for (queue = queues; queue < queues + sizeof queues / sizeof queues[0]; queue++) {
        UINT before = failures;
        tidy();
        body();
        leave();
        if (failures != before) {
            say("tests: FAIL there: ");
            say(queue->name);
            say("\n");
        }
    }
}

static void gifts(void) { everywhere(by_gift); }
static void new_priorities(void) { everywhere(with_new_priorities); }
static void force(void) { everywhere(by_force); }
static void times(void) { everywhere(by_time); }
static void ends(void) { everywhere(around_an_end); }
static void suspended(void) { everywhere(while_suspended); }
static void exact(void) { everywhere(exactly); }

const struct test order_tests[] = {
    { "who waits is released in order", gifts },
    { "priorities that change while tasks wait", new_priorities },
    { "released by force", force },
    { "released by time", times },
    { "the end of a task that waits", ends },
    { "released while suspended", suspended },
    { "time-outs to the tick", exact },
    { NULL, NULL },
};
