/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The fuzzer's bytes, taken from the front; zeros when there are no more. */
#ifndef SLUICE_FUZZ_INPUT_H
#define SLUICE_FUZZ_INPUT_H

#ifdef NDEBUG
#error "fuzz targets find by assert()"
#endif

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct input {
	const uint8_t *at;
	size_t left;
};

static inline void input_bytes(struct input *in, void *to, size_t len)
{
	size_t have = len < in->left ? len : in->left;

	memcpy(to, in->at, have);
	memset((uint8_t *)to + have, 0, len - have);
	in->at += have;
	in->left -= have;
}

static inline uint8_t input_u8(struct input *in)
{
	uint8_t v;

	input_bytes(in, &v, sizeof(v));
	return v;
}

static inline uint32_t input_u32(struct input *in)
{
	uint32_t v;

	input_bytes(in, &v, sizeof(v));
	return v;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif /* SLUICE_FUZZ_INPUT_H */
