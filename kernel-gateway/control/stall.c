/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "stall.h"

#include "text.h"

/* Shorter than this nobody calls a stall. */
#define STALL_NS  5000000000ULL
#define SECOND_NS 1000000000ULL

bool stall_changed(struct stall *s, const struct sluice_session_info *info, char text[STALL_TEXT])
{
	if (!s->stalled && info->stalled_ns >= STALL_NS) {
		s->stalled = true;
		snprintf(text, STALL_TEXT,
			 "takes and answers nothing for %llu s: %u commands in flight, %u of them "
			 "untaken, the oldest for %llu s",
			 (unsigned long long)(info->stalled_ns / SECOND_NS), info->in_flight,
			 info->untaken, (unsigned long long)(info->oldest_ns / SECOND_NS));
		return true;
	}
	if (s->stalled && info->stalled_ns == 0) {
		s->stalled = false;
		snprintf(text, STALL_TEXT, "takes and answers again");
		return true;
	}
	return false;
}
