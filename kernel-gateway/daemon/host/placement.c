/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "placement.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

int placement_usable_cpus(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
}

/* A number of the list at *text, which moves behind it; -1 if there is none. */
static int number(const char **text)
{
	unsigned long value;
	char *end;

	if (**text < '0' || **text > '9')
		return -1;
	value = strtoul(*text, &end, 10);
	*text = end;
	return value < CPU_SETSIZE ? (int)value : -1;
}

static int parse_list(const char *text, struct placement *p)
{
	do {
		int first = number(&text), last = first;

		if (*text == '-') {
			text++;
			last = number(&text);
		}
		if (first < 0 || last < first)
			return -EINVAL;
		for (int cpu = first; cpu <= last; cpu++) {
			if (p->n_cpus == PLACEMENT_MAX_CPUS)
				return -EINVAL;
			p->cpus[p->n_cpus++] = cpu;
		}
	} while (*text++ == ',');
	return text[-1] ? -EINVAL : 0;
}

int placement_parse(const char *text, struct placement *out)
{
	struct placement p = { .kind = PLACEMENT_ANY };

	if (strcmp(text, "auto") == 0) {
		int cpus = placement_usable_cpus();

		p.kind = cpus > 1 && cpus <= PLACEMENT_SMALL ? PLACEMENT_FOLLOW : PLACEMENT_ANY;
	} else if (strcmp(text, "follow") == 0) {
		p.kind = PLACEMENT_FOLLOW;
	} else if (strcmp(text, "any") != 0) {
		p.kind = PLACEMENT_FIXED;
		if (parse_list(text, &p))
			return -EINVAL;
	}
	*out = p;
	return 0;
}

bool follow_vote(struct follow *f, int cpu)
{
	uint32_t peak = f->peak;

	f->heard = 0;
	f->peak = 0;
	if (peak >= FOLLOW_DEEP)
		cpu = -1;
	else if (peak > FOLLOW_SHALLOW || cpu < 0)
		cpu = f->cpu; /* neither here nor there */
	if (cpu == f->cpu) {
		f->votes = 0;
		return false;
	}
	f->votes = cpu == f->candidate ? f->votes + 1 : 1;
	f->candidate = cpu;
	if (f->votes < FOLLOW_VOTES)
		return false;
	f->votes = 0;
	f->cpu = cpu;
	return true;
}
