/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * T10's words as scenarios spell them ("check-condition", "unit-attention",
 * "lun-reset") and their numbers. What people read is made from the same words:
 * CHECK CONDITION.
 */
#ifndef SLUICE_RIG_SCSI_NAME_H
#define SLUICE_RIG_SCSI_NAME_H

#include <stddef.h>
#include <stdint.h>

struct name {
	const char *word;
	uint32_t value;
};

/* Tables end with an empty row. */
extern const struct name status_names[];		/* SAM-6 5.3.1 */
extern const struct name sense_key_names[];		/* SPC-5 4.4.8 */
extern const struct name attribute_names[];		/* SAM-6 8.9: enum sluice_task_attribute */
extern const struct name function_names[];		/* SAM-6 7: enum sluice_tmf */
extern const struct name function_response_names[];	/* SAM-6 7.1: enum sluice_tmf_response */
extern const struct name device_state_names[];		/* enum sluice_device_state */
extern const struct name device_type_names[];		/* SPC-5 6.7.2 */
extern const struct name recovery_names[];		/* enum sluice_recovery */
extern const struct name control_mode_names[];		/* SLUICE_CONTROL_MODE_*, fields with their values */
extern const struct name access_names[];		/* enum sluice_access */
extern const struct name event_names[];			/* enum sluice_event_type and the functions among them */

/* The row of that word, or of that value; NULL if there is none. */
const struct name *name_find(const struct name *table, const char *word);
const struct name *name_of(const struct name *table, uint32_t value);
/* "CHECK CONDITION", or "status 77h" for a value without a name (`what` says what it is). */
#define NAME_TEXT 48
const char *name_text(const struct name *table, uint32_t value, const char *what, char out[NAME_TEXT]);
/* All words of a table, for a message: "good, busy, ..." */
void name_list(const struct name *table, char *out, size_t room);

#endif /* SLUICE_RIG_SCSI_NAME_H */
