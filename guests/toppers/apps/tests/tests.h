/* Tests of the kernel from inside: the driver runs case after case; helpers do what a case gives them to do. */
#ifndef TESTS_H
#define TESTS_H

#include "t_services.h"

#define DRIVER_PRIORITY 8
#define HIGH 4
#define LOW 12
#define STACK_SIZE 2048
/* A source that nobody handles and one that the tests handle: TMU4, TMU5 or TMU2. */
#if defined(UITRON_RP1)
#define STRAY_INHNO 0x480
#else
#define STRAY_INHNO 0xb80
#endif
#define ADDRESS_EXCNO 0x0e0
#define TRAP_EXCNO 0x160

#ifndef _MACRO_ONLY
typedef void (*JOB)(void);

extern void driver(VP_INT exinf);
extern void helper(VP_INT exinf);
extern void helper_exception(TEXPTN pattern, VP_INT exinf);
extern void driver_exception(TEXPTN pattern, VP_INT exinf);
extern void in_cycle(VP_INT exinf);
extern void beat(VP_INT exinf);
extern void address_handler(VP p_excinf);
extern void trap_handler(VP p_excinf);
extern void first_routine(VP_INT exinf);
extern void second_routine(VP_INT exinf);
extern void last_routine(VP_INT exinf);
extern void fpu_task(VP_INT exinf);

/* What helper n does next time it is activated; 0: nothing. */
extern volatile JOB job[8];
/* What happened, a character an event. */
extern void event(char c);
extern void happened(const char *file, int line, const char *expected);
extern void is(const char *file, int line, const char *what, INT found, INT expected);
/* Runs `body` in a handler and comes back. */
extern void in_handler(JOB body);
/* The helper `task` does `body` as soon as its priority lets it. */
extern void let(ID task, JOB body);
/* Ends all helpers, and empties all objects. */
extern void tidy(void);
extern void say(const char *text);
extern void say_number(INT number);
/* What the task exception routine of the driver does. */
extern volatile JOB exception_job;
extern volatile TEXPTN exception_pattern;
/* What that of a helper does; 0: it notes a t. */
extern volatile JOB helper_job;
extern volatile TEXPTN helper_pattern;
/* How many checks of this case have failed. */
extern unsigned failures;
/* The system time, now or just behind the next tick. */
extern UW milliseconds(void);
extern UW aligned_time(void);
extern volatile JOB fault_job;
extern volatile UW beats[3];
extern volatile UW beat_at[3];
extern VP fault_frame;
extern volatile UW fpu_results[2][2];

#define IS(call, expected) is(__FILE__, __LINE__, #call, (INT)(call), (INT)(expected))
#define HAPPENED(expected) happened(__FILE__, __LINE__, expected)

struct test {
    const char *name;
    JOB body;
};
extern const struct test task_tests[], sync_tests[], object_tests[], context_tests[], system_tests[], number_tests[];
extern const struct test time_tests[], order_tests[], nested_tests[];

#include "calls.h"
#endif
#endif
