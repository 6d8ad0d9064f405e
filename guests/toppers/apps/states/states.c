/* Says of every task what it has been brought to, and holds still while the host compares that with what the memory shows. */
#include "states.h"
#include "kernel_id.h"

/* Of the description (uitron_kernel::TaskLayout): what `life` and `wait` mean. */
enum { ASLEEP = 0, FOR_TIME, FOR_SEMAPHORE, FOR_FLAG, TO_SEND, TO_RECEIVE, FOR_MESSAGE, FOR_BLOCK };
enum { DEAD = 0, ALIVE, WAITS };

struct claim {
    const char *name;
    INT life, wait, object, suspended, priority, activation, wakeup, exceptions;
};

static VP_INT word;
static T_MSG *message;
static FLGPTN pattern;
static VP block;

void sleeper(VP_INT exinf) { (void)exinf; (void)slp_tsk(); }
void delayed(VP_INT exinf) { (void)exinf; (void)dly_tsk(100000); }
void at_semaphore(VP_INT exinf) { (void)exinf; (void)wai_sem(SEM2); }
void at_flag(VP_INT exinf) { (void)exinf; (void)twai_flg(FLG2, 1, TWF_ORW, &pattern, 100000); }
void sender(VP_INT exinf) { (void)exinf; (void)snd_dtq(DTQ2, (VP_INT)7); }
void receiver(VP_INT exinf) { (void)exinf; (void)rcv_dtq(DTQ3, &word); }
void at_mailbox(VP_INT exinf) { (void)exinf; (void)rcv_mbx(MBX2, &message); }
void at_pool(VP_INT exinf) { (void)exinf; (void)get_mpf(MPF2, &block); }
void idler(VP_INT exinf) { (void)exinf; }
void exception(TEXPTN pattern, VP_INT exinf) { (void)pattern; (void)exinf; }

static void say(const char *text)
{
    while (*text != '\0')
        sys_putc(*text++);
}

static void say_number(const char *name, INT number)
{
    char digits[] = "00000";
    for (INT i = 4; i >= 0; i--, number /= 10)
        digits[i] = '0' + number % 10;
    const char *begin = digits;
    while (*begin == '0' && begin[1] != '\0')
        begin++;
    say(name);
    say(begin);
}

static void claim(const struct claim *claims, INT count, INT round)
{
    for (const struct claim *c = claims; c < claims + count; c++) {
        say("states: ");
        say(c->name);
        say_number(": life ", c->life);
        if (c->life == WAITS)
            say_number(" wait ", c->wait);
        if (c->life == WAITS && c->wait > FOR_TIME)
            say_number(" object ", c->object);
        say_number(" suspended ", c->suspended);
        say_number(" priority ", c->priority);
        say_number(" activation ", c->activation);
        say_number(" wakeup ", c->wakeup);
        say_number(" exceptions ", c->exceptions);
        say("\n");
    }
    say_number("states: running ", JUDGE);
    say_number("\nstates: look ", round);
    say("\n");
    for (volatile INT rounds = 0; rounds < 200000; rounds++)
        ;
}

static const struct claim first[] = {
    { "JUDGE", ALIVE, 0, 0, 0, JUDGE_PRIORITY, 1, 1, 0 },
    { "SLEEPER", WAITS, ASLEEP, 0, 0, 7, 0, 0, 5 },
    { "DELAYED", WAITS, FOR_TIME, 0, 0, HIGH, 0, 1, 0 },
    { "AT_SEM", WAITS, FOR_SEMAPHORE, SEM2 - 1, 0, HIGH, 0, 0, 0 },
    { "AT_FLG", WAITS, FOR_FLAG, FLG2 - 1, 0, HIGH, 0, 0, 0 },
    { "SENDER", WAITS, TO_SEND, DTQ2 - 1, 0, HIGH, 0, 0, 0 },
    { "RECEIVER", WAITS, TO_RECEIVE, DTQ3 - 1, 0, HIGH, 0, 0, 0 },
    { "AT_MBX", WAITS, FOR_MESSAGE, MBX2 - 1, 0, HIGH, 0, 0, 0 },
    { "AT_MPF", WAITS, FOR_BLOCK, MPF2 - 1, 0, HIGH, 0, 0, 0 },
    { "READY", ALIVE, 0, 0, 0, LOW, 1, 0, 0 },
    { "SUSPENDED", ALIVE, 0, 0, 1, LOW, 0, 0, 0 },
    { "BOTH", WAITS, ASLEEP, 0, 1, HIGH, 0, 0, 0 },
    { "DORMANT", DEAD, 0, 0, 0, LOW, 0, 0, 0 },
};

/* Everything has been given to whoever waited, and they have ended; the others are as they were. */
static const struct claim second[] = {
    { "JUDGE", ALIVE, 0, 0, 0, JUDGE_PRIORITY - 2, 0, 0, 0 },
    { "SLEEPER", DEAD, 0, 0, 0, HIGH, 0, 0, 0 },
    { "DELAYED", DEAD, 0, 0, 0, HIGH, 0, 0, 0 },
    { "AT_SEM", DEAD, 0, 0, 0, HIGH, 0, 0, 0 },
    { "AT_FLG", DEAD, 0, 0, 0, HIGH, 0, 0, 0 },
    { "SENDER", DEAD, 0, 0, 0, HIGH, 0, 0, 0 },
    { "RECEIVER", DEAD, 0, 0, 0, HIGH, 0, 0, 0 },
    { "AT_MBX", DEAD, 0, 0, 0, HIGH, 0, 0, 0 },
    { "AT_MPF", DEAD, 0, 0, 0, HIGH, 0, 0, 0 },
    { "READY", ALIVE, 0, 0, 0, LOW, 1, 0, 0 },
    { "SUSPENDED", ALIVE, 0, 0, 0, LOW, 0, 0, 0 },
    { "BOTH", ALIVE, 0, 0, 1, HIGH, 0, 0, 0 },
    { "DORMANT", ALIVE, 0, 0, 0, LOW - 1, 0, 0, 0 },
};

void judge(VP_INT exinf)
{
    static T_MSG letter;
    VP own;
    VP_INT found;

    (void)exinf;
    syscall(pget_mpf(MPF2, &own));
    for (ID task = SLEEPER; task <= BOTH; task++)
        syscall(act_tsk(task));
    syscall(act_tsk(TSK_SELF));
    syscall(wup_tsk(TSK_SELF));
    syscall(ras_tex(SLEEPER, 1));
    syscall(ras_tex(SLEEPER, 4));
    syscall(chg_pri(SLEEPER, 7));
    syscall(wup_tsk(DELAYED));
    syscall(act_tsk(READY));
    syscall(sus_tsk(SUSPENDED));
    syscall(sus_tsk(BOTH));
    claim(first, sizeof first / sizeof first[0], 1);

    syscall(can_act(TSK_SELF));
    syscall(can_wup(TSK_SELF));
    syscall(wup_tsk(SLEEPER));
    syscall(rel_wai(DELAYED));
    syscall(sig_sem(SEM2));
    syscall(set_flg(FLG2, 1));
    syscall(prcv_dtq(DTQ2, &found));
    syscall(psnd_dtq(DTQ3, 0));
    syscall(snd_mbx(MBX2, &letter));
    syscall(rel_mpf(MPF2, own));
    syscall(rsm_tsk(SUSPENDED));
    syscall(wup_tsk(BOTH));
    syscall(act_tsk(DORMANT));
    syscall(chg_pri(DORMANT, LOW - 1));
    syscall(chg_pri(TSK_SELF, JUDGE_PRIORITY - 2));
    claim(second, sizeof second / sizeof second[0], 2);
    kernel_exit();
}
