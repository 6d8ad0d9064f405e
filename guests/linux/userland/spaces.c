// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Address spaces that several CPUs use, one after the other or at the same time, while their translations change.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "several.h"

// A CPU that is away at the moment is none to go to; then the process stays where it is.
static void go(uint32_t cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) != 0 && errno != EINVAL) {
		perror("sched_setaffinity");
		exit(1);
	}
}

// Writes at home, breeds away, and writes at home again, where nothing but the idle task was in between: if home has kept
// the translation that it had, the child's memory changes.
static int leave_and_return(uint32_t home, uint32_t away, uint32_t value)
{
	static volatile uint32_t mine;
	int ends[2], status;
	char byte = 0;
	pid_t child;

	go(home);
	mine = value;
	go(away);
	if (pipe(ends) != 0 || (child = fork()) < 0)
		return perror("wander"), 0;
	if (child == 0) {
		close(ends[1]);
		_exit(read(ends[0], &byte, 1) != 1 || mine != value);
	}
	go(home);
	mine = value + 1;
	if (write(ends[1], &byte, 1) != 1 || waitpid(child, &status, 0) != child)
		return perror("wander"), 0;
	close(ends[0]);
	close(ends[1]);
	if (status != 0 || mine != value + 1)
		return fprintf(stderr, "CPU %u to %u and back: status 0x%x, %u\n", home, away, status, mine), 0;
	return 1;
}

int wander(uint32_t rounds)
{
	uint32_t cpus = sysconf(_SC_NPROCESSORS_ONLN);

	for (uint32_t i = 0; i < rounds * cpus; i++)
		if (!leave_and_return(i % cpus, (i + 1) % cpus, i))
			return 1;
	printf("wander %u\n", rounds);
	return 0;
}

static int switch_cpu(uint32_t cpu, char on)
{
	char name[64];
	int file, good;

	snprintf(name, sizeof(name), "/sys/devices/system/cpu/cpu%u/online", cpu);
	file = open(name, O_WRONLY);
	good = file >= 0 && write(file, &on, 1) == 1;
	if (!good)
		perror(name);
	close(file);
	return good;
}

// Both have to do with a CPU that was away when the child was born, and that must tell them apart when it is back: each
// writes there to what the other has at the same address.
static int born_while_away(uint32_t cpu, uint32_t value)
{
	static volatile uint32_t mine;
	int there[2], back[2], status, good;
	char byte = 0;
	pid_t child;

	go(cpu);
	mine = value;
	if (pipe(there) != 0 || pipe(back) != 0 || !switch_cpu(cpu, '0') || (child = fork()) < 0)
		return perror("born"), 0;
	if (child == 0) {
		close(there[1]);
		good = read(there[0], &byte, 1) == 1;
		go(cpu);
		good = good && mine == value;
		mine = value + 2;
		_exit(!good || write(back[1], &byte, 1) != 1 || mine != value + 2);
	}
	close(back[1]);
	good = switch_cpu(cpu, '1');
	go(cpu);
	mine = value + 1;
	good = good && write(there[1], &byte, 1) == 1 && read(back[0], &byte, 1) == 1 && mine == value + 1;
	close(there[0]);
	close(there[1]);
	close(back[0]);
	if (waitpid(child, &status, 0) != child || status != 0 || !good)
		return fprintf(stderr, "born while CPU %u was away: status 0x%x, %u\n", cpu, status, mine - value), 0;
	return 1;
}

int born(uint32_t rounds)
{
	uint32_t cpus = sysconf(_SC_NPROCESSORS_ONLN);

	// CPU 0 cannot go.
	for (uint32_t i = 0; i < rounds * (cpus - 1); i++)
		if (!born_while_away(1 + i % (cpus - 1), i * 10))
			return 1;
	printf("born %u\n", rounds);
	return 0;
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static volatile uint32_t counter;

static void *add(void *each)
{
	for (uint32_t left = *(uint32_t *)each; left > 0; left--) {
		pthread_mutex_lock(&lock);
		counter = counter + 1;
		pthread_mutex_unlock(&lock);
	}
	return NULL;
}

int threads(uint32_t count, uint32_t each)
{
	enum { most = 32 };
	pthread_t thread[most];

	if (count > most)
		return fprintf(stderr, "threads: at most %d\n", most), 2;
	for (uint32_t i = 0; i < count; i++)
		if (pthread_create(&thread[i], NULL, add, &each) != 0)
			return fprintf(stderr, "threads: cannot start number %u\n", i), 1;
	for (uint32_t i = 0; i < count; i++)
		pthread_join(thread[i], NULL);
	if (counter != count * each)
		return fprintf(stderr, "threads: counted %u instead of %u\n", counter, count * each), 1;
	printf("threads %u %u\n", count, each);
	return 0;
}
