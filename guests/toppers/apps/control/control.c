/* Fixed point with 16 fractional bits. The plant is a mass on a spring with friction; the controller is PI. */
#include "control.h"
#include "kernel_id.h"
#include "clock.h"

#define ONE 65536
/* Periods between two reports. */
#define REPORT 10000
/* Parameters that the packer sets from the system file: after how many periods it ends (0: never), and how many of them may be missed. */
UW __spumone_params[2] __attribute__((used)) = { 10000, 0 };

static volatile UW released;
static volatile UW missed;
static UW latest;

static INT scaled(INT a, INT b)
{
    return (INT)(((D)a * b) >> 16);
}

/* The controller is not done with the last period when the next one begins: that period is missed. */
void release(VP_INT exinf)
{
    (void)exinf;
    released++;
    if (isig_sem(RELEASE) != E_OK)
        missed++;
}

/* Waits for the next period and keeps the longest wait behind its tick, in microseconds. */
static void next_period(void)
{
    SYSUTIM now;
    UW late;

    syscall(wai_sem(RELEASE));
    syscall(vxget_tim(&now));
    late = (UW)(now % 1000);
    if (late > latest)
        latest = late;
}

/* One step of plant and controller; gives the position. */
static INT step(UW period)
{
    static INT target = ONE, position, speed, sum;

    if (period % 2000 == 0)
        target = target == ONE ? 2 * ONE : ONE;
    INT error = target - position;
    sum += error / 100;
    INT force = scaled(4 * ONE, error) + scaled(ONE / 2, sum) - scaled(6 * ONE, speed);
    speed += (force - scaled(ONE / 4, position)) / 1000;
    position += speed / 100;
    return position;
}

void controller(VP_INT exinf)
{
    UW wanted = *(volatile UW *)&__spumone_params[0];
    UW tolerated = *(volatile UW *)&__spumone_params[1];
    UW done = 0, lost = 0;

    (void)exinf;
    next_period();
    latest = 0;
    do {
        UW first = released;
        UW until = wanted == 0 || wanted - done > REPORT ? done + REPORT : wanted;
        clock_start();
        for (; done < until; done++) {
            next_period();
            INT position = step(done);
            if (done % 5000 == 4999)
                (void)psnd_dtq(RESULT, (VP_INT)position);
        }
        /* Two ticks before one handler are one interrupt: the other timer knows. */
        UW ticks = clock_ticks(), seen = released - first;
        lost += ticks > seen ? ticks - seen : 0;
        syslog(LOG_NOTICE, "control: %u periods, %u missed, at most %u us late", done, missed + lost, latest);
    } while (done != wanted);
    lost += missed;
    syslog(LOG_NOTICE, lost <= tolerated ? "control: ok" : "control: FAILED");
    dly_tsk(50);
    if (lost <= tolerated)
        kernel_exit();
    kernel_abort();
}

void show(VP_INT exinf)
{
    VP_INT position;

    (void)exinf;
    for (;;) {
        if (rcv_dtq(RESULT, &position) == E_OK)
            syslog(LOG_NOTICE, "control: position %d / 65536", (INT)position);
    }
}
