// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Sends the CPUs from core to core, as a guest of SPUMONE can.

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "several.h"

enum { cpus_max = 32, asked_max = 1000000 };

static int open_cpu(uint32_t cpu)
{
	char name[64];

	snprintf(name, sizeof(name), "/sys/devices/system/cpu/cpu%u/spumone/core", cpu);
	return open(name, O_RDWR);
}

static int core_of(int file)
{
	char text[16] = "";

	return pread(file, text, sizeof(text) - 1, 0) > 0 ? atoi(text) : -1;
}

// Asks until it is heard: a CPU that is on its way to a core cannot be sent to another one yet.
static int move(int file, uint32_t cpu, uint32_t core, uint32_t *again)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%u", core);

	for (uint32_t asked = 0; asked < asked_max; asked++) {
		if (pwrite(file, text, length, 0) == length)
			return 0;
		if (errno != EBUSY)
			return fprintf(stderr, "CPU %u to core %u: %s\n", cpu, core, strerror(errno)), 1;
		++*again;
		sched_yield();
	}
	return fprintf(stderr, "CPU %u to core %u: busy for ever\n", cpu, core), 1;
}

int moves(uint32_t times)
{
	uint32_t cpus = 0, cores = 0, seed = 1, again = 0, found = 0;
	int file[cpus_max], home[cpus_max], core[cpus_max];

	for (; cpus < cpus_max && (file[cpus] = open_cpu(cpus)) >= 0; cpus++) {
		home[cpus] = core_of(file[cpus]);
		if (home[cpus] < 0)
			return fprintf(stderr, "CPU %u: no core\n", cpus), 1;
	}
	if (cpus == 0)
		return perror("moves"), 1;
	for (uint32_t cpu = 0; cpu < cpus; cpu++) {
		uint32_t known = 0;

		while (known < cores && core[known] != home[cpu])
			known++;
		if (known == cores)
			core[cores++] = home[cpu];
	}
	if (cores < 2)
		return fprintf(stderr, "moves: all CPUs are on one core\n"), 1;
	for (uint32_t i = 0; i <= times; i++)
		for (uint32_t cpu = 0; cpu < cpus; cpu++) {
			int to = core[next(&seed) % (cores - 1)];

			// Every time elsewhere, and home at last.
			if (to == core_of(file[cpu]))
				to = core[cores - 1];
			if (i == times)
				to = home[cpu];
			if (move(file[cpu], cpu, to, &again) != 0)
				return 1;
			found += core_of(file[cpu]) == to;
		}
	printf("%u moves of each of %u CPUs, %u times asked again, %u found there\n", times, cpus, again, found);
	// SPUMONE may have reasons of its own to send one elsewhere, but not every time.
	return found <= times * cpus / 2;
}
