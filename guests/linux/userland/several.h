// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What `work` offers for several CPUs; each gives the program's exit status.

#pragma once

#include <stdint.h>

// Marsaglia's xorshift with 32 bits of state; never 0.
uint32_t next(uint32_t *state);

// pairs PROCESSES UNITS: pairs of processes that compute, talk, store and breed; with 0 units until SIGTERM.
int pairs(uint32_t processes, uint32_t units);
// burst PROCESSES STEPS: each process computes for so many steps.
int burst(uint32_t processes, uint32_t steps);
// contend PROCESSES UNITS: so many units of work in all, each of which needs the same lock; by whoever comes first.
int contend(uint32_t processes, uint32_t units);
// moves TIMES: sends each CPU so many times to one of the cores that they are on now, and in the end back.
int moves(uint32_t times);
