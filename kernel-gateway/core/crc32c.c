/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Bit by bit: records are small, and written when reservations change. */
#include "crc32c.h"

#define POLYNOMIAL 0x82f63b78U /* reflected */

u32 sl_crc32c(u32 before, const u8 *data, u32 bytes)
{
	u32 crc = ~before;

	for (u32 i = 0; i < bytes; i++) {
		crc ^= data[i];
		for (u32 bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? POLYNOMIAL : 0);
	}
	return ~crc;
}
