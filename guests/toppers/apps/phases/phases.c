/* The tick at which a handler runs is the system time. Whether ticks were lost, which the kernel cannot know, says another timer. */
#include "phases.h"
#include "kernel_id.h"
#include "../control/clock.h"

/* From the system file's params: ticks, and after how many of them it begins to look for lost ones: others may have to boot. */
UW __spumone_params[2] __attribute__((used)) = { 1000000, 1 };
/* Ticks that the other timer can count. */
#define STRETCH 100000

static const struct {
    UW period, phase;
} shape[] = { { 1, 0 }, { 2, 1 }, { 3, 0 }, { 7, 5 }, { 10, 10 }, { 16, 37 }, { 1000, 999 }, { 99991, 100000 } };
#define HANDLERS (sizeof shape / sizeof shape[0])
#define STARTED_PERIOD 13

static volatile UW runs[HANDLERS], wrong[HANDLERS];
static volatile UW started_runs, started_wrong, started_at, late;

static UW tick(void)
{
    SYSUTIM now;

    (void)vxget_tim(&now);
    /* Up to 4294 s. */
    return (UW)now / 1000;
}

static UW due(UW handler, UW count)
{
    UW first = shape[handler].phase == 0 ? 1 : shape[handler].phase;
    return first + count * shape[handler].period;
}

/* Whether it is not time for a run that is due at `at`. On a slow core that others use, the next tick may have come already. */
static BOOL untimely(UW at)
{
    UW now = tick();

    if (now == at + 1)
        late++;
    return now != at && now != at + 1;
}

void run(VP_INT exinf)
{
    UW handler = (UW)exinf;

    if (untimely(due(handler, runs[handler]++)))
        wrong[handler]++;
}

/* Its first run comes after the whole period and up to a tick, whatever its phase. */
void started(VP_INT exinf)
{
    (void)exinf;
    if (untimely(started_at + 1 + STARTED_PERIOD * ++started_runs))
        started_wrong++;
}

/* Starts it again and again, in the middle of its period, and now and then stops it. */
void starter(VP_INT exinf)
{
    UW random = 1;

    (void)exinf;
    for (;;) {
        SYSTIM before, now;
        random = random * 1664525 + 1013904223;
        /* Again if a tick came meanwhile: nobody knows on which side of it the start was. (A board without levels lets ticks through
         * chg_ipm, and sta_cyc is not for a locked CPU.) */
        do {
            syscall(get_tim(&before));
            syscall(sta_cyc(STARTED));
            syscall(get_tim(&now));
        } while (now != before);
        started_at = now;
        started_runs = 0;
        syscall(dly_tsk((random >> 16) % 150));
        if (random >> 30 == 0) {
            syscall(stp_cyc(STARTED));
            UW before = started_runs;
            syscall(dly_tsk(40));
            if (started_runs != before)
                started_wrong++;
        }
    }
}

void judge(VP_INT exinf)
{
    UW wanted = *(volatile UW *)__spumone_params;
    UW lost = 0, bad = 0;
    SYSTIM begin, now;

    (void)exinf;
    UW done = ((volatile UW *)__spumone_params)[1];
    syscall(dly_tsk(done - 1));
    while (done < wanted) {
        UW stretch = wanted - done < STRETCH ? wanted - done : STRETCH;
        syscall(get_tim(&begin));
        clock_start();
        /* The delay counts from the next tick. */
        syscall(dly_tsk(stretch - 1));
        UW ticks = clock_ticks();
        syscall(get_tim(&now));
        if (ticks > now - begin)
            lost += ticks - (now - begin);
        done += now - begin;
    }
    UW last = tick();
    for (UW handler = 0; handler < HANDLERS; handler++) {
        UW count = runs[handler];
        bad += wrong[handler];
        /* Neither one too few nor one too many. */
        if (due(handler, count) <= last || (count > 0 && due(handler, count - 1) > last))
            bad++;
        syslog(LOG_NOTICE, "phases: period %u, phase %u: %u runs, %u at the wrong tick", shape[handler].period,
               shape[handler].phase, count, wrong[handler]);
    }
    bad += started_wrong;
    syslog(LOG_NOTICE, "phases: %u ticks, %u lost, %u faults, %u late", last, lost, bad, late);
    syslog(LOG_NOTICE, lost + bad == 0 ? "phases: ok" : "phases: FAILED");
    /* SPUMONE's console takes its time where a slow core is shared. */
    dly_tsk(1000);
    kernel_exit();
}
