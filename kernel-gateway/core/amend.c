/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "amend.h"

#include "byte_order.h"
#include "opcode.h"
#include "target_port.h"

#define SL_EVPD		       0x01U
#define SL_PAGE_IDENTIFICATION 0x83
#define SL_PAGE_EXTENDED       0x86

/* Standard data ends at ADDITIONAL LENGTH FFh; a page of designators has room for ours. */
#define SL_STANDARD_MAX	       260U
#define SL_EXTENDED_MAX	       64U
#define SL_IDENTIFICATION_MAX  8192U

bool sl_amends_inquiry(const struct sl_cmd *cmd)
{
	if (!(cmd->cdb[1] & SL_EVPD))
		return cmd->cdb[2] == 0;
	return cmd->cdb[2] == SL_PAGE_IDENTIFICATION || cmd->cdb[2] == SL_PAGE_EXTENDED;
}

u32 sl_amend_inquiry_need(const struct sl_cmd *cmd)
{
	if (!(cmd->cdb[1] & SL_EVPD))
		return SL_STANDARD_MAX;
	return cmd->cdb[2] == SL_PAGE_EXTENDED ? SL_EXTENDED_MAX : SL_IDENTIFICATION_MAX;
}

static void set_bits(u8 *byte, u8 mask, u8 bits)
{
	*byte = (u8)((*byte & ~mask) | bits);
}

/* ---- Standard data (SPC-5 6.7.2) ------------------------------------------------------- */

#define SL_NORMACA    0x20
#define SL_HISUP      0x10
#define SL_TPGS	      0x30
#define SL_TPGS_SHIFT 4
#define SL_MULTIP     0x10
#define SL_CMDQUE     0x02

/* TPGS: implicit changes always (the control plane makes them), explicit ones if the device says so. */
static void amend_standard(const struct sl_device *dev, u8 *d, u32 len)
{
	bool explicit = sl_load_relaxed(&dev->declared) & SLUICE_DEVICE_EXPLICIT_ACCESS;

	if (len < 8)
		return;
	set_bits(&d[3], SL_NORMACA | SL_HISUP, SL_NORMACA | SL_HISUP);
	set_bits(&d[5], SL_TPGS, (explicit ? 3 : 1) << SL_TPGS_SHIFT);
	set_bits(&d[6], SL_MULTIP, sl_load_relaxed(&dev->n_ports) > 1 ? SL_MULTIP : 0);
	set_bits(&d[7], SL_CMDQUE, SL_CMDQUE);
}

/* ---- Extended INQUIRY data (SPC-5 7.7.7) -------------------------------------------------- */

#define SL_UASK_SUP  0x20
#define SL_TASKS_SUP 0x07 /* HEADSUP, ORDSUP, SIMPSUP */
#define SL_LUICLR    0x01

static void amend_extended(u8 *d, u32 len)
{
	if (len < 14)
		return;
	set_bits(&d[5], SL_UASK_SUP | SL_TASKS_SUP, SL_TASKS_SUP);
	set_bits(&d[7], SL_LUICLR, SL_LUICLR); /* REPORT LUNS clears 3F/0E on every logical unit */
	d[13] = SLUICE_SENSE_MAX;
}

/* ---- Device identification (SPC-5 7.7.6) --------------------------------------------------- */

#define SL_BINARY 0x01
#define SL_UTF8	  0x03
#define SL_ISCSI  0x50 /* PROTOCOL IDENTIFIER 5h */
#define SL_PIV	  0x80

enum sl_designator {
	SL_RELATIVE_PORT = 0x14, /* ASSOCIATION 01b: the target port; DESIGNATOR TYPE 4h */
	SL_PORT_GROUP = 0x15,
	SL_PORT_NAME = 0x18,
	SL_DEVICE_NAME = 0x28, /* ASSOCIATION 10b: the target device */
};

struct vpd_page {
	u8 *data;
	u32 len, size;
};

static bool has(const struct vpd_page *p, u8 kind)
{
	for (u32 at = 4; at + 4 <= p->len; at += 4 + p->data[at + 3]) {
		if ((p->data[at + 1] & 0x3f) == kind)
			return true;
	}
	return false;
}

static u8 *designator(struct vpd_page *p, u8 code_set, u8 kind, u32 len)
{
	u8 *d = p->data + p->len;

	if (has(p, kind) || p->len + 4 + len > p->size)
		return NULL;
	d[0] = SL_ISCSI | code_set;
	d[1] = SL_PIV | kind;
	d[2] = 0;
	d[3] = (u8)len;
	memset(d + 4, 0, len);
	p->len += 4 + len;
	return d + 4;
}

static void add_number(struct vpd_page *p, u8 kind, u16 number)
{
	u8 *d = designator(p, SL_BINARY, kind, 4);

	if (d)
		sl_put_be16(d + 2, number);
}

/* NUL-terminated, a multiple of four bytes (SPC-5 7.7.6.11). */
static void add_name(struct vpd_page *p, u8 kind, const char *name)
{
	size_t len = strlen(name);
	u8 *d = designator(p, SL_UTF8, kind, (u32)(len + 4) & ~3U);

	if (d)
		memcpy(d, name, len);
}

/* The length with our designators; as it was if the handler's page is not whole. */
static u32 amend_identification(struct sl_cmd *cmd, u32 moved)
{
	const struct sl_target_port *port = sl_nexus_port(cmd->nexus);
	struct vpd_page p = { .data = cmd->data, .size = cmd->core.need };

	if (moved < 4)
		return moved;
	p.len = 4 + sl_get_be16(cmd->data + 2);
	if (p.len > moved)
		return moved;
	add_number(&p, SL_RELATIVE_PORT, sl_target_port_number(port));
	add_number(&p, SL_PORT_GROUP, port->group);
	add_name(&p, SL_PORT_NAME, port->name);
	add_name(&p, SL_DEVICE_NAME, port->target);
	sl_put_be16(cmd->data + 2, p.len - 4);
	return p.len;
}

void sl_amend_inquiry(struct sl_cmd *cmd, u32 moved)
{
	if (!(cmd->cdb[1] & SL_EVPD))
		amend_standard(cmd->core.itl->dev, cmd->data, moved);
	else if (cmd->cdb[2] == SL_PAGE_EXTENDED)
		amend_extended(cmd->data, moved);
	else
		moved = amend_identification(cmd, moved);
	sl_service_answer(cmd, moved, sl_get_be16(cmd->cdb + 3));
}

/* ---- MODE SENSE (SPC-5 7.5.5) ------------------------------------------------------------- */

#define SL_WP 0x80

/* The device types whose DEVICE-SPECIFIC PARAMETER has WP: disk, tape, write-once, optical. */
static bool has_write_protect(u8 type)
{
	return type == 0x00 || type == 0x01 || type == 0x04 || type == 0x07;
}

bool sl_amends_mode_sense(const struct sl_cmd *cmd)
{
	return cmd->core.itl->read_only &&
	       has_write_protect(sl_load_relaxed(&cmd->core.itl->dev->peripheral_type));
}

void sl_amend_mode_sense(struct sl_cmd *cmd, u32 moved)
{
	u32 at = cmd->cdb[0] == SL_OP_MODE_SENSE_6 ? 2 : 3;

	if (at < moved)
		set_bits(&cmd->data[at], SL_WP, SL_WP);
	sl_service_answer(cmd, cmd->core.comp_data_len, ~0U);
}
