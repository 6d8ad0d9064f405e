/* Fixed point with 16 fractional bits. The plant is a mass on a spring with friction; the controller is PI. */
#include "control.h"
#include "kernel_id.h"

#define ONE 65536
/* Parameters that the packer sets from the system file: how many periods, and how many of them may be missed. */
UW __spumone_params[2] __attribute__((used)) = { 10000, 0 };

static volatile UW released;
static volatile UW missed;

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

void controller(VP_INT exinf)
{
    INT target = ONE, position = 0, speed = 0, sum = 0;
    UW wanted = *(volatile UW *)&__spumone_params[0];
    SYSUTIM begin, end, now;
    UW latest = 0;

    (void)exinf;
    syscall(wai_sem(RELEASE));
    syscall(vxget_tim(&begin));
    for (UW period = 0; period < wanted; period++) {
        syscall(wai_sem(RELEASE));
        syscall(vxget_tim(&now));
        /* Microseconds behind the tick that released it. */
        UW late = (UW)(now % 1000);
        if (late > latest)
            latest = late;
        if (period % 2000 == 0)
            target = target == ONE ? 2 * ONE : ONE;
        INT error = target - position;
        sum += error / 100;
        INT force = scaled(4 * ONE, error) + scaled(ONE / 2, sum) - scaled(6 * ONE, speed);
        speed += (force - scaled(ONE / 4, position)) / 1000;
        position += speed / 100;
        if (period % 1000 == 999)
            (void)psnd_dtq(RESULT, (VP_INT)position);
    }
    syscall(vxget_tim(&end));
    UW lost = missed;
    UW span = (UW)((end - begin) / 1000);
    syslog(LOG_NOTICE, "control: %d periods in %d ms, %d missed, at most %d us late", wanted, span, lost, latest);
    if (span > wanted + 1)
        lost += span - wanted;
    syslog(LOG_NOTICE, lost <= *(volatile UW *)&__spumone_params[1] ? "control: ok" : "control: FAILED");
    dly_tsk(50);
    if (lost <= *(volatile UW *)&__spumone_params[1])
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
