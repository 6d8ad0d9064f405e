// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The workloads that a shell cannot do well. One program, so that the initramfs holds the C library once more only; what
// needs several CPUs stands in files of its own.

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "several.h"

// The host packs the initramfs with the sums of what this makes.
uint32_t next(uint32_t *state)
{
	uint32_t x = *state;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return *state = x;
}

static void emit(const void *bytes, size_t length)
{
	if (fwrite(bytes, 1, length, stdout) != length)
		exit(1);
}

// pattern LENGTH SEED: bytes that follow from the seed, low byte of a word first.
static int pattern(uint32_t length, uint32_t seed)
{
	while (length > 0) {
		uint32_t word = next(&seed);
		size_t n = length < 4 ? length : 4;

		emit(&word, n);
		length -= n;
	}
	return 0;
}

// words COUNT SEED: lines of 2 to 9 small letters.
static int words(uint32_t count, uint32_t seed)
{
	while (count-- > 0) {
		char line[10];
		size_t length = 2 + next(&seed) % 8;

		for (size_t i = 0; i < length; i++)
			line[i] = 'a' + (next(&seed) >> 8) % 26;
		line[length] = '\n';
		emit(line, length + 1);
	}
	return 0;
}

// forks COUNT: one child after the other, eight at a time, each of which writes to its memory and ends with a status
// that follows from its number.
static int forks(uint32_t count)
{
	enum { together = 8 };
	static volatile uint32_t mine;
	pid_t child[together];

	for (uint32_t first = 0; first < count; first += together) {
		uint32_t n = count - first < together ? count - first : together;

		for (uint32_t i = 0; i < n; i++) {
			uint32_t number = first + i;

			child[i] = fork();
			if (child[i] < 0)
				return perror("fork"), 1;
			if (child[i] == 0) {
				mine += number * 7 + 3;
				_exit(mine & 0x7f);
			}
		}
		for (uint32_t i = 0; i < n; i++) {
			int status;
			int expected = ((first + i) * 7 + 3) & 0x7f;

			if (waitpid(child[i], &status, 0) != child[i])
				return perror("waitpid"), 1;
			if (!WIFEXITED(status) || WEXITSTATUS(status) != expected)
				return fprintf(stderr, "child %u: status 0x%x\n", first + i, status), 1;
		}
	}
	if (mine != 0)
		return fprintf(stderr, "a child wrote to its parent's memory\n"), 1;
	printf("forks %u\n", count);
	return 0;
}

// machine STEPS: an interpreter of a random program, with the unpredictable branches and small loads of a compiler.
static int machine(uint32_t steps)
{
	enum { length = 1024, cells = 4096 };
	static uint8_t program[length];
	static uint32_t memory[cells];
	uint32_t seed = 0x2545f491, accumulator = 1, index = 0, at = 0;

	for (size_t i = 0; i < length; i++)
		program[i] = next(&seed);
	for (; steps > 0; steps--) {
		uint8_t operand = program[at] >> 3;

		switch (program[at] & 7) {
		case 0: accumulator += memory[index]; break;
		case 1: memory[index] ^= accumulator; break;
		case 2: index = (index + operand + (accumulator & 63)) % cells; break;
		case 3: accumulator = accumulator * 1664525 + 1013904223; break;
		case 4: accumulator = accumulator << operand % 31 | accumulator >> (32 - operand % 31) % 32; break;
		case 5: at = (at + (accumulator & 1 ? operand : 1)) % length; break;
		case 6: memory[(index + operand) % cells] += accumulator / (operand + 1); break;
		case 7: if (accumulator & 0x100) index = memory[index] % cells; break;
		}
		at = (at + 1) % length;
	}
	for (size_t i = 0; i < cells; i++)
		accumulator = accumulator * 31 + memory[i];
	printf("machine %08x\n", accumulator);
	return 0;
}

// syscalls: cheap ones and some that sleep, for ever.
static int syscalls(void)
{
	int ends[2];
	char byte = 0;

	if (pipe(ends) != 0)
		return perror("pipe"), 1;
	for (;;) {
		for (int i = 0; i < 100; i++) {
			getppid();
			if (write(ends[1], &byte, 1) != 1 || read(ends[0], &byte, 1) != 1)
				return perror("pipe"), 1;
		}
		usleep(1000);
	}
}

// faults: touches fresh pages and gives them back, for ever.
static int faults(void)
{
	enum { page = 4096, pages = 64 };

	for (;;) {
		char *memory = mmap(NULL, page * pages, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (memory == MAP_FAILED)
			return perror("mmap"), 1;
		for (int i = 0; i < pages; i++)
			memory[i * page] = i;
		munmap(memory, page * pages);
	}
}

static uint32_t number(const char *text)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*text == '\0' || *end != '\0' || value > UINT32_MAX) {
		fprintf(stderr, "work: %s is not a number\n", text);
		exit(2);
	}
	return value;
}

int main(int count, char **arguments)
{
	const char *what = count > 1 ? arguments[1] : "";
	uint32_t first = count > 2 ? number(arguments[2]) : 0;
	uint32_t second = count > 3 ? number(arguments[3]) : 0;

	if (!strcmp(what, "pattern") && count == 4 && second != 0)
		return pattern(first, second);
	if (!strcmp(what, "words") && count == 4 && second != 0)
		return words(first, second);
	if (!strcmp(what, "forks") && count == 3)
		return forks(first);
	if (!strcmp(what, "machine") && count == 3)
		return machine(first);
	if (!strcmp(what, "syscalls") && count == 2)
		return syscalls();
	if (!strcmp(what, "faults") && count == 2)
		return faults();
	if (!strcmp(what, "pairs") && count == 4)
		return pairs(first, second);
	if (!strcmp(what, "burst") && count == 4)
		return burst(first, second);
	if (!strcmp(what, "contend") && count == 4)
		return contend(first, second);
	if (!strcmp(what, "wander") && count == 3)
		return wander(first);
	if (!strcmp(what, "born") && count == 3)
		return born(first);
	if (!strcmp(what, "threads") && count == 4)
		return threads(first, second);
	if (!strcmp(what, "moves") && count == 3)
		return moves(first);
	fprintf(stderr, "usage: work pattern LENGTH SEED | words COUNT SEED | forks COUNT | machine STEPS | syscalls | faults |\n"
			"       pairs PROCESSES UNITS | burst PROCESSES STEPS | contend PROCESSES UNITS | wander ROUNDS | born ROUNDS |\n"
			"       threads COUNT EACH | moves TIMES\n");
	return 2;
}
