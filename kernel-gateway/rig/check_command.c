/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* `check` and `commands`: what needs no gateway. */
#include <stdio.h>

#include "command.h"
#include "scenario_path.h"
#include "scsi/command_table.h"

static int check_file(void *arg, const char *path)
{
	struct scenario_file file;
	uint32_t *scenarios = arg;
	int err = scenario_load(path, &file);

	if (!err)
		*scenarios += file.n_scenarios;
	scenario_free(&file);
	return err;
}

static int run_check(const char *socket_path, int argc, char **argv)
{
	uint32_t scenarios = 0;

	if (argc < 1)
		return rig_fail("check FILE|DIRECTORY...");
	if (scenario_each_file(argc, argv, check_file, &scenarios))
		return 1;
	printf("%u scenarios, no error\n", scenarios);
	return 0;
}

static int list_commands(const char *socket_path, int argc, char **argv)
{
	const struct cdb_command *c;

	for (unsigned int n = 0; (c = cdb_command_at(n)); n++) {
		printf("%-24s %s (%02Xh)\n%24s", c->name, c->t10_name, c->opcode, "");
		for (int i = 0; i < CDB_FIELDS && c->fields[i].name; i++)
			printf(" %s=", c->fields[i].name);
		printf(" control=\n");
	}
	return 0;
}

const struct rig_command check_commands[] = {
	{ "check", "FILE|DIRECTORY...", "every error in scenario files, without running them",
	  run_check },
	{ "commands", "", "the commands that scenarios know by name, and their fields",
	  list_commands },
	{ 0 },
};
