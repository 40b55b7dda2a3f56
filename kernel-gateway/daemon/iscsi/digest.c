/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * CRC32C by the SSE4.2 instruction where there is one, by slicing tables elsewhere.
 *
 * The instruction has a latency of three cycles and a throughput of one, so long
 * inputs are worked on as three neighbouring lanes whose remainders are then joined:
 * crc(A|B) = shift(crc(A), len(B)) xor crc(B), where shift multiplies by
 * x^(8*len) modulo the polynomial. For a fixed length, shift is linear over GF(2),
 * so four tables of 256 entries do it.
 */
#include "digest.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#define POLYNOMIAL 0x82f63b78u /* 1EDC6F41h, reflected */
#define LANE	   1024u       /* bytes of one lane; a multiple of 8 */

static uint32_t slice[8][256];
static uint32_t shift_lane[4][256]; /* advance a remainder over LANE zero bytes */
static bool have_instruction;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static uint32_t advance_zeros(uint32_t crc, size_t len)
{
	while (len--)
		crc = crc >> 8 ^ slice[0][crc & 0xff];
	return crc;
}

static void build_tables(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t crc = i;

		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? POLYNOMIAL : 0);
		slice[0][i] = crc;
	}
	for (uint32_t i = 0; i < 256; i++)
		for (int k = 1; k < 8; k++)
			slice[k][i] = slice[k - 1][i] >> 8 ^ slice[0][slice[k - 1][i] & 0xff];
	for (uint32_t i = 0; i < 256; i++)
		for (int k = 0; k < 4; k++)
			shift_lane[k][i] = advance_zeros(i << 8 * k, LANE);
#if defined(__x86_64__)
	have_instruction = __builtin_cpu_supports("sse4.2");
#endif
}

static uint32_t by_table(uint32_t crc, const uint8_t *p, size_t len)
{
	while (len >= 8) {
		uint64_t v;

		memcpy(&v, p, 8);
		v ^= crc;
		crc = slice[7][v & 0xff] ^ slice[6][v >> 8 & 0xff] ^ slice[5][v >> 16 & 0xff] ^
		      slice[4][v >> 24 & 0xff] ^ slice[3][v >> 32 & 0xff] ^
		      slice[2][v >> 40 & 0xff] ^ slice[1][v >> 48 & 0xff] ^ slice[0][v >> 56];
		p += 8;
		len -= 8;
	}
	while (len--)
		crc = crc >> 8 ^ slice[0][(crc ^ *p++) & 0xff];
	return crc;
}

#if defined(__x86_64__)
static inline uint32_t shift(uint32_t crc)
{
	return shift_lane[0][crc & 0xff] ^ shift_lane[1][crc >> 8 & 0xff] ^
	       shift_lane[2][crc >> 16 & 0xff] ^ shift_lane[3][crc >> 24];
}

static inline uint64_t load64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return v;
}

__attribute__((target("sse4.2"))) static uint32_t by_instruction(uint32_t crc, const uint8_t *p,
								 size_t len)
{
	uint64_t a = crc;

	while (len >= 3 * LANE) {
		uint64_t b = 0, c = 0;

		for (size_t i = 0; i < LANE; i += 8) {
			a = __builtin_ia32_crc32di(a, load64(p + i));
			b = __builtin_ia32_crc32di(b, load64(p + LANE + i));
			c = __builtin_ia32_crc32di(c, load64(p + 2 * LANE + i));
		}
		a = shift((uint32_t)a) ^ b;
		a = shift((uint32_t)a) ^ c;
		p += 3 * LANE;
		len -= 3 * LANE;
	}
	for (; len >= 8; p += 8, len -= 8)
		a = __builtin_ia32_crc32di(a, load64(p));
	for (; len; p++, len--)
		a = __builtin_ia32_crc32qi((uint32_t)a, *p);
	return (uint32_t)a;
}
#endif

uint32_t iscsi_crc32c_table(uint32_t crc, const void *data, size_t len)
{
	pthread_once(&once, build_tables);
	return ~by_table(~crc, data, len);
}

uint32_t iscsi_crc32c(uint32_t crc, const void *data, size_t len)
{
	pthread_once(&once, build_tables);
#if defined(__x86_64__)
	if (have_instruction)
		return ~by_instruction(~crc, data, len);
#endif
	return ~by_table(~crc, data, len);
}
