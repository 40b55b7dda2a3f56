/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The record of a device's reservations, which its handler stores and gives back
 * (docs/ring-abi.md has the layout). Everything in it is checked before any of it counts.
 */
#include "crc32c.h"
#include "reservation.h"

#define MAGIC		 "SLUICEPR"
#define VERSION		 1U
#define FLAG_APTPL	 (1U << 0)
#define NO_HOLDER	 0xffffffffU

/* Offsets in the head. Numbers are little-endian. */
#define RECORD_VERSION	 8U  /* u16 */
#define RECORD_FLAGS	 10U /* u16 */
#define RECORD_BYTES	 12U /* u32, of the whole record */
#define RECORD_CRC	 16U /* u32, of the whole record with zero here */
#define RECORD_COUNT	 20U /* u32 */
#define RECORD_HOLDER	 24U /* u32, index, or NO_HOLDER */
#define RECORD_TYPE	 28U /* u8; three zeros follow */
#define RECORD_DEVICE	 32U /* its name */
#define HEAD_BYTES	 (RECORD_DEVICE + SLUICE_NAME_LEN)

/* Offsets in an entry; two texts without a NUL follow, then zeros up to a multiple of eight. */
#define RECORD_KEY	 0U  /* u64 */
#define RECORD_GROUP	 8U  /* u16, target portal group tag */
#define RECORD_INITIATOR 10U /* u16, bytes of the initiator port's name */
#define RECORD_TARGET	 12U /* u16, bytes of the target's name; two zeros follow */
#define ENTRY_BYTES	 16U

static void put(u8 *p, u64 v, u32 bytes)
{
	for (u32 i = 0; i < bytes; i++)
		p[i] = (u8)(v >> 8 * i);
}

static u64 get(const u8 *p, u32 bytes)
{
	u64 v = 0;

	for (u32 i = 0; i < bytes; i++)
		v |= (u64)p[i] << 8 * i;
	return v;
}

static u32 padded(u32 bytes)
{
	return (bytes + 7) & ~7U;
}

static u32 entry_bytes(const struct sl_registration *reg)
{
	return padded(ENTRY_BYTES + (u32)strlen(reg->initiator_port) +
		      (u32)strlen(reg->port->target));
}

u32 sl_record_bytes(const struct sl_reservation *r)
{
	u32 bytes = HEAD_BYTES;

	for (u32 i = 0; i < r->n; i++)
		bytes += entry_bytes(&r->at[i]);
	return bytes;
}

u32 sl_record_bound(u32 n)
{
	return HEAD_BYTES + n * padded(ENTRY_BYTES + 2 * SLUICE_PORT_NAME_LEN);
}

/* ---- Writing ------------------------------------------------------------------ */

static u32 write_entry(const struct sl_registration *reg, u8 *out)
{
	u32 initiator = (u32)strlen(reg->initiator_port), target = (u32)strlen(reg->port->target);

	put(out + RECORD_KEY, reg->key, 8);
	put(out + RECORD_GROUP, reg->port->group, 2);
	put(out + RECORD_INITIATOR, initiator, 2);
	put(out + RECORD_TARGET, target, 2);
	memcpy(out + ENTRY_BYTES, reg->initiator_port, initiator);
	memcpy(out + ENTRY_BYTES + initiator, reg->port->target, target);
	return entry_bytes(reg);
}

u32 sl_record_write(const struct sl_reservation *r, const char *device, u8 *out)
{
	u32 bytes = sl_record_bytes(r), at = HEAD_BYTES;
	/* What does not persist is not written: such a record says that there is nothing. */
	u32 n = r->aptpl ? r->n : 0;

	memset(out, 0, bytes);
	memcpy(out, MAGIC, 8);
	put(out + RECORD_VERSION, VERSION, 2);
	put(out + RECORD_FLAGS, r->aptpl ? FLAG_APTPL : 0, 2);
	put(out + RECORD_COUNT, n, 4);
	put(out + RECORD_HOLDER, n && r->type ? r->holder : NO_HOLDER, 4);
	out[RECORD_TYPE] = n ? r->type : SL_TYPE_NONE;
	memcpy(out + RECORD_DEVICE, device, sl_min(strlen(device), SLUICE_NAME_LEN - 1));
	for (u32 i = 0; i < n; i++)
		at += write_entry(&r->at[i], out + at);
	put(out + RECORD_BYTES, at, 4);
	put(out + RECORD_CRC, sl_crc32c(0, out, at), 4);
	return at;
}

/* ---- Reading ------------------------------------------------------------------- */

static bool crc_fits(const u8 *record, u32 bytes)
{
	static const u8 zero[4];
	u32 crc = sl_crc32c(0, record, RECORD_CRC);

	crc = sl_crc32c(crc, zero, 4);
	crc = sl_crc32c(crc, record + RECORD_CRC + 4, bytes - RECORD_CRC - 4);
	return crc == (u32)get(record + RECORD_CRC, 4);
}

/* NULL: the head is in order. */
static const char *head_fault(const char *device, const u8 *record, u32 bytes)
{
	u32 n, holder, type;

	if (bytes < HEAD_BYTES || memcmp(record, MAGIC, 8) != 0)
		return "it is no record of reservations, or its head is cut off";
	if (get(record + RECORD_VERSION, 2) != VERSION)
		return "its version is unknown: it is of another release of Sluice";
	if (get(record + RECORD_BYTES, 4) != bytes)
		return "it is shorter or longer than it says";
	if (!crc_fits(record, bytes))
		return "its checksum does not fit";
	if (strncmp((const char *)record + RECORD_DEVICE, device, SLUICE_NAME_LEN) != 0)
		return "it is of another device";
	n = (u32)get(record + RECORD_COUNT, 4);
	holder = (u32)get(record + RECORD_HOLDER, 4);
	type = record[RECORD_TYPE];
	if (n > SL_REGISTRATIONS_MAX)
		return "it has more registrations than a device may have";
	if (type != SL_TYPE_NONE && (!sl_type_valid((u8)type) || holder >= n))
		return "its reservation has no such type, or no holder";
	return NULL;
}

/* Bytes that the entry takes; 0: it makes no sense, or, then *why is NULL, there is no memory. Under gw->config. */
static u32 read_entry(struct sl_gateway *gw, struct sl_reservation *r, const u8 *entry, u32 room,
		      const char **why)
{
	char initiator[SLUICE_PORT_NAME_LEN] = { 0 }, target[SLUICE_PORT_NAME_LEN] = { 0 };
	const struct sl_target_port *port;
	u32 initiator_len, target_len, bytes;
	int error;

	*why = "a registration in it makes no sense";
	if (room < ENTRY_BYTES)
		return 0;
	initiator_len = (u32)get(entry + RECORD_INITIATOR, 2);
	target_len = (u32)get(entry + RECORD_TARGET, 2);
	bytes = padded(ENTRY_BYTES + initiator_len + target_len);
	if (!initiator_len || !target_len || initiator_len >= sizeof(initiator) ||
	    target_len >= sizeof(target) || bytes > room || !get(entry + RECORD_GROUP, 2))
		return 0;
	memcpy(initiator, entry + ENTRY_BYTES, initiator_len);
	memcpy(target, entry + ENTRY_BYTES + initiator_len, target_len);
	if (!get(entry + RECORD_KEY, 8))
		return 0;
	port = sl_target_port_of(gw, target, (u16)get(entry + RECORD_GROUP, 2), &error);
	if (!port) {
		*why = NULL;
		return 0;
	}
	if (strlen(initiator) != initiator_len || strlen(target) != target_len ||
	    sl_registration_of(r, initiator, sl_port_hash(initiator), port) < r->n)
		return 0;
	sl_reservation_add(r, initiator, port, get(entry + RECORD_KEY, 8));
	return bytes;
}

struct sl_reservation *sl_record_read(struct sl_gateway *gw, const char *device, const u8 *record,
				      u32 bytes, const char **why)
{
	struct sl_reservation *r;
	u32 n, at = HEAD_BYTES;

	*why = head_fault(device, record, bytes);
	if (*why)
		return NULL;
	n = (u32)get(record + RECORD_COUNT, 4);
	r = sl_reservation_copy(NULL, n);
	if (!r)
		return NULL;
	while (r->n < n) {
		u32 entry = read_entry(gw, r, record + at, bytes - at, why);

		if (!entry) {
			sl_free(r);
			return NULL;
		}
		at += entry;
	}
	*why = NULL;
	r->aptpl = get(record + RECORD_FLAGS, 2) & FLAG_APTPL;
	r->type = record[RECORD_TYPE];
	r->holder = r->type ? (u32)get(record + RECORD_HOLDER, 4) : 0;
	return r;
}
