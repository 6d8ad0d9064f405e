/* The last case: nothing is left that a call can give and no test has seen, and no call gave what it must not. */
#include "tests.h"

/* A bit an error: the number that it has without its sign. */
#define BIT(code) ((UD)1 << -(code))
#define PAR BIT(E_PAR)
#define ID BIT(E_ID)
#define CTX BIT(E_CTX)
#define ILUSE BIT(E_ILUSE)
#define OBJ BIT(E_OBJ)
#define QOVR BIT(E_QOVR)
#define RLWAI BIT(E_RLWAI)
#define TMOUT BIT(E_TMOUT)

static const struct {
    const char *name;
    UD errors;
} calls[] = {
#define CALL(name, errors) { #name, errors },
    CALLS(CALL)
#undef CALL
};
#define COUNT (sizeof calls / sizeof calls[0])

static UD results[COUNT];

INT note_call(UINT call, INT result)
{
    /* Nobody comes between: a handler may note what it got. */
    UW sr;
    __asm__ volatile("stc sr, %0" : "=r"(sr));
    __asm__ volatile("ldc %0, sr" : : "r"(sr | 0xf0) : "memory");
    results[call] |= result >= 0 ? 1 : result > -64 ? BIT(result) : (UD)1 << 63;
    __asm__ volatile("ldc %0, sr" : : "r"(sr) : "memory");
    return result;
}

static void complain(UINT call, const char *how, UD errors)
{
    for (INT code = 0; code > -64; code--) {
        if (!(errors & BIT(code)))
            continue;
        say("tests: FAIL ");
        say(calls[call].name);
        say(how);
        say(itron_strerror(code));
        say("\n");
    }
}

static void coverage(void)
{
    UINT pairs = 0;

    for (UINT call = 0; call < COUNT; call++) {
        UD errors = results[call] & ~(UD)1;
        complain(call, " never gave ", calls[call].errors & ~errors);
        complain(call, " gave ", errors & ~calls[call].errors);
        IS(errors == calls[call].errors, TRUE);
        /* The tick is the driver's, input comes in another application, and who ends does not come back. */
        BOOL well = call != CALL_isig_tim && call != CALL_ext_tsk && call != CALL_serial_rea_dat;
        if ((results[call] & 1) != well)
            complain(call, " never gave ", 1);
        IS(results[call] & 1, well);
        for (UD left = errors; left != 0; left &= left - 1)
            pairs++;
    }
    say("tests: ");
    say_number(COUNT);
    say(" calls gave ");
    say_number(pairs);
    say(" pairs of call and error\n");
}

const struct test coverage_tests[] = {
    { "every call gave each of its errors and no other", coverage },
    { NULL, NULL },
};
