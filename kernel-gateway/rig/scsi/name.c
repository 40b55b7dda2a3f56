/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "name.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "sluice/abi.h"

const struct name status_names[] = {
	{ "good", 0x00 },	{ "check-condition", 0x02 },	  { "condition-met", 0x04 },
	{ "busy", 0x08 },	{ "reservation-conflict", 0x18 }, { "task-set-full", 0x28 },
	{ "aca-active", 0x30 }, { "task-aborted", 0x40 },	  { 0 },
};

const struct name sense_key_names[] = {
	{ "no-sense", 0x0 },	    { "recovered-error", 0x1 },
	{ "not-ready", 0x2 },	    { "medium-error", 0x3 },
	{ "hardware-error", 0x4 },  { "illegal-request", 0x5 },
	{ "unit-attention", 0x6 },  { "data-protect", 0x7 },
	{ "blank-check", 0x8 },	    { "vendor-specific", 0x9 },
	{ "copy-aborted", 0xa },    { "aborted-command", 0xb },
	{ "volume-overflow", 0xd }, { "miscompare", 0xe },
	{ "completed", 0xf },	    { 0 },
};

const struct name attribute_names[] = {
	{ "simple", SLUICE_ATTR_SIMPLE },
	{ "ordered", SLUICE_ATTR_ORDERED },
	{ "head-of-queue", SLUICE_ATTR_HEAD_OF_QUEUE },
	{ "aca", SLUICE_ATTR_ACA },
	{ 0 },
};

const struct name function_names[] = {
	{ "abort-task", SLUICE_TMF_ABORT_TASK },
	{ "abort-task-set", SLUICE_TMF_ABORT_TASK_SET },
	{ "clear-aca", SLUICE_TMF_CLEAR_ACA },
	{ "clear-task-set", SLUICE_TMF_CLEAR_TASK_SET },
	{ "lun-reset", SLUICE_TMF_LOGICAL_UNIT_RESET },
	{ "target-reset", SLUICE_TMF_TARGET_RESET },
	{ "nexus-reset", SLUICE_TMF_I_T_NEXUS_RESET },
	{ "query-task", SLUICE_TMF_QUERY_TASK },
	{ "query-task-set", SLUICE_TMF_QUERY_TASK_SET },
	{ "query-async-event", SLUICE_TMF_QUERY_ASYNC_EVENT },
	{ 0 },
};

const struct name function_response_names[] = {
	{ "function-complete", SLUICE_TMF_COMPLETE },
	{ "function-succeeded", SLUICE_TMF_SUCCEEDED },
	{ "function-rejected", SLUICE_TMF_REJECTED },
	{ "incorrect-lun", SLUICE_TMF_INCORRECT_LUN },
	{ "no-such-task", SLUICE_TMF_NO_TASK },
	{ 0 },
};

const struct name device_state_names[] = {
	{ "absent", SLUICE_DEVICE_ABSENT },
	{ "served", SLUICE_DEVICE_SERVED },
	{ "orphaned", SLUICE_DEVICE_ORPHANED },
	{ "held", SLUICE_DEVICE_HELD },
	{ 0 },
};

const struct name device_type_names[] = {
	{ "disk", 0x00 },
	{ "tape", 0x01 },
	{ "changer", 0x08 },
	{ 0 },
};

const struct name recovery_names[] = {
	{ "fail", SLUICE_RECOVERY_FAIL },
	{ "requeue", SLUICE_RECOVERY_REQUEUE },
	{ "redeliver", SLUICE_RECOVERY_REDELIVER },
	{ 0 },
};

const struct name control_mode_names[] = {
	{ "none", 0 },
	{ "tas", SLUICE_CONTROL_MODE_TAS },
	{ "descriptor-sense", SLUICE_CONTROL_MODE_D_SENSE },
	{ "tmf-only", SLUICE_CONTROL_MODE_TMF_ONLY },
	{ "tst-each", 1 << SLUICE_CONTROL_MODE_TST_SHIFT },
	{ "qerr-all", 1 << SLUICE_CONTROL_MODE_QERR_SHIFT },
	{ "qerr-own", 3 << SLUICE_CONTROL_MODE_QERR_SHIFT },
	{ "ua-keep", 2 << SLUICE_CONTROL_MODE_UA_INTLCK_SHIFT },
	{ "ua-establish", 3 << SLUICE_CONTROL_MODE_UA_INTLCK_SHIFT },
	{ 0 },
};

const struct name access_names[] = {
	{ "optimized", SLUICE_ACCESS_OPTIMIZED },
	{ "non-optimized", SLUICE_ACCESS_NON_OPTIMIZED },
	{ "standby", SLUICE_ACCESS_STANDBY },
	{ "unavailable", SLUICE_ACCESS_UNAVAILABLE },
	{ "offline", SLUICE_ACCESS_OFFLINE },
	{ "transitioning", SLUICE_ACCESS_TRANSITIONING },
	{ 0 },
};

const struct name event_names[] = {
	{ "nexus-add", SLUICE_EVENT_NEXUS_ADD },
	{ "nexus-remove", SLUICE_EVENT_NEXUS_REMOVE },
	{ "device-reset", SLUICE_EVENT_LUN_RESET },
	{ 0 },
};

const struct name *name_find(const struct name *table, const char *word)
{
	for (; table->word; table++) {
		if (strcmp(table->word, word) == 0)
			return table;
	}
	return NULL;
}

const struct name *name_of(const struct name *table, uint32_t value)
{
	for (; table->word; table++) {
		if (table->value == value)
			return table;
	}
	return NULL;
}

const char *name_text(const struct name *table, uint32_t value, const char *what,
		      char out[NAME_TEXT])
{
	const struct name *n = name_of(table, value);

	if (!n) {
		snprintf(out, NAME_TEXT, "%s %02Xh", what, value);
		return out;
	}
	snprintf(out, NAME_TEXT, "%s", n->word);
	for (char *c = out; *c; c++)
		*c = *c == '-' ? ' ' : (char)toupper((unsigned char)*c);
	return out;
}

void name_list(const struct name *table, char *out, size_t room)
{
	size_t at = 0;

	out[0] = '\0';
	for (; table->word && at < room; table++)
		at += (size_t)snprintf(out + at, room - at, "%s%s", at ? ", " : "", table->word);
}
