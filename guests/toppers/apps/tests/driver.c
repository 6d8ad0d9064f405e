/* The driver: runs the cases, counts, and says what came of them. */
#include "tests.h"
#include "kernel_id.h"

#define EVENTS 64
/* From the system file's params: milliseconds until the tests begin, so that others may boot; 1 if a handler shall end the kernel. */
UW __spumone_params[2] __attribute__((used));

volatile JOB job[8];
volatile JOB exception_job;
volatile TEXPTN exception_pattern;
volatile JOB fault_job;
volatile JOB helper_job;
volatile TEXPTN helper_pattern;
unsigned failures;
static volatile JOB cycle_job;
static volatile int cycle_done;
static char events[EVENTS];
static volatile unsigned count;
static unsigned checks, passed, failed;

void say(const char *text)
{
    while (*text != '\0')
        sys_putc(*text++);
}

void say_number(INT number)
{
    char digits[12];
    int i = 11;
    UW rest = number < 0 ? -(UW)number : (UW)number;

    digits[i] = '\0';
    do {
        digits[--i] = '0' + rest % 10;
        rest /= 10;
    } while (rest != 0);
    if (number < 0)
        digits[--i] = '-';
    say(digits + i);
}

static void wrong(const char *file, int line, const char *what)
{
    const char *name = file;
    for (; *file != '\0'; file++)
        if (*file == '/')
            name = file + 1;
    failures++;
    say("tests: FAIL ");
    say(name);
    say(":");
    say_number(line);
    say(": ");
    say(what);
}

void is(const char *file, int line, const char *what, INT found, INT expected)
{
    checks++;
    if (found == expected)
        return;
    wrong(file, line, what);
    say(" is ");
    say_number(found);
    say(", not ");
    say_number(expected);
    say("\n");
}

void event(char c)
{
    if (count < EVENTS - 1)
        events[count++] = c;
    events[count] = '\0';
}

void happened(const char *file, int line, const char *expected)
{
    const char *found = events;
    checks++;
    while (*found != '\0' && *found == *expected)
        found++, expected++;
    if (*found != *expected) {
        wrong(file, line, "the order of events: ");
        say(events);
        say("\n");
    }
    count = 0;
    events[0] = '\0';
}

void helper(VP_INT exinf)
{
    JOB body = job[(INT)exinf];
    if (body != NULL)
        body();
}

void let(ID task, JOB body)
{
    job[task] = body;
    syscall(act_tsk(task));
}

void in_cycle(VP_INT exinf)
{
    JOB body = cycle_job;
    (void)exinf;
    if (body != NULL) {
        cycle_job = NULL;
        body();
        cycle_done = 1;
    }
}

void in_handler(JOB body)
{
    cycle_done = 0;
    cycle_job = body;
    syscall(sta_cyc(IN_CYCLE));
    while (!cycle_done)
        ;
    syscall(stp_cyc(IN_CYCLE));
}

void tidy(void)
{
    VP_INT word;
    T_MSG *message;

    (void)ena_dsp();
    for (ID task = HIGH1; task <= LOW2; task++) {
        (void)can_act(task);
        (void)ter_tsk(task);
        job[task] = NULL;
    }
    (void)can_wup(TSK_SELF);
    (void)chg_pri(TSK_SELF, TPRI_INI);
    (void)chg_ipm(0);
    (void)dis_tex();
    helper_job = NULL;
    while (pol_sem(FIFO_SEM) == E_OK)
        ;
    while (pol_sem(PRI_SEM) == E_OK)
        ;
    (void)clr_flg(FLAG, 0);
    (void)clr_flg(CLR_FLAG, 0);
    for (ID queue = FIFO_DTQ; queue <= MEET_DTQ; queue++)
        while (prcv_dtq(queue, &word) == E_OK)
            ;
    for (ID box = FIFO_MBX; box <= PRI_MBX; box++)
        while (prcv_mbx(box, &message) == E_OK)
            ;
    count = 0;
    events[0] = '\0';
}

static void run(const struct test *tests)
{
    for (; tests->name != NULL; tests++) {
        failures = 0;
        checks = 0;
        tidy();
        tests->body();
        if (failures == 0 && checks > 0) {
            passed++;
            say("tests: PASS ");
        } else {
            failed++;
            say("tests: FAIL ");
        }
        say(tests->name);
        say(" (");
        say_number(checks);
        say(" checks)\n");
    }
}

void driver(VP_INT exinf)
{
    (void)exinf;
    (void)dly_tsk(*(volatile UW *)__spumone_params);
    run(task_tests);
    run(sync_tests);
    run(object_tests);
    run(context_tests);
    run(system_tests);
    run(number_tests);
    run(time_tests);
    run(order_tests);
    run(nested_tests);
    run(coverage_tests);
    say("tests: ");
    say_number(passed);
    say(" passed, ");
    say_number(failed);
    say(failed == 0 ? " failed\n" : " FAILED\n");
    if (failed != 0)
        kernel_abort();
    if (((volatile UW *)__spumone_params)[1])
        in_handler(kernel_exit);
    kernel_exit();
}
