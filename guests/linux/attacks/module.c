// SPDX-License-Identifier: MIT OR Apache-2.0
/* module insert FILE [NAME=VALUE ...] | module remove NAME: loads and unloads kernel modules. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int insert(char **words)
{
	char parameters[512] = "";
	int file = open(words[0], O_RDONLY | O_CLOEXEC);
	char **word;

	if (file < 0)
		return -1;
	for (word = words + 1; *word; word++) {
		if (strlen(parameters) + strlen(*word) + 2 > sizeof parameters) {
			errno = E2BIG;
			return -1;
		}
		strcat(strcat(parameters, *word), " ");
	}
	return (int)syscall(SYS_finit_module, file, parameters, 0);
}

int main(int count, char **words)
{
	int error = -1;

	if (count >= 3 && !strcmp(words[1], "insert"))
		error = insert(words + 2);
	else if (count == 3 && !strcmp(words[1], "remove"))
		error = (int)syscall(SYS_delete_module, words[2], O_NONBLOCK);
	else
		errno = EINVAL;
	if (error)
		fprintf(stderr, "module: %s: %s\n", count > 2 ? words[2] : "insert FILE [NAME=VALUE ...] or remove NAME", strerror(errno));
	return error ? 1 : 0;
}
