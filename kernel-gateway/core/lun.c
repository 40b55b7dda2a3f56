/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* SAM-6 4.7: single level LUN structures, peripheral (bus 0) and flat space addressing. */
#include "nexus.h"

s32 sl_lun_decode(const u8 lun[8])
{
	for (u32 i = 2; i < 8; i++) {
		if (lun[i])
			return -1;
	}
	switch (lun[0] >> 6) {
	case 0: /* peripheral device addressing: byte 0 is the bus identifier */
		return lun[0] ? -1 : lun[1];
	case 1: /* flat space addressing */
		return (lun[0] & 0x3f) << 8 | lun[1];
	default:
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
