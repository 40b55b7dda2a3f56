/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* CRC32C (Castagnoli), the digest of RFC 7143 13.1. */
#ifndef SLUICE_ISCSI_DIGEST_H
#define SLUICE_ISCSI_DIGEST_H

#include <stddef.h>
#include <stdint.h>

/* Continue `crc` (0 to begin) over `len` bytes. A digest on the wire is little-endian. */
uint32_t iscsi_crc32c(uint32_t crc, const void *data, size_t len);
/* The same without the CPU's instruction; for processors that lack it, and to compare. */
uint32_t iscsi_crc32c_table(uint32_t crc, const void *data, size_t len);

static inline void iscsi_digest_put(uint8_t *p, uint32_t crc)
{
	p[0] = (uint8_t)crc;
	p[1] = (uint8_t)(crc >> 8);
	p[2] = (uint8_t)(crc >> 16);
	p[3] = (uint8_t)(crc >> 24);
}

static inline uint32_t iscsi_digest_get(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

#endif /* SLUICE_ISCSI_DIGEST_H */
