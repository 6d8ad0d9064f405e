/* Task exceptions of tasks that wait, with waits and exceptions inside. */
#include "tests.h"
#include "kernel_id.h"

static VP_INT word;
static volatile ER outer, inner;

static void receives_open(void)
{
    IS(ena_tex(), E_OK);
    outer = rcv_dtq(FIFO_DTQ, &word);
    event('r');
}

static void sleeps_open(void)
{
    IS(ena_tex(), E_OK);
    outer = tslp_tsk(4);
    event('s');
}

/* Pattern 1 waits for a semaphore, then lets others in; 2 waits for a time; 4 ends the task. */
static void waits_inside(void)
{
    TEXPTN pattern = helper_pattern;
    event(pattern == 1 ? '(' : '[');
    IS(sns_tex(), TRUE);
    if (pattern == 1) {
        inner = wai_sem(FIFO_SEM);
        event('i');
        IS(ena_tex(), E_OK);
        IS(sns_tex(), FALSE);
    }
    if (pattern == 2)
        IS(dly_tsk(2), E_OK);
    if (pattern == 4)
        (void)ext_tsk();
    event(pattern == 1 ? ')' : ']');
}

/* What the task has received before its routine waits is still there afterwards. */
static void keeps_what_it_got(void)
{
    helper_job = waits_inside;
    word = 0;
    let(HIGH1, receives_open);
    IS(ras_tex(HIGH1, 1), E_OK);
    HAPPENED("");
    IS(psnd_dtq(FIFO_DTQ, (VP_INT)7), E_OK);
    HAPPENED("(");
    IS(word, 0);
    /* The routine waits, not the call: this word stays. */
    IS(psnd_dtq(FIFO_DTQ, (VP_INT)8), E_OK);
    IS(ras_tex(HIGH1, 2), E_OK);
    HAPPENED("");
    IS(sig_sem(FIFO_SEM), E_OK);
    HAPPENED("i[");
    IS(dly_tsk(4), E_OK);
    HAPPENED("])r");
    IS(inner, E_OK);
    IS(outer, E_OK);
    IS(word, 7);
    IS(prcv_dtq(FIFO_DTQ, &word), E_OK);
    IS(word, 8);
}

/* Each wait has its own result: the outer one's time is over, the inner one is released by force. */
static void own_results(void)
{
    helper_job = waits_inside;
    let(HIGH1, sleeps_open);
    IS(ras_tex(HIGH1, 1), E_OK);
    IS(dly_tsk(6), E_OK);
    HAPPENED("(");
    IS(rel_wai(HIGH1), E_OK);
    HAPPENED("i)s");
    IS(inner, E_RLWAI);
    IS(outer, E_TMOUT);
    let(HIGH1, sleeps_open);
    IS(ras_tex(HIGH1, 1), E_OK);
    IS(rel_wai(HIGH1), E_OK);
    HAPPENED("(");
    IS(sig_sem(FIFO_SEM), E_OK);
    HAPPENED("i)s");
    IS(inner, E_OK);
    IS(outer, E_RLWAI);
}

/* A time-out of the outer wait does not end the inner one. */
static void no_time_is_left_over(void)
{
    helper_job = waits_inside;
    let(HIGH1, sleeps_open);
    IS(ras_tex(HIGH1, 1), E_OK);
    IS(wup_tsk(HIGH1), E_OK);
    HAPPENED("(");
    IS(dly_tsk(10), E_OK);
    HAPPENED("");
    IS(sig_sem(FIFO_SEM), E_OK);
    HAPPENED("i)s");
    IS(outer, E_OK);
}

static void ends_inside(void)
{
    helper_job = waits_inside;
    let(HIGH1, sleeps_open);
    IS(ras_tex(HIGH1, 4), E_OK);
    IS(wup_tsk(HIGH1), E_OK);
    HAPPENED("[");
    IS(ter_tsk(HIGH1), E_OBJ);
    /* Ended from outside while the routine waits. */
    let(HIGH1, sleeps_open);
    IS(ras_tex(HIGH1, 1), E_OK);
    IS(wup_tsk(HIGH1), E_OK);
    HAPPENED("(");
    IS(ras_tex(HIGH1, 2), E_OK);
    IS(ter_tsk(HIGH1), E_OK);
    IS(sig_sem(FIFO_SEM), E_OK);
    IS(pol_sem(FIFO_SEM), E_OK);
    /* It begins anew without requests, its exceptions disabled. */
    let(HIGH1, sleeps_open);
    IS(wup_tsk(HIGH1), E_OK);
    HAPPENED("s");
}

static void raises(void) { IS(iras_tex(HIGH1, 2), E_OK); IS(iwup_tsk(HIGH1), E_OK); event('x'); }

static void from_a_handler(void)
{
    helper_job = waits_inside;
    let(HIGH1, sleeps_open);
    in_handler(raises);
    HAPPENED("x[");
    IS(dly_tsk(4), E_OK);
    HAPPENED("]s");
    IS(outer, E_OK);
}

const struct test nested_tests[] = {
    { "a word received before the exception routine waits", keeps_what_it_got },
    { "results of a wait and of the wait in its exception routine", own_results },
    { "time-outs and waits in an exception routine", no_time_is_left_over },
    { "the end of a task in its exception routine", ends_inside },
    { "an exception from a handler, of a task that waits", from_a_handler },
    { NULL, NULL },
};
