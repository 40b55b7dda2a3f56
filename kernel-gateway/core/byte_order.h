/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Numbers in CDBs and parameter data: big-endian, unaligned. */
#ifndef SLUICE_CORE_BYTE_ORDER_H
#define SLUICE_CORE_BYTE_ORDER_H

#include "port.h"

static inline u16 sl_get_be16(const u8 *p)
{
	return (u16)(p[0] << 8 | p[1]);
}

static inline u32 sl_get_be32(const u8 *p)
{
	return (u32)sl_get_be16(p) << 16 | sl_get_be16(p + 2);
}

static inline u64 sl_get_be64(const u8 *p)
{
	return (u64)sl_get_be32(p) << 32 | sl_get_be32(p + 4);
}

static inline void sl_put_be16(u8 *p, u16 v)
{
	p[0] = (u8)(v >> 8);
	p[1] = (u8)v;
}

static inline void sl_put_be32(u8 *p, u32 v)
{
	sl_put_be16(p, (u16)(v >> 16));
	sl_put_be16(p + 2, (u16)v);
}

static inline void sl_put_be64(u8 *p, u64 v)
{
	sl_put_be32(p, (u32)(v >> 32));
	sl_put_be32(p + 4, (u32)v);
}

#endif /* SLUICE_CORE_BYTE_ORDER_H */
