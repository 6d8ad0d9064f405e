/* The kernel must find out, say which task it was, and stop. */
#include "overflow.h"
#include "kernel_id.h"

/* From the system file's params: 0: its stack pointer leaves the stack; 1: only what it writes does. */
UW __spumone_params[1] __attribute__((used));

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

/* An array that has grown too far down, over the kernel's mark at the end of the stack; a dispatch finds it. */
static void beyond(void)
{
    volatile UW room[8];
    volatile UW *word = room;
    while (*word != 0x55704d4e)
        *word-- = 0;
    *word = 0;
    for (;;)
        (void)dly_tsk(1);
}

void deep(VP_INT exinf)
{
    (void)exinf;
    if (*(volatile UW *)__spumone_params)
        beyond();
    down(10);
}
