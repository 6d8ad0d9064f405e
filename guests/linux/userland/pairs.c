// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Work for all CPUs at once, whose every result is known in advance: integer and floating-point sums, messages through
// pipes, files, children. A CPU that comes and goes, or that moves between cores, must not change a bit of it.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "several.h"

enum { processes_max = 32, words = 16, file_words = 5000 };

// What all processes see.
struct shared {
	volatile sig_atomic_t stop;
	uint32_t units[processes_max];
};

struct worker {
	struct shared *shared;
	uint32_t number;
	uint32_t units;		// to do; 0: until told to stop
	int cpu;		// -1: any
	int in, out;		// to and from its partner
};

static struct shared *everybody;

// Ends this process, and with it all others.
static void wrong(const struct worker *worker, const char *what)
{
	fprintf(stderr, "process %u: %s\n", worker->number, what);
	worker->shared->stop = 1;
	_exit(1);
}

// A generator whose state after any number of steps can be computed in few: x' = a x + c, twice is a^2 x + (a c + c).
static const uint32_t factor = 1664525, term = 1013904223;

static uint32_t walk(uint32_t x, uint32_t steps)
{
	for (; steps > 0; steps--) {
		x = x * factor + term;
		// Or the compiler might see through it.
		__asm__ volatile("" : "+r"(x));
	}
	return x;
}

static uint32_t jump(uint32_t x, uint32_t steps)
{
	uint32_t a = factor, c = term;

	for (; steps > 0; steps >>= 1) {
		if (steps & 1)
			x = a * x + c;
		c = a * c + c;
		a *= a;
	}
	return x;
}

// Sums of 1, 2, ..., n, of their squares and of n halves, all exact in the types used, in many registers at a time.
static int floats_add_up(uint32_t n)
{
	double sum = 0, squares = 0;
	float halves = 0;

	for (uint32_t k = 1; k <= n; k++) {
		double d = k;

		sum += d;
		squares += d * d;
		halves += 0.5f;
	}
	return sum == (double)(n * (n + 1) / 2) && squares == (double)((uint64_t)n * (n + 1) * (2 * n + 1) / 6) &&
	       halves == (float)n / 2;
}

static int transfer(ssize_t (*step)(int, void *, size_t), int file, void *bytes, size_t length)
{
	for (size_t done = 0; done < length;) {
		ssize_t n = step(file, (char *)bytes + done, length - done);

		if (n <= 0)
			return n == 0 && done == 0 ? 0 : -1;
		done += n;
	}
	return 1;
}

static ssize_t put(int file, void *bytes, size_t length)
{
	return write(file, bytes, length);
}

static void fill(uint32_t *message, uint32_t seed)
{
	for (uint32_t i = 0; i < words; i++)
		message[i] = next(&seed);
}

// Sends messages to the partner, which answers each with every word one greater.
static void talk(const struct worker *worker, uint32_t unit)
{
	uint32_t message[words], sent[words];

	for (uint32_t i = 1; i <= 20; i++) {
		fill(sent, unit * 100 + i);
		memcpy(message, sent, sizeof(message));
		if (transfer(put, worker->out, message, sizeof(message)) <= 0 ||
		    transfer(read, worker->in, message, sizeof(message)) <= 0)
			wrong(worker, "its partner is gone");
		for (uint32_t w = 0; w < words; w++)
			if (message[w] != sent[w] + 1)
				wrong(worker, "an answer that is none");
	}
}

static void answer(const struct worker *worker)
{
	uint32_t message[words];
	int more;

	while ((more = transfer(read, worker->in, message, sizeof(message))) > 0) {
		for (uint32_t w = 0; w < words; w++)
			message[w]++;
		if (transfer(put, worker->out, message, sizeof(message)) <= 0)
			wrong(worker, "its partner does not listen");
		if (walk(message[0], 500) != jump(message[0], 500))
			wrong(worker, "a wrong integer sum");
		worker->shared->units[worker->number]++;
	}
	if (more < 0)
		wrong(worker, "half a message");
}

static void store(const struct worker *worker, uint32_t unit)
{
	static uint32_t block[file_words];
	char name[32];
	uint32_t seed = unit * 64 + worker->number + 1, again = seed;
	int file;

	snprintf(name, sizeof(name), "/tmp/pairs.%u", worker->number);
	file = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
	for (uint32_t i = 0; i < file_words; i++)
		block[i] = next(&seed);
	if (file < 0 || transfer(put, file, block, sizeof(block)) <= 0)
		wrong(worker, "cannot write its file");
	memset(block, 0, sizeof(block));
	if (lseek(file, 0, SEEK_SET) != 0 || transfer(read, file, block, sizeof(block)) <= 0)
		wrong(worker, "cannot read its file");
	for (uint32_t i = 0; i < file_words; i++)
		if (block[i] != next(&again))
			wrong(worker, "its file holds something else");
	close(file);
	unlink(name);
}

static void breed(const struct worker *worker, uint32_t unit)
{
	volatile uint32_t mine = unit;
	pid_t child = fork();
	int status;

	if (child == 0) {
		mine += worker->number;
		_exit(mine & 0x7f);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		wrong(worker, "no child");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != (int)((unit + worker->number) & 0x7f) || mine != unit)
		wrong(worker, "a child that is not its own");
}

// Not while the CPU is away: then any will do.
static void settle(const struct worker *worker)
{
	cpu_set_t set;

	if (worker->cpu < 0)
		return;
	CPU_ZERO(&set);
	CPU_SET(worker->cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) != 0 && errno != EINVAL)
		wrong(worker, "cannot choose its CPU");
}

static void work(const struct worker *worker)
{
	for (uint32_t unit = 0; !worker->shared->stop && (worker->units == 0 || unit < worker->units); unit++) {
		uint32_t start = unit * 977 + worker->number;

		settle(worker);
		if (walk(start, 20000) != jump(start, 20000))
			wrong(worker, "a wrong integer sum");
		if (!floats_add_up(1000 + unit % 100))
			wrong(worker, "a wrong floating-point sum");
		talk(worker, unit);
		store(worker, unit);
		breed(worker, unit);
		worker->shared->units[worker->number]++;
	}
}

static void stop(int signal)
{
	(void)signal;
	everybody->stop = 1;
}

static int collect(uint32_t children)
{
	int status, good = 1;

	while (children > 0) {
		if (wait(&status) < 0) {
			if (errno == EINTR)
				continue;
			return perror("wait"), 0;
		}
		children--;
		good &= WIFEXITED(status) && WEXITSTATUS(status) == 0;
	}
	return good;
}

static uint32_t cpus(void)
{
	return sysconf(_SC_NPROCESSORS_ONLN);
}

// A pair that talks to each other, each on a CPU of its own as long as there are some; the rest run anywhere.
static int start_pair(struct shared *shared, uint32_t first, uint32_t units)
{
	int there[2], back[2];

	if (pipe(there) != 0 || pipe(back) != 0)
		return perror("pipe"), 0;
	for (uint32_t half = 0; half < 2; half++) {
		struct worker worker = { .shared = shared, .number = first + half, .units = units };
		pid_t child = fork();

		if (child < 0)
			return perror("fork"), 0;
		if (child > 0)
			continue;
		signal(SIGTERM, SIG_IGN);
		worker.cpu = worker.number < cpus() ? (int)worker.number : -1;
		worker.in = half ? there[0] : back[0];
		worker.out = half ? back[1] : there[1];
		close(half ? there[1] : back[1]);
		close(half ? back[0] : there[0]);
		if (half) {
			settle(&worker);
			answer(&worker);
		} else {
			work(&worker);
		}
		_exit(0);
	}
	for (int i = 0; i < 2; i++) {
		close(there[i]);
		close(back[i]);
	}
	return 1;
}

int pairs(uint32_t processes, uint32_t units)
{
	uint32_t started = 0, done = 0, answers = 0;
	int good = 1;

	everybody = mmap(NULL, sizeof(*everybody), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (everybody == MAP_FAILED)
		return perror("mmap"), 1;
	if (processes < 2 || processes % 2 != 0 || processes > processes_max)
		return fprintf(stderr, "pairs: an even number from 2 to %d of processes\n", processes_max), 2;
	signal(SIGTERM, stop);
	for (; good && started < processes; started += 2)
		good = start_pair(everybody, started, units);
	if (!good)
		everybody->stop = 1;
	if (!collect(started) || !good)
		return 1;
	for (uint32_t i = 0; i < processes; i += 2) {
		done += everybody->units[i];
		answers += everybody->units[i + 1];
		if (everybody->units[i] == 0)
			return fprintf(stderr, "process %u did nothing\n", i), 1;
	}
	if (answers != done * 20)
		return fprintf(stderr, "%u answers in %u units\n", answers, done), 1;
	printf("%u processes, %u units, %u messages answered\n", processes, done, answers);
	return 0;
}

int burst(uint32_t processes, uint32_t steps)
{
	uint32_t started = 0;

	for (; started < processes; started++) {
		pid_t child = fork();

		if (child < 0)
			break;
		if (child == 0)
			_exit(walk(started, steps) != jump(started, steps));
	}
	return !collect(started) || started != processes;
}
