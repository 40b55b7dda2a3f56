/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "scenario_path.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_BYTES (4u << 20)

static char *read_text(const char *path, size_t *len)
{
	FILE *in = fopen(path, "rb");
	char *text = in ? malloc(MAX_BYTES) : NULL;

	if (in && text)
		*len = fread(text, 1, MAX_BYTES, in);
	if (!in || !text || ferror(in)) {
		fprintf(stderr, "%s: %s: give a scenario file that can be read\n", path,
			strerror(errno));
		free(text);
		text = NULL;
	}
	if (in)
		fclose(in);
	return text;
}

int scenario_load(const char *path, struct scenario_file *out)
{
	size_t len = 0;
	char *text = read_text(path, &len);
	bool good;

	*out = (struct scenario_file){ 0 };
	if (!text)
		return 1;
	good = scenario_parse(text, len, out);
	free(text);
	for (const struct complaint *c = out->complaints; c; c = c->next)
		fprintf(stderr, "%s:%u: %s\n", path, c->line, c->text);
	return good ? 0 : 1;
}

static int visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static bool is_scenario(const char *name)
{
	size_t len = strlen(name);

	return len > 4 && strcmp(name + len - 4, ".rig") == 0;
}

static int each_below(const char *directory, int (*each)(void *arg, const char *path), void *arg)
{
	struct dirent **entries;
	int n = scandir(directory, &entries, visible, alphasort);
	int failed = n < 0;

	if (n < 0)
		fprintf(stderr, "%s: %s: give a directory that can be read\n", directory,
			strerror(errno));
	for (int i = 0; i < n; i++) {
		char path[4096];
		struct stat st;

		if (snprintf(path, sizeof(path), "%s/%s", directory, entries[i]->d_name) <
			    (int)sizeof(path) &&
		    stat(path, &st) == 0) {
			if (S_ISDIR(st.st_mode))
				failed |= each_below(path, each, arg);
			else if (is_scenario(path))
				failed |= each(arg, path) != 0;
		}
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	return failed;
}

int scenario_each_file(int n, char **paths, int (*each)(void *arg, const char *path), void *arg)
{
	int failed = 0;

	for (int i = 0; i < n; i++) {
		struct stat st;

		if (stat(paths[i], &st) == 0 && S_ISDIR(st.st_mode))
			failed |= each_below(paths[i], each, arg);
		else
			failed |= each(arg, paths[i]) != 0;
	}
	return failed;
}
