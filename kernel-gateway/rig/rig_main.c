/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* sluice-rig: configures a gateway, shows what goes on in it, and injects commands without a fabric. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"

static const struct rig_command *const tables[] = { control_commands, info_commands,
						    inject_commands };

static void usage(FILE *out)
{
	fputs("usage: sluice-rig --socket PATH COMMAND [ARGUMENT...]\n"
	      "       (or SLUICE_SOCKET=PATH in the environment)\n\n",
	      out);
	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
		for (const struct rig_command *c = tables[t]; c->name; c++)
			fprintf(out, "  %s %s\n      %s\n", c->name, c->arguments, c->what);
	}
}

int rig_fail(const char *text)
{
	fprintf(stderr, "sluice-rig: %s\n", text);
	return 1;
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
	if (argc < 2 || !socket_path) {
		usage(stderr);
		return 2;
	}
	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
		for (const struct rig_command *c = tables[t]; c->name; c++) {
			if (strcmp(argv[1], c->name) == 0)
				return c->run(socket_path, argc - 2, argv + 2);
		}
	}
	fprintf(stderr, "sluice-rig: %s: no such command, see --help\n", argv[1]);
	return 2;
}
