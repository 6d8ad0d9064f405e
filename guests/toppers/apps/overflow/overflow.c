/* The kernel must find out, say which task it was, and stop. */
#include "overflow.h"
#include "kernel_id.h"

void good(VP_INT exinf)
{
    (void)exinf;
    for (;;)
        (void)dly_tsk(1);
}

static volatile BOOL waits = TRUE;

/* Far enough down to be off the stack, and then in a loop until an interrupt comes. */
static void down(UW levels)
{
    volatile UW room[16];
    room[0] = levels;
    if (levels > 0)
        down(levels - 1);
    else
        while (waits)
            room[1]++;
    room[2] = room[0];
}

void deep(VP_INT exinf)
{
    (void)exinf;
    down(10);
}
