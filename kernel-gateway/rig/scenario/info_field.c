/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What `expect device`, `expect gateway`, `expect nexus` and `expect live` can ask for. */
#include "scenario.h"

#define FIELD(word, structure, member)                                                            \
	{                                                                                         \
		word, offsetof(struct structure, member), sizeof(((struct structure *)0)->member) \
	}

static const struct info_name gateway_fields[] = {
	FIELD("sessions", sluice_gateway_info, sessions),
	FIELD("devices", sluice_gateway_info, devices),
	FIELD("nexuses", sluice_gateway_info, nexuses),
	FIELD("commands", sluice_gateway_info, commands),
	FIELD("faults", sluice_gateway_info, handler_faults),
	FIELD("broken", sluice_gateway_info, broken_sessions),
	FIELD("dropped", sluice_gateway_info, dropped_completions),
	{ 0 },
};

static const struct info_name device_fields[] = {
	FIELD("state", sluice_device_info, state),
	FIELD("type", sluice_device_info, peripheral_type),
	FIELD("live", sluice_device_info, live),
	FIELD("quarantined", sluice_device_info, quarantined),
	FIELD("commands", sluice_device_info, commands),
	FIELD("bytes-in", sluice_device_info, bytes_in),
	FIELD("bytes-out", sluice_device_info, bytes_out),
	FIELD("check-conditions", sluice_device_info, check_conditions),
	FIELD("timeouts", sluice_device_info, timeouts),
	FIELD("aborts", sluice_device_info, aborts),
	FIELD("kept", sluice_device_info, kept),
	FIELD("takeovers", sluice_device_info, takeovers),
	FIELD("redelivered", sluice_device_info, redelivered),
	{ 0 },
};

static const struct info_name nexus_fields[] = {
	FIELD("live", sluice_nexus_info, live),
	FIELD("commands", sluice_nexus_info, commands),
	{ 0 },
};

static const struct info_name live_fields[] = {
	FIELD("commands", live_counts, commands),
	FIELD("aborted", live_counts, aborted),
	FIELD("gateway", live_counts, waits[SLUICE_WAIT_GATEWAY]),
	FIELD("buffer", live_counts, waits[SLUICE_WAIT_BUFFER]),
	FIELD("task-set", live_counts, waits[SLUICE_WAIT_TASK_SET]),
	FIELD("initiator", live_counts, waits[SLUICE_WAIT_INITIATOR]),
	FIELD("turn", live_counts, waits[SLUICE_WAIT_TURN]),
	FIELD("admin", live_counts, waits[SLUICE_WAIT_ADMIN]),
	FIELD("tag", live_counts, waits[SLUICE_WAIT_TAG]),
	FIELD("handler", live_counts, waits[SLUICE_WAIT_HANDLER]),
	FIELD("next-handler", live_counts, waits[SLUICE_WAIT_NEXT]),
	{ 0 },
};

const struct info_name *const info_fields[4] = {
	[INFO_GATEWAY] = gateway_fields,
	[INFO_DEVICE] = device_fields,
	[INFO_NEXUS] = nexus_fields,
	[INFO_LIVE] = live_fields,
};
