/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "sense_format.h"

#include "byte_order.h"
#include "nexus.h"

#define SL_FIXED_CURRENT      0x70
#define SL_DESCRIPTOR_CURRENT 0x72
#define SL_FIXED_LEN	      18U
#define SL_SKSV		      0x80

/* SPC-5 4.4.2: DESCRIPTOR TYPE */
enum sl_sense_descriptor {
	SL_DESC_INFORMATION = 0x00,
	SL_DESC_COMMAND = 0x01,
	SL_DESC_SPECIFIC = 0x02,
	SL_DESC_FRU = 0x03,
	SL_DESC_STREAM = 0x04,
	SL_DESC_BLOCK = 0x05,
	SL_DESC_DIRECT_ACCESS = 0x0d,
};

#define SL_FILEMARK	  0x80
#define SL_EOM		  0x40
#define SL_ILI		  0x20
#define SL_FIXED_OVERFLOW 0x10
#define SL_VALID	  0x80
#define SL_OVERFLOW	  0x80

/* Device types whose blocks are told of by stream commands descriptors. */
#define SL_TYPE_TAPE	  0x01

/* ---- Parsing ----------------------------------------------------------------------------- */

static bool parse_fixed(const u8 *d, u32 len, struct sl_sense_data *out)
{
	u8 whole[SL_FIXED_LEN] = { 0 };

	if (len < 3)
		return false;
	/* ADDITIONAL SENSE LENGTH says how much there is; what is not is zero. */
	if (len >= 8)
		len = sl_min(len, 8U + d[7]);
	memcpy(whole, d, sl_min(len, SL_FIXED_LEN));
	out->valid = whole[0] & SL_VALID;
	out->filemark = whole[2] & SL_FILEMARK;
	out->eom = whole[2] & SL_EOM;
	out->ili = whole[2] & SL_ILI;
	out->overflow = whole[2] & SL_FIXED_OVERFLOW;
	out->key = whole[2] & 0x0f;
	out->information = sl_get_be32(whole + 3);
	out->command_specific = sl_get_be32(whole + 8);
	out->asc = sl_get_be16(whole + 12);
	out->fru = whole[14];
	if (whole[15] & SL_SKSV)
		memcpy(out->specific, whole + 15, 3);
	return true;
}

static void parse_one(const u8 *d, u32 len, struct sl_sense_data *out)
{
	switch (d[0]) {
	case SL_DESC_INFORMATION:
		if (len >= 12 && (d[2] & SL_VALID)) {
			out->valid = true;
			out->information = sl_get_be64(d + 4);
		}
		break;
	case SL_DESC_COMMAND:
		if (len >= 12)
			out->command_specific = sl_get_be64(d + 4);
		break;
	case SL_DESC_SPECIFIC:
		if (len >= 7 && (d[4] & SL_SKSV))
			memcpy(out->specific, d + 4, 3);
		break;
	case SL_DESC_FRU:
		if (len >= 4)
			out->fru = d[3];
		break;
	case SL_DESC_STREAM:
		if (len >= 4) {
			out->filemark = d[3] & SL_FILEMARK;
			out->eom = d[3] & SL_EOM;
			out->ili |= (d[3] & SL_ILI) != 0;
		}
		break;
	case SL_DESC_BLOCK:
		if (len >= 4)
			out->ili |= (d[3] & SL_ILI) != 0;
		break;
	case SL_DESC_DIRECT_ACCESS:
		if (len < 24)
			break;
		out->valid = d[2] & SL_VALID;
		out->ili |= (d[2] & SL_ILI) != 0;
		if (d[4] & SL_SKSV)
			memcpy(out->specific, d + 4, 3);
		out->fru = d[7];
		out->information = sl_get_be64(d + 8);
		out->command_specific = sl_get_be64(d + 16);
		break;
	}
}

static bool parse_descriptor(const u8 *d, u32 len, struct sl_sense_data *out)
{
	u32 end = len >= 8 ? sl_min(len, 8U + d[7]) : len;

	if (len < 4)
		return false;
	out->key = d[1] & 0x0f;
	out->asc = sl_get_be16(d + 2);
	if (len > 4)
		out->overflow = d[4] & SL_OVERFLOW;
	for (u32 at = 8; at + 2 <= end; at += 2U + d[at + 1]) {
		if (at + 2 + d[at + 1] > end)
			break;
		parse_one(d + at, 2U + d[at + 1], out);
	}
	return true;
}

bool sl_sense_parse(const u8 *sense, u32 len, struct sl_sense_data *out)
{
	u8 code = len > 0 ? sense[0] & 0x7f : 0;

	memset(out, 0, sizeof(*out));
	if (code < SL_FIXED_CURRENT || code > SL_DESCRIPTOR_CURRENT + 1)
		return false;
	out->deferred = code & 1;
	return code >= SL_DESCRIPTOR_CURRENT ? parse_descriptor(sense, len, out) :
					       parse_fixed(sense, len, out);
}

/* ---- Writing ------------------------------------------------------------------------------- */

/* SPC-5 4.4.3: of what does not fit into four bytes, VALID is zero. */
static u8 write_fixed(const struct sl_sense_data *s, u8 *out)
{
	bool fits = s->information <= 0xffffffffU;

	memset(out, 0, SL_FIXED_LEN);
	out[0] = (u8)(SL_FIXED_CURRENT | s->deferred | (s->valid && fits ? SL_VALID : 0));
	out[2] = (u8)(s->key | (s->filemark ? SL_FILEMARK : 0) | (s->eom ? SL_EOM : 0) |
		      (s->ili ? SL_ILI : 0) | (s->overflow ? SL_FIXED_OVERFLOW : 0));
	sl_put_be32(out + 3, fits ? (u32)s->information : 0);
	out[7] = SL_FIXED_LEN - 8;
	if (s->command_specific <= 0xffffffffU)
		sl_put_be32(out + 8, (u32)s->command_specific);
	sl_put_be16(out + 12, s->asc);
	out[14] = s->fru;
	memcpy(out + 15, s->specific, 3);
	return SL_FIXED_LEN;
}

static u8 *put(u8 *at, u8 type, u8 len)
{
	memset(at, 0, 2U + len);
	at[0] = type;
	at[1] = len;
	return at;
}

static u8 write_descriptors(const struct sl_sense_data *s, u8 type, u8 *out)
{
	u8 *at = out + 8;

	memset(out, 0, 8);
	out[0] = (u8)(SL_DESCRIPTOR_CURRENT | s->deferred);
	out[1] = s->key;
	sl_put_be16(out + 2, s->asc);
	out[4] = s->overflow ? SL_OVERFLOW : 0;
	if (s->valid) {
		put(at, SL_DESC_INFORMATION, 10)[2] = SL_VALID;
		sl_put_be64(at + 4, s->information);
		at += 12;
	}
	if (s->command_specific) {
		sl_put_be64(put(at, SL_DESC_COMMAND, 10) + 4, s->command_specific);
		at += 12;
	}
	if (s->specific[0] & SL_SKSV) {
		memcpy(put(at, SL_DESC_SPECIFIC, 6) + 4, s->specific, 3);
		at += 8;
	}
	if (s->fru) {
		put(at, SL_DESC_FRU, 2)[3] = s->fru;
		at += 4;
	}
	if (s->filemark || s->eom || (s->ili && type == SL_TYPE_TAPE)) {
		put(at, SL_DESC_STREAM, 2)[3] = (u8)((s->filemark ? SL_FILEMARK : 0) |
						     (s->eom ? SL_EOM : 0) | (s->ili ? SL_ILI : 0));
		at += 4;
	} else if (s->ili) {
		put(at, SL_DESC_BLOCK, 2)[3] = SL_ILI;
		at += 4;
	}
	out[7] = (u8)(at - out - 8);
	return (u8)(at - out);
}

u8 sl_sense_write(const struct sl_sense_data *s, bool descriptor, u8 type, u8 *out)
{
	return descriptor ? write_descriptors(s, type, out) : write_fixed(s, out);
}

void sl_sense_conform(struct sl_cmd *cmd)
{
	const struct sl_device *dev = cmd->core.itl->dev;
	bool wanted = sl_load_relaxed(&dev->control_mode) & SLUICE_CONTROL_MODE_D_SENSE;
	bool is = (cmd->sense[0] & 0x7f) >= SL_DESCRIPTOR_CURRENT;
	struct sl_sense_data s;

	if (is == wanted || !sl_sense_parse(cmd->sense, cmd->sense_len, &s))
		return;
	cmd->sense_len =
		sl_sense_write(&s, wanted, sl_load_relaxed(&dev->peripheral_type), cmd->sense);
}
