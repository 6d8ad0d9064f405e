/* What runs on the FPU: the file's name ends in _fpu, so it is compiled for one. */
#include "tests.h"

volatile UW fpu_results[2][2];

void fpu_task(VP_INT exinf)
{
    union {
        double number;
        UW words[2];
    } sum = { 0 };
    double step = (INT)exinf;

    for (int i = 0; i < 20; i++) {
        sum.number += step * 0.5;
        /* The other task runs here, with other values in the same registers. */
        (void)dly_tsk(1);
    }
    for (int i = 0; i < 2; i++)
        fpu_results[(INT)exinf == 1 ? 0 : 1][i] = sum.words[i];
}
