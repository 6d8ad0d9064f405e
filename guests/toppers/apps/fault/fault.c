/* The kernel must say what and where it was, and stop. */
#include "fault.h"
#include "kernel_id.h"

void faulty(VP_INT exinf)
{
    static UB bytes[8] __attribute__((aligned(4)));
    UW found;
    (void)exinf;
    __asm__ volatile("mov.l @%1, %0" : "=r"(found) : "r"(bytes + 1) : "memory");
}
