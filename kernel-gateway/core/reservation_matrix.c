/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "reservation_matrix.h"
#include "opcode.h"

#define R   (1U << SL_BAR_READ)
#define W   (1U << SL_BAR_WRITE)
#define OUT (1U << SL_BAR_OUT)
#define RES (1U << SL_BAR_RESERVE)
#define REL (1U << SL_BAR_RELEASE)
#define ALL (1U << SL_BAR_PERSISTENT)
#define TUR (1U << SL_BAR_READY)

/* The table is aligned by hand. */
/* clang-format off */

/*
 * PERSISTENT RESERVE OUT of a nexus that is not registered conflicts in its turn as well
 * when there is no reservation; here stand the conflicts that come before a Unit Attention.
 * RESERVE and RELEASE: GOOD without effect for a holder, and for a registrant of the last
 * four types (SPC-5 5.14.3); else SPC-2 5.5.1: registrations keep everybody from them.
 */
static const u8 bars[SL_TYPES][SL_RELATIONS] = {
					/*  neither                  registrant       holder  */
	[SL_TYPE_NONE]			= { RES | REL,               RES | REL,       RES | REL },
	[SL_TYPE_WRITE_EXCLUSIVE]	= { W | OUT | RES | REL,     W | RES | REL,   0 },
	[SL_TYPE_EXCLUSIVE_ACCESS]	= { R | W | OUT | RES | REL, R | W | RES | REL, 0 },
	[SL_TYPE_WRITE_EXCLUSIVE_RO]	= { W | OUT | RES | REL,     0,               0 },
	[SL_TYPE_EXCLUSIVE_ACCESS_RO]	= { R | W | OUT | RES | REL, 0,               0 },
	[SL_TYPE_WRITE_EXCLUSIVE_AR]	= { W | OUT | RES | REL,     0,               0 },
	[SL_TYPE_EXCLUSIVE_ACCESS_AR]	= { R | W | OUT | RES | REL, 0,               0 },
};

/* clang-format on */

u8 sl_reservation_bars(enum sl_reservation_type type, enum sl_relation relation)
{
	return bars[type][relation];
}

/* SPC-2 5.5.1: of others all but RELEASE, of nobody the persistent ones. */
u8 sl_legacy_bars(bool holder)
{
	return holder ? OUT | ALL : R | W | OUT | RES | ALL | TUR;
}

/* SPC-5 table of PERSISTENT RESERVE OUT's service actions: who registers is never in conflict. */
static enum sl_bar out_action(u8 action)
{
	return action == 0x00 || action == 0x06 ? SL_BAR_PERSISTENT : SL_BAR_OUT;
}

/* Commands where a field decides. */
static enum sl_bar by_field(const struct sl_cmd *cmd)
{
	const u8 *cdb = cmd->cdb;

	switch (cdb[0]) {
	case SL_OP_TEST_UNIT_READY:
		return SL_BAR_READY;
	case SL_OP_RESERVE_6:
	case SL_OP_RESERVE_10:
		return SL_BAR_RESERVE;
	case SL_OP_RELEASE_6:
	case SL_OP_RELEASE_10:
		return SL_BAR_RELEASE;
	case SL_OP_START_STOP_UNIT: /* START one and POWER CONDITION zero is allowed (SBC-4) */
		return (cdb[4] & 0xf1) == 0x01 ? SL_BAR_NOTHING : SL_BAR_WRITE;
	case SL_OP_PREVENT_ALLOW_MEDIUM_REMOVAL: /* PREVENT zero is allowed (SPC-5) */
		return cdb[4] & 0x03 ? SL_BAR_WRITE : SL_BAR_NOTHING;
	case SL_OP_PERSISTENT_RESERVE_IN:
		return SL_BAR_PERSISTENT;
	case SL_OP_PERSISTENT_RESERVE_OUT:
		return out_action(cdb[1] & 0x1f);
	case SL_OP_READ_ELEMENT_STATUS: /* CURDATA one is allowed (SMC-3) */
		return cdb[6] & 0x01 ? SL_BAR_NOTHING : SL_BAR_READ;
	default:
		return SL_BAR_WRITE;
	}
}

enum sl_bar sl_bar_of(const struct sl_cmd *cmd, u8 peripheral_type)
{
	switch (sl_facts_of(cmd, peripheral_type)->reserved_for) {
	case SL_RESERVED_NEVER:
		return SL_BAR_NOTHING;
	case SL_RESERVED_READS:
		return SL_BAR_READ;
	case SL_RESERVED_FIELD:
		return by_field(cmd);
	default:
		return SL_BAR_WRITE;
	}
}
