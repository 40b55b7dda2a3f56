/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The trace of a world: everything that was done to the core and that it did, hashed, so that
 * two runs of a seed can be compared; TRACE=1 prints it, TRACE=2 with each command's states.
 */
#include <inttypes.h>

#include "world.h"

static u32 verbosity(void)
{
	static int level = -1;

	if (level < 0)
		level = getenv("TRACE") ? atoi(getenv("TRACE")) : 0;
	return (u32)level;
}

static const char *attribute_name(u8 attribute)
{
	static const char *const names[] = { "?", "SIMPLE", "ORDERED", "HEAD OF QUEUE", "ACA" };

	return names[attribute < 5 ? attribute : 0];
}

static void print_command(u64 serial)
{
	const struct w_cmd *c = w_cmd_by_serial(serial);

	printf("command %" PRIu64 ": nexus %u LUN %u opcode %02x %s%s, %u bytes %s\n", serial,
	       c->nexus, c->lun, c->cmd.cdb[0], attribute_name(c->cmd.attribute),
	       c->naca ? " NACA" : "", c->cmd.expected_len,
	       c->cmd.direction == SLUICE_DIR_IN ? "in" : "out");
}

static void print_response(u64 serial, u64 b)
{
	const struct w_cmd *c = w_cmd_by_serial(serial);
	u8 key = 0;
	u16 code = (u8)(b >> 32) == 2 ? w_sense_code(c->cmd.sense, &key) : 0;

	if (b >> 16 & 1)
		printf("command %" PRIu64 " ends without a response\n", serial);
	else if (key || code)
		printf("command %" PRIu64 " ends CHECK CONDITION %x/%04x\n", serial, key, code);
	else
		printf("command %" PRIu64 " ends with status %02" PRIx64 ", %" PRIu64 " bytes\n",
		       serial, b >> 32, b & 0xffff);
}

static void print(u64 what, u64 a, u64 b)
{
	printf("%10.6f s  ", (double)w->now_ns / 1e9);
	switch ((char)what) {
	case 'S':
		print_command(a);
		return;
	case 'R':
		print_response(a, b);
		return;
	case 'G':
		printf("command %" PRIu64 " lies in queue %" PRIu64 ", tag %" PRIu64 "\n", a,
		       b >> 32, b & 0xffffffff);
		return;
	case 'A':
		printf("the handler answers %" PRIu64 ": status %02" PRIx64 "\n", a, b >> 32);
		return;
	case 'M':
		printf("function %" PRIu64 ", task %" PRIu64 ", nexus %" PRIu64 " LUN %" PRIu64
		       "\n",
		       a, b & 0xffffffff, b >> 48, b >> 32 & 0xffff);
		return;
	case 'T':
		printf("function %" PRIu64 " is answered: %" PRIu64 "\n", a, b);
		return;
	case 'O':
		printf("nexus %" PRIu64 " opens, identifier %" PRIu64 "\n", a, b);
		return;
	case 'C':
		printf("nexus %" PRIu64 " is closed\n", a);
		return;
	case 'H':
		printf("handler %" PRIu64 " opens session %" PRIu64 "\n", a, b);
		return;
	case 'D':
		printf("handler %" PRIu64 " dies\n", a);
		return;
	case 'Q':
		printf("handler %" PRIu64 " quiesces\n", a);
		return;
	case 'U':
		printf("a handler raises %04" PRIx64 ", scope %" PRIu64 "\n", a, b);
		return;
	case 'K':
		printf("device %" PRIu64 " has control mode %" PRIx64 "\n", a, b);
		return;
	case 'L':
		printf("LUN %" PRIu64 " of group %" PRIu64 " is %s\n", a, b >> 8,
		       b & 1 ? "mapped" : "unmapped");
		return;
	case 'W':
		printf("LUN %" PRIu64 " of group %" PRIu64 " is %s\n", a, b >> 8,
		       b & 1 ? "read-only" : "writable");
		return;
	case 'Z':
		printf("device %" PRIu64 " has access state %" PRIx64 " in port group %" PRIu64
		       "\n",
		       a, b & 0xff, b >> 8);
		return;
	case 'P':
		printf("PERSISTENT RESERVE OUT %" PRIu64 " takes effect, action %" PRIu64 "\n", a,
		       b >> 8);
		return;
	case 'V':
		printf("RESERVE or RELEASE %" PRIu64 " takes effect: ", a);
		if (b)
			printf("nexus %" PRIu64 " has the device\n", b - 1);
		else
			printf("nobody has the device\n");
		return;
	case 'X':
		printf("command %" PRIu64 " is to be aborted, by nexus %d\n", a, (int)b);
		return;
	default:
		printf("%c %" PRIu64 " %" PRIx64 "\n", (char)what, a, b);
	}
}

void w_trace(u64 what, u64 a, u64 b)
{
	u64 h = w->hash;

	if (verbosity())
		print(what, a, b);
	h = (h ^ what) * 0x100000001b3ULL;
	h = (h ^ a) * 0x100000001b3ULL;
	h = (h ^ b) * 0x100000001b3ULL;
	w->hash = h ^ h >> 29;
}

void w_trace_state(u64 serial, u32 state, u32 event)
{
	if (verbosity() >= 2)
		printf("%10.6f s      %" PRIu64 ": %s x %s\n", (double)w->now_ns / 1e9, serial,
		       sl_state_names[state], sl_event_names[event]);
}
