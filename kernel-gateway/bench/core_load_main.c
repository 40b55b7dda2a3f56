/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * core-load: what a command costs in the core, by how many nexuses and logical units there are.
 *
 *	core-load NEXUSES UNITS
 *
 * Lines on standard input, each answered by one on standard output; WORLD is one (one nexus,
 * one unit), own, random or turn (all nexuses, all units: core_world.h):
 *	run WORLD BATCH COMMANDS	took_ns
 *	memory				bytes of an idle device, LUN, nexus, I_T_L nexus
 * The end of input ends it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core_world.h"

static struct world one, many;

static bool run(const char *name, u32 batch, u32 commands)
{
	static const char *const orders[WORLD_ORDERS] = { "own", "random", "turn" };
	struct world *w = strcmp(name, "one") == 0 ? &one : &many;
	u32 order = WORLD_OWN;

	if (w == &many) {
		for (order = 0; order < WORLD_ORDERS && strcmp(name, orders[order]); order++)
			;
	}
	if (order == WORLD_ORDERS || batch < 1 || batch > WORLD_BATCH_MAX || commands < batch)
		return false;
	printf("%llu\n",
	       (unsigned long long)world_run(w, (enum world_order)order, batch, commands));
	return true;
}

static bool obey(const char *line)
{
	u32 batch, commands;
	char name[16];

	if (sscanf(line, "run %15s %u %u", name, &batch, &commands) == 3)
		return run(name, batch, commands);
	if (strcmp(line, "memory\n"))
		return false;
	printf("%llu %llu %llu %llu\n", (unsigned long long)many.device_bytes,
	       (unsigned long long)many.lun_bytes, (unsigned long long)many.nexus_bytes,
	       (unsigned long long)many.itl_bytes);
	return true;
}

int main(int argc, char **argv)
{
	u32 nexuses = argc == 3 ? (u32)strtoul(argv[1], NULL, 10) : 0;
	u32 units = argc == 3 ? (u32)strtoul(argv[2], NULL, 10) : 0;
	char line[64];

	if (nexuses < 1 || units < 1 || units > SLUICE_LUN_MAX + 1) {
		fprintf(stderr, "usage: core-load NEXUSES UNITS (both above 0, units up to %u)\n",
			SLUICE_LUN_MAX + 1);
		return 2;
	}
	world_open(&one, 1, 1);
	world_open(&many, nexuses, units);
	while (fgets(line, sizeof(line), stdin)) {
		if (!obey(line)) {
			fprintf(stderr,
				"core-load: say: run one|own|random|turn BATCH COMMANDS, or memory\n");
			return 2;
		}
		fflush(stdout);
	}
	world_close(&many);
	world_close(&one);
	return 0;
}
