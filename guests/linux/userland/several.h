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
// wander ROUNDS: goes to and fro between CPUs, and breeds in between; so many rounds through all CPUs.
int wander(uint32_t rounds);
// born ROUNDS: takes each CPU but the first away, breeds, and gives it back; so many rounds. Parent and child use it then.
int born(uint32_t rounds);
// threads COUNT EACH: so many threads, each of which adds 1 to a counter under a lock so often.
int threads(uint32_t count, uint32_t each);
// moves TIMES: sends each CPU so many times to one of the cores that they are on now, and in the end back.
int moves(uint32_t times);
