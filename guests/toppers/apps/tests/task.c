/* Tasks: activation, end, priorities, exceptions. Names of the cases say what they are about. */
#include "tests.h"
#include "kernel_id.h"

static void note_h(void) { event('h'); }
static void note_H(void) { event('H'); }
static void note_e(void) { event('e'); }
static void note_E(void) { event('E'); }
static void note_l(void) { event('l'); }
static void sleep_l(void) { event('l'); IS(slp_tsk(), E_OK); event('L'); }

static void activation(void)
{
    IS(act_tsk(0), E_OK);
    IS(act_tsk(TSK_SELF), E_QOVR);
    IS(can_act(TSK_SELF), 1);
    IS(can_act(TSK_SELF), 0);
    IS(act_tsk(-1), E_ID);
    IS(act_tsk(99), E_ID);
    IS(can_act(99), E_ID);
    let(HIGH1, note_h);
    event('d');
    let(LOW1, note_l);
    let(EQUAL1, note_e);
    event('d');
    IS(rot_rdq(TPRI_SELF), E_OK);
    event('d');
    IS(act_tsk(LOW1), E_OK);
    IS(act_tsk(LOW1), E_QOVR);
    IS(dly_tsk(2), E_OK);
    HAPPENED("hdded" "ll");
}

static void restarts(void)
{
    event('x');
    if (job[0] == NULL) {
        job[0] = note_l;
        IS(act_tsk(TSK_SELF), E_OK);
        IS(chg_pri(TSK_SELF, 2), E_OK);
        IS(ext_tsk(), E_OK);
    } else {
        PRI priority;
        IS(get_pri(TSK_SELF, &priority), E_OK);
        IS(priority, HIGH);
    }
}

/* A queued activation starts the task anew, from its first stack word and with its initial priority. */
static void end_with_activation(void)
{
    job[0] = NULL;
    let(HIGH1, restarts);
    HAPPENED("xx");
    IS(can_act(HIGH1), 0);
}

static void ends_locked(void) { IS(loc_cpu(), E_OK); event('k'); }
static void ends_held(void) { IS(dis_dsp(), E_OK); event('k'); }

static void end_while_locked(void)
{
    let(HIGH1, ends_locked);
    IS(sns_loc(), FALSE);
    let(HIGH1, ends_held);
    IS(sns_dsp(), FALSE);
    HAPPENED("kk");
}

static void termination(void)
{
    IS(ter_tsk(TSK_SELF), E_ID);
    IS(ter_tsk(DRIVER), E_ILUSE);
    IS(ter_tsk(99), E_ID);
    IS(ter_tsk(LOW1), E_OBJ);
    let(LOW1, note_l);
    IS(ter_tsk(LOW1), E_OK);
    IS(dly_tsk(1), E_OK);
    HAPPENED("");
    let(LOW1, sleep_l);
    IS(dly_tsk(1), E_OK);
    IS(act_tsk(LOW1), E_OK);
    job[LOW1] = note_e;
    IS(ter_tsk(LOW1), E_OK);
    IS(dly_tsk(1), E_OK);
    HAPPENED("le");
}

/* A waiting task that is more urgent, with a queued activation: ter_tsk dispatches it at once. */
static void termination_dispatches(void)
{
    let(HIGH1, sleep_l);
    IS(act_tsk(HIGH1), E_OK);
    job[HIGH1] = note_h;
    event('d');
    IS(ter_tsk(HIGH1), E_OK);
    event('d');
    HAPPENED("ldhd");
}

static void priorities(void)
{
    PRI priority = 77;
    IS(chg_pri(99, 1), E_ID);
    IS(chg_pri(LOW1, 0), E_OBJ);
    IS(chg_pri(TSK_SELF, 17), E_PAR);
    IS(chg_pri(TSK_SELF, -1), E_PAR);
    IS(chg_pri(LOW1, 17), E_PAR);
    IS(get_pri(LOW1, &priority), E_OBJ);
    IS(get_pri(-5, &priority), E_ID);
    IS(priority, 77);
    IS(get_pri(TSK_SELF, &priority), E_OK);
    IS(priority, DRIVER_PRIORITY);
    let(EQUAL1, note_e);
    event('d');
    /* To the same priority: behind its equals, and dispatches. */
    IS(chg_pri(TSK_SELF, DRIVER_PRIORITY), E_OK);
    event('d');
    let(LOW1, note_l);
    IS(chg_pri(LOW1, 7), E_OK);
    event('d');
    let(EQUAL1, note_e);
    let(EQUAL2, note_E);
    IS(chg_pri(TSK_SELF, LOW), E_OK);
    event('d');
    IS(chg_pri(TSK_SELF, TPRI_INI), E_OK);
    IS(get_pri(TSK_SELF, &priority), E_OK);
    IS(priority, DRIVER_PRIORITY);
    HAPPENED("dedldeEd");
}

static void rotation(void)
{
    IS(rot_rdq(17), E_PAR);
    IS(rot_rdq(-1), E_PAR);
    let(LOW1, note_l);
    let(LOW2, note_E);
    IS(rot_rdq(LOW), E_OK);
    IS(dly_tsk(1), E_OK);
    HAPPENED("El");
}

static void in_exception(void)
{
    event('(');
    IS(sns_tex(), TRUE);
    if (exception_pattern & 1)
        IS(ras_tex(TSK_SELF, 0x10), E_OK);
    if (exception_pattern & 2) {
        IS(ras_tex(TSK_SELF, 0x20), E_OK);
        event('n');
        IS(ena_tex(), E_OK);
        event('N');
    }
    if (exception_pattern & 4)
        IS(loc_cpu(), E_OK);
    if (exception_pattern & 8)
        IS(dis_dsp(), E_OK);
    event(')');
}

static void exceptions(void)
{
    exception_job = in_exception;
    IS(sns_tex(), TRUE);
    IS(ras_tex(99, 1), E_ID);
    IS(ras_tex(TSK_SELF, 0), E_PAR);
    IS(ras_tex(HIGH1, 1), E_OBJ);
    IS(ras_tex(EQUAL1, 1), E_OBJ);
    /* Requests while they are disabled gather. */
    IS(ras_tex(TSK_SELF, 0x100), E_OK);
    IS(ras_tex(TSK_SELF, 0x200), E_OK);
    event('a');
    IS(ena_tex(), E_OK);
    IS(exception_pattern, 0x300);
    event('b');
    IS(ras_tex(TSK_SELF, 1), E_OK);
    IS(exception_pattern, 0x10);
    event('c');
    IS(ras_tex(TSK_SELF, 2), E_OK);
    event('d');
    IS(sns_tex(), FALSE);
    IS(ras_tex(TSK_SELF, 4), E_OK);
    IS(sns_loc(), FALSE);
    IS(ras_tex(TSK_SELF, 8), E_OK);
    IS(sns_dsp(), TRUE);
    IS(ena_dsp(), E_OK);
    IS(dis_tex(), E_OK);
    IS(sns_tex(), TRUE);
    HAPPENED("a()b()()c(n()N)d()()");
}

static void without_routine(void)
{
    IS(ena_tex(), E_OBJ);
    IS(dis_tex(), E_OBJ);
    event('w');
}

static void sleeps_open(void)
{
    IS(ena_tex(), E_OK);
    IS(slp_tsk(), E_OK);
    event('s');
}

/* For a sleeping task: at its next dispatch, before its wait call returns. */
static void exception_in_wait(void)
{
    let(HIGH1, sleeps_open);
    IS(ras_tex(HIGH1, 1), E_OK);
    event('d');
    IS(wup_tsk(HIGH1), E_OK);
    HAPPENED("dts");
    let(EQUAL1, without_routine);
    IS(rot_rdq(TPRI_SELF), E_OK);
    HAPPENED("w");
    /* The end of a task forgets its requests. */
    let(HIGH1, sleeps_open);
    IS(ras_tex(HIGH1, 1), E_OK);
    IS(ter_tsk(HIGH1), E_OK);
    let(HIGH1, note_H);
    HAPPENED("H");
}

void helper_exception(TEXPTN pattern, VP_INT exinf)
{
    JOB body = helper_job;
    (void)exinf;
    helper_pattern = pattern;
    if (body != NULL)
        body();
    else
        event('t');
}

void driver_exception(TEXPTN pattern, VP_INT exinf)
{
    JOB body = exception_job;
    (void)exinf;
    exception_pattern = pattern;
    if (body != NULL)
        body();
}

const struct test task_tests[] = {
    { "act_tsk, can_act", activation },
    { "the end of a task with a queued activation", end_with_activation },
    { "the end of a task with the CPU locked or dispatching disabled", end_while_locked },
    { "ter_tsk", termination },
    { "ter_tsk of a waiting task with a queued activation", termination_dispatches },
    { "chg_pri, get_pri", priorities },
    { "rot_rdq", rotation },
    { "task exceptions of the running task", exceptions },
    { "task exceptions of a waiting task", exception_in_wait },
    { NULL, NULL },
};
