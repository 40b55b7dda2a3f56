/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* sluice-rig: runs scenarios, injects commands without a fabric, configures a gateway and shows what goes on in it. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"

static const struct {
	const struct rig_command *rows;
	bool alone; /* without --socket, too */
} tables[] = {
	{ run_commands, true },	  { check_commands, true },    { inject_commands, false },
	{ info_commands, false }, { control_commands, false },
};

static void usage(FILE *out)
{
	fputs("usage: sluice-rig [--socket PATH] COMMAND [ARGUMENT...]\n"
	      "       (or SLUICE_SOCKET=PATH in the environment; * needs none)\n\n",
	      out);
	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
		for (const struct rig_command *c = tables[t].rows; c->name; c++)
			fprintf(out, "%s %s %s\n      %s\n", tables[t].alone ? "*" : " ", c->name,
				c->arguments, c->what);
	}
}

int rig_fail(const char *text)
{
	fprintf(stderr, "sluice-rig: %s\n", text);
	return 1;
}

static int run(const struct rig_command *c, bool alone, const char *socket_path, int argc,
	       char **argv)
{
	if (!socket_path && !alone) {
		fprintf(stderr, "sluice-rig: %s: which gateway? give --socket PATH before it\n",
			c->name);
		return 2;
	}
	return c->run(socket_path, argc, argv);
}

int main(int argc, char **argv)
{
	const char *socket_path = getenv("SLUICE_SOCKET");

	if (argc > 2 && strcmp(argv[1], "--socket") == 0) {
		socket_path = argv[2];
		argv += 2;
		argc -= 2;
	}
	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		usage(stdout);
		return 0;
	}
	if (argc < 2) {
		usage(stderr);
		return 2;
	}
	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
		for (const struct rig_command *c = tables[t].rows; c->name; c++) {
			if (strcmp(argv[1], c->name) == 0)
				return run(c, tables[t].alone, socket_path, argc - 2, argv + 2);
		}
	}
	fprintf(stderr, "sluice-rig: %s: no such command, see --help\n", argv[1]);
	return 2;
}
