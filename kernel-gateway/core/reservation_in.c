/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* PERSISTENT RESERVE IN (SPC-5 6.16): what is registered, and who holds what. */
#include "byte_order.h"
#include "reservation.h"
#include "sense.h"
#include "service.h"
#include "transport_id.h"

enum in_action {
	READ_KEYS = 0x00,
	READ_RESERVATION = 0x01,
	REPORT_CAPABILITIES = 0x02,
	READ_FULL_STATUS = 0x03,
};

#define RLR_C	       (1U << 7)
#define CRH	       (1U << 4)
#define SIP_C	       (1U << 3)
#define ATP_C	       (1U << 2)
#define PTPL_C	       (1U << 0)
#define TMV	       (1U << 7)
#define ALLOW_COMMANDS (4U << 4) /* all that SPC-5 lets a logical unit allow */
#define PTPL_A	       (1U << 0)

/* Parameter data as long as it is; what does not fit the buffer is counted only. */
struct writer {
	u8 *data;
	u32 room;
	u32 len;
};

static void put(struct writer *out, const u8 *bytes, u32 n)
{
	u32 fits = out->len < out->room ? sl_min(n, out->room - out->len) : 0;

	if (fits)
		memcpy(out->data + out->len, bytes, fits);
	out->len += n;
}

/* PRGENERATION and ADDITIONAL LENGTH. */
static void put_head(struct writer *out, const struct sl_reservation *r, u32 additional)
{
	u8 head[8];

	sl_put_be32(head, r ? r->generation : 0);
	sl_put_be32(head + 4, additional);
	put(out, head, sizeof(head));
}

static void read_keys(struct writer *out, const struct sl_reservation *r)
{
	u32 n = r ? r->n : 0;
	u8 key[8];

	put_head(out, r, n * 8);
	for (u32 i = 0; i < n; i++) {
		sl_put_be64(key, r->at[i].key);
		put(out, key, sizeof(key));
	}
}

static void read_reservation(struct writer *out, const struct sl_reservation *r)
{
	u8 d[16] = { 0 };

	if (!r || r->type == SL_TYPE_NONE) {
		put_head(out, r, 0);
		return;
	}
	put_head(out, r, sizeof(d));
	/* SPC-5 5.14.6.3: of all registrants no key is reported. */
	if (!sl_type_all_registrants(r->type))
		sl_put_be64(d, r->at[r->holder].key);
	d[13] = r->type; /* scope 0h: LU_SCOPE */
	put(out, d, sizeof(d));
}

static void report_capabilities(struct writer *out, const struct sl_reservation *r)
{
	u8 d[8] = { 0, 8, RLR_C | CRH | SIP_C | ATP_C | PTPL_C, TMV | ALLOW_COMMANDS };

	if (r && r->aptpl)
		d[3] |= PTPL_A;
	d[4] = 1U << SL_TYPE_WRITE_EXCLUSIVE_AR | 1U << SL_TYPE_EXCLUSIVE_ACCESS_RO |
	       1U << SL_TYPE_WRITE_EXCLUSIVE_RO | 1U << SL_TYPE_EXCLUSIVE_ACCESS |
	       1U << SL_TYPE_WRITE_EXCLUSIVE;
	d[5] = 1U << (SL_TYPE_EXCLUSIVE_ACCESS_AR - 8);
	put(out, d, sizeof(d));
}

static void put_status(struct writer *out, const struct sl_reservation *r, u32 i)
{
	u8 d[24 + SL_TRANSPORT_ID_MAX] = { 0 };
	u32 len = sl_transport_id_build(r->at[i].initiator_port, d + 24);

	sl_put_be64(d, r->at[i].key);
	if (sl_reservation_relation(r, i) == SL_RELATION_HOLDER) {
		d[12] = 0x01; /* R_HOLDER */
		d[13] = r->type;
	}
	sl_put_be16(d + 18, sl_target_port_number(r->at[i].port));
	sl_put_be32(d + 20, len);
	put(out, d, 24 + len);
}

static void read_full_status(struct writer *out, const struct sl_reservation *r)
{
	struct writer length = { NULL, 0, 0 };
	u32 n = r ? r->n : 0;

	for (u32 i = 0; i < n; i++)
		put_status(&length, r, i);
	put_head(out, r, length.len);
	for (u32 i = 0; i < n; i++)
		put_status(out, r, i);
}

static bool report(struct writer *out, u8 action, const struct sl_reservation *r)
{
	switch (action) {
	case READ_KEYS:
		read_keys(out, r);
		return true;
	case READ_RESERVATION:
		read_reservation(out, r);
		return true;
	case REPORT_CAPABILITIES:
		report_capabilities(out, r);
		return true;
	case READ_FULL_STATUS:
		read_full_status(out, r);
		return true;
	default:
		return false;
	}
}

enum sl_served sl_reservation_in(struct sl_cmd *cmd, bool stored, struct sl_work *w)
{
	struct sl_device *dev = cmd->core.itl->dev;
	struct writer out = { cmd->data, cmd->buf_len, 0 };

	(void)stored;
	(void)w;
	/* SPC-2 5.5.1: beside a RESERVE there are no persistent reservations, for nobody. */
	if (sl_load_relaxed(&dev->reserved_by))
		sl_status_only(cmd, SL_STATUS_RESERVATION_CONFLICT);
	else if (report(&out, cmd->cdb[1] & 0x1f, dev->reservation))
		sl_service_answer(cmd, out.len, sl_get_be16(cmd->cdb + 7));
	else
		sl_sense_invalid_field(cmd, 1, 4);
	return SL_SERVED;
}
