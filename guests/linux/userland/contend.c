// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Processes that want the same things at the same time: a lock in shared memory, and a pipe, behind which the kernel has
// locks of its own. A CPU that loses its core while one of its processes has the lock holds up all others.

#define _GNU_SOURCE
#include <linux/futex.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "llsc.h"
#include "several.h"

enum { processes_max = 32, copies = 16, patience = 100 };

struct shared {
	volatile uint32_t lock;			// 0 free, 1 taken, 2 taken and somebody may be asleep
	// The rest is the lock owner's.
	volatile uint32_t taken;		// units
	volatile uint32_t copy[copies];		// all the same
	uint32_t units[processes_max], waits;
	uint32_t sent, received;		// sums
};

struct record {
	uint32_t value, complement;
};

static void acquire(struct shared *shared, uint32_t *waits)
{
	for (int i = 0; i < patience; i++)
		if (shared->lock == 0 && swap_if(&shared->lock, 0, 1) == 0)
			return;
	while (swap(&shared->lock, 2) != 0) {
		++*waits;
		syscall(SYS_futex, &shared->lock, FUTEX_WAIT, 2, NULL, NULL, 0);
	}
}

static void release(struct shared *shared)
{
	if (swap(&shared->lock, 0) == 2)
		syscall(SYS_futex, &shared->lock, FUTEX_WAKE, 1, NULL, NULL, 0);
}

// What nobody else may see half done. False if somebody did.
static int step(struct shared *shared)
{
	uint32_t value = shared->copy[0];

	for (int i = 0; i < copies; i++) {
		if (shared->copy[i] != value)
			return 0;
		shared->copy[i] = value + 1;
	}
	return 1;
}

static int process(struct shared *shared, uint32_t number, uint32_t units, const int *ends)
{
	uint32_t seed = number + 1, waits = 0, done = 0, sent = 0, received = 0;

	for (;; done++) {
		struct record record;
		int more;

		acquire(shared, &waits);
		more = shared->taken < units;
		if (more && !step(shared))
			return fprintf(stderr, "process %u: two have the lock\n", number), 1;
		shared->taken += more;
		release(shared);
		if (!more)
			break;

		for (int i = 0; i < 500; i++)
			next(&seed);
		if (done % 8 != 0)
			continue;
		// As many are written as read, so nobody waits for ever.
		record = (struct record){ seed, ~seed };
		if (write(ends[1], &record, sizeof(record)) != sizeof(record) ||
		    read(ends[0], &record, sizeof(record)) != sizeof(record) || record.value != ~record.complement)
			return fprintf(stderr, "process %u: the pipe is broken\n", number), 1;
		sent += seed;
		received += record.value;
	}

	acquire(shared, &waits);
	shared->units[number] = done;
	shared->waits += waits;
	shared->sent += sent;
	shared->received += received;
	release(shared);
	return 0;
}

static uint32_t milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int contend(uint32_t processes, uint32_t units)
{
	struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	uint32_t begun = milliseconds(), done = 0, children = 0;
	int ends[2], status, good = 1;

	if (shared == MAP_FAILED || pipe(ends) != 0)
		return perror("contend"), 1;
	if (processes > processes_max)
		return fprintf(stderr, "contend: at most %d processes\n", processes_max), 2;
	for (; good && children < processes; children++) {
		pid_t child = fork();

		if (child == 0)
			_exit(process(shared, children, units, ends));
		good = child > 0;
	}
	for (uint32_t i = 0; i < children; i++)
		good &= wait(&status) > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
	for (uint32_t i = 0; i < processes; i++)
		done += shared->units[i];
	if (!good || done != units || shared->copy[0] != units || shared->sent != shared->received)
		return fprintf(stderr, "contend: %u of %u units, %u steps\n", done, units, shared->copy[0]), 1;
	printf("%u processes, %u units, %u waits, %u ms; units of each:", processes, done, shared->waits,
	       milliseconds() - begun);
	for (uint32_t i = 0; i < processes; i++)
		printf(" %u", shared->units[i]);
	printf("\n");
	return 0;
}
