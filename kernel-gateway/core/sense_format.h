/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Sense data taken apart and put together again, in fixed and in descriptor format
 * (SPC-5 4.4): so an initiator has the format that the device is set to, whichever a
 * handler wrote.
 */
#ifndef SLUICE_CORE_SENSE_FORMAT_H
#define SLUICE_CORE_SENSE_FORMAT_H

#include "command.h"

struct sl_sense_data {
	bool deferred;			/* response code 71h, 73h */
	bool overflow;			/* SDAT_OVFL */
	bool valid;			/* INFORMATION is */
	bool filemark, eom, ili;
	u8 key;
	u16 asc;			/* additional sense code << 8 | qualifier */
	u8 fru;				/* field replaceable unit; 0: not told */
	u8 specific[3];			/* sense key specific; SKSV is bit 7 of the first */
	u64 information, command_specific;
};

/* False: not sense data of a response code that SPC-5 knows, or shorter than what it says. */
bool sl_sense_parse(const u8 *sense, u32 len, struct sl_sense_data *out);
/* `type`: peripheral device type, for ILI has another place in each. At most 52 bytes; returns how many. */
u8 sl_sense_write(const struct sl_sense_data *s, bool descriptor, u8 type, u8 *out);
/* The handler's sense data in the format that the device is set to. Under the nexus's lock. */
void sl_sense_conform(struct sl_cmd *cmd);

#endif /* SLUICE_CORE_SENSE_FORMAT_H */
