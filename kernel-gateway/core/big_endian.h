/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Numbers in CDBs and parameter data: SCSI has the most significant byte first. */
#ifndef SLUICE_CORE_BIG_ENDIAN_H
#define SLUICE_CORE_BIG_ENDIAN_H

#include "port.h"

static inline u16 sl_be16(const u8 *p)
{
	return (u16)(p[0] << 8 | p[1]);
}

static inline u32 sl_be32(const u8 *p)
{
	return (u32)sl_be16(p) << 16 | sl_be16(p + 2);
}

static inline u64 sl_be64(const u8 *p)
{
	return (u64)sl_be32(p) << 32 | sl_be32(p + 4);
}

static inline void sl_put_be16(u8 *p, u32 value)
{
	p[0] = (u8)(value >> 8);
	p[1] = (u8)value;
}

static inline void sl_put_be32(u8 *p, u32 value)
{
	sl_put_be16(p, value >> 16);
	sl_put_be16(p + 2, value);
}

static inline void sl_put_be64(u8 *p, u64 value)
{
	sl_put_be32(p, (u32)(value >> 32));
	sl_put_be32(p + 4, (u32)value);
}

#endif /* SLUICE_CORE_BIG_ENDIAN_H */
