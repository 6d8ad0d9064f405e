/* Events in their order, a character each; the judge compares. */
#include "levels.h"
#include "sil.h"
#include "kernel_id.h"

#define UNIT 0xffc20000u
#define TSTR ((VP)(UNIT + 0x04))
#define TCOR1 ((VP)(UNIT + 0x14))
#define TCNT1 ((VP)(UNIT + 0x18))
#define TCR1 ((VP)(UNIT + 0x1c))
/* 20 us and 2 ms at 12.5 MHz. */
#define SOON 250
#define LATER 25000

static volatile char events[64];
static volatile UW count, failures;
static volatile BOOL in_upper, upper_once, lower_in_upper;
/* What the lower handler does between its begin and its end, and what the upper one does. */
static void (*volatile lower_does)(void), (*volatile upper_does)(void);

static void say(const char *text)
{
    while (*text != '\0')
        sys_putc(*text++);
}

static void event(char c)
{
    events[count++ % 63] = c;
}

static void happened(const char *name, const char *expected)
{
    UW at = 0;
    while (at < count && expected[at] == events[at])
        at++;
    BOOL good = at == count && expected[at] == '\0';
    say(good ? "levels: PASS " : "levels: FAIL ");
    say(name);
    if (!good) {
        failures++;
        say(": ");
        for (at = 0; at < count; at++)
            sys_putc(events[at]);
    }
    say("\n");
    count = 0;
}

/* TMU4 once, after so many counts. */
static void lower_after(UW counts)
{
    sil_wrh_mem(TCR1, 0x20);
    sil_wrw_mem(TCOR1, -1);
    sil_wrw_mem(TCNT1, counts);
    sil_wrb_mem(TSTR, sil_reb_mem(TSTR) | 2);
}

void lower(void)
{
    sil_wrb_mem(TSTR, sil_reb_mem(TSTR) & ~2);
    sil_wrh_mem(TCR1, 0);
    lower_in_upper = in_upper;
    event('(');
    if (lower_does != NULL)
        lower_does();
    event(')');
}

/* Runs in the tick. */
void upper(VP_INT exinf)
{
    (void)exinf;
    if (!upper_once)
        return;
    upper_once = FALSE;
    in_upper = TRUE;
    event('[');
    if (upper_does != NULL)
        upper_does();
    event(']');
    in_upper = FALSE;
}

void high(VP_INT exinf) { (void)exinf; event('h'); }
void exception(TEXPTN pattern, VP_INT exinf) { (void)pattern; (void)exinf; event('x'); }
void trap(VP p_excinf) { event(vxsns_ctx(p_excinf) ? 'c' : 't'); (void)iact_tsk(RELEASED); }

static void wait_for_tick(void)
{
    upper_once = TRUE;
    while (upper_once || in_upper)
        ;
}
static void releases(void) { (void)iact_tsk(RELEASED); }
static void requests(void) { (void)iras_tex(JUDGE, 1); }
static void traps(void) { __asm__ volatile("trapa #0x22" : : : "memory"); event('r'); }
static void provokes(void)
{
    lower_after(SOON);
    while (!(sil_reh_mem(TCR1) & 0x100))
        ;
    /* It is there, and stays outside. */
    for (volatile UW i = 0; i < 1000; i++)
        ;
}
static void locks(void)
{
    (void)iloc_cpu();
    upper_once = TRUE;
    /* Longer than a tick. */
    for (volatile UW i = 0; i < 300000; i++)
        ;
    event(upper_once ? 'l' : 'L');
    (void)iunl_cpu();
    while (upper_once || in_upper)
        ;
}

static void go(void (*in_lower)(void), void (*in_tick)(void))
{
    lower_does = in_lower;
    upper_does = in_tick;
    lower_after(SOON);
    for (volatile UW i = 0; i < 100000; i++)
        ;
    event('j');
}

void judge(VP_INT exinf)
{
    (void)exinf;
    syscall(vena_int(LOWER_INHNO, LOWER_LEVEL));
    syscall(sta_cyc(UPPER));
    syscall(ena_tex());

    go(wait_for_tick, releases);
    happened("the upper interrupts the lower; the task runs when both have ended", "([])hj");
    go(wait_for_tick, requests);
    happened("so does the task exception", "([])xj");
    go(locks, releases);
    happened("iloc_cpu keeps the upper out", "(l[])hj");
    go(traps, NULL);
    happened("an exception in the lower handler", "(cr)hj");

    lower_does = NULL;
    upper_does = provokes;
    upper_once = TRUE;
    while (upper_once)
        ;
    for (volatile UW i = 0; i < 100000; i++)
        ;
    happened("the lower waits for the end of the upper", "[]()");
    failures += lower_in_upper;

    /* The same while no task runs. */
    lower_does = wait_for_tick;
    upper_does = releases;
    lower_after(LATER);
    (void)dly_tsk(10);
    event('j');
    happened("both in an idle kernel", "([])hj");
    lower_does = traps;
    lower_after(LATER);
    (void)dly_tsk(10);
    event('j');
    happened("an exception in a handler in an idle kernel", "(cr)hj");

    /* A task that masks the lower lets the upper in. */
    syscall(chg_ipm(LOWER_LEVEL));
    go(NULL, NULL);
    upper_once = TRUE;
    while (upper_once)
        ;
    happened("a mask between the levels: the upper", "j[]");
    syscall(chg_ipm(0));
    event('j');
    happened("a mask between the levels: the lower, afterwards", "()j");
    say(failures == 0 ? "levels: ok\n" : "levels: FAILED\n");
    kernel_exit();
}
