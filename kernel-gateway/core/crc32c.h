/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef SLUICE_CORE_CRC32C_H
#define SLUICE_CORE_CRC32C_H

#include "port.h"

/* Castagnoli's, as RFC 7143 and java.util.zip.CRC32C have it; `before`: of what came before these bytes, or 0. */
u32 sl_crc32c(u32 before, const u8 *data, u32 bytes);

#endif /* SLUICE_CORE_CRC32C_H */
