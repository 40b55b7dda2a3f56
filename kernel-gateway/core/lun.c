/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * SAM-6 4.7.7: single level LUN structures. Peripheral device addressing, flat space
 * addressing and extended flat space addressing reach the same logical units, whichever
 * an initiator uses; REPORT LUNS names each by the shortest.
 */
#include "nexus.h"

#define SL_METHOD_PERIPHERAL   0
#define SL_METHOD_FLAT	       1
#define SL_METHOD_EXTENDED     3

/* Extended addressing: LENGTH and EXTENDED ADDRESS METHOD, the low six bits of byte 0. */
#define SL_EXTENDED_WELL_KNOWN 0x01 /* one byte, LUN 01h is REPORT LUNS */
#define SL_EXTENDED_FLAT       0x12 /* three bytes of LUN */
#define SL_EXTENDED_FLAT_LONG  0x22 /* five bytes of LUN */

const u8 sl_lun_of_report_luns[8] = { 0xc1, 0x01 };

static bool is_zero(const u8 *bytes, u32 from, u32 to)
{
	u8 sum = 0;

	while (from < to)
		sum |= bytes[from++];
	return sum == 0;
}

static s32 decode_extended(const u8 lun[8])
{
	switch (lun[0] & 0x3f) {
	case SL_EXTENDED_WELL_KNOWN:
		return lun[1] == 0x01 && is_zero(lun, 2, 8) ? SL_LUN_REPORT_LUNS : -1;
	case SL_EXTENDED_FLAT:
		if (lun[1] || lun[2] >> 6 || !is_zero(lun, 4, 8))
			return -1;
		return lun[2] << 8 | lun[3];
	case SL_EXTENDED_FLAT_LONG:
		if (!is_zero(lun, 1, 4) || lun[4] >> 6 || !is_zero(lun, 6, 8))
			return -1;
		return lun[4] << 8 | lun[5];
	default:
		return -1;
	}
}

s32 sl_lun_decode(const u8 lun[8])
{
	switch (lun[0] >> 6) {
	case SL_METHOD_PERIPHERAL:
		/* A bus identifier that is not zero leads to another level: there is none. */
		return lun[0] == 0 && is_zero(lun, 2, 8) ? lun[1] : -1;
	case SL_METHOD_FLAT:
		return is_zero(lun, 2, 8) ? (lun[0] & 0x3f) << 8 | lun[1] : -1;
	case SL_METHOD_EXTENDED:
		return decode_extended(lun);
	default: /* logical unit addressing: bus, target and LUN of another level */
		return -1;
	}
}

void sl_lun_encode(u32 lun, u8 out[8])
{
	memset(out, 0, 8);
	out[1] = (u8)lun;
	if (lun > 0xff)
		out[0] = (u8)(0x40 | lun >> 8);
}
