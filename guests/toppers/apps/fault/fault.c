/* The kernel must say what and where it was, and stop. */
#include "fault.h"
#include "kernel_id.h"

/* From the system file's params: which fault. */
UW __spumone_params[1] __attribute__((used));

static void address_error(void)
{
    static UB bytes[8] __attribute__((aligned(4)));
    UW found;
    __asm__ volatile("mov.l @%1, %0" : "=r"(found) : "r"(bytes + 1) : "memory");
}

/* A word that is no instruction. */
static void illegal(void) { __asm__ volatile(".short 0xfffd"); }

/* fldi0 fr2, in a task without an FPU context. */
static void fpu(void) { __asm__ volatile(".short 0xf28d"); }

void handler(VP_INT exinf)
{
    (void)exinf;
    address_error();
}

void faulty(VP_INT exinf)
{
    (void)exinf;
    switch (*(volatile UW *)__spumone_params) {
    case 0: address_error(); break;
    case 1: illegal(); break;
    case 2: fpu(); break;
    default: syscall(sta_cyc(HANDLER)); (void)slp_tsk(); break;
    }
}
