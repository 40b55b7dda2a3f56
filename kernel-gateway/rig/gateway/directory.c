/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "directory.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES 20u

int directory_make(char path[DIRECTORY_PATH])
{
	const char *base = getenv("TMPDIR");

	if (!base || strlen(base) > 32)
		base = "/tmp";
	snprintf(path, DIRECTORY_PATH, "%s/sluice-rig.XXXXXX", base);
	return mkdtemp(path) ? 0 : -errno;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	remove(path);
	return 0;
}

void directory_remove(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

void directory_print_end(FILE *out, const char *file, const char *heading)
{
	FILE *in = fopen(file, "r");
	char lines[LINES][256];
	unsigned int n = 0;

	if (!in)
		return;
	while (fgets(lines[n % LINES], sizeof(lines[0]), in))
		n++;
	fclose(in);
	if (n)
		fprintf(out, "    %s\n", heading);
	for (unsigned int i = n > LINES ? n - LINES : 0; i < n; i++)
		fprintf(out, "      %s", lines[i % LINES]);
}
