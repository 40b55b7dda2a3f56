/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Which commands a reservation keeps whom from: SPC-5 5.14.1 tables, and SPC-2 with
 * the exceptions of SPC-5 5.14.3. docs/state-tables.md is printed from it.
 */
#ifndef SLUICE_CORE_RESERVATION_MATRIX_H
#define SLUICE_CORE_RESERVATION_MATRIX_H

#include "facts.h"

/* SPC-5 6.16.4.4; the numbers are those of the TYPE field. */
enum sl_reservation_type {
	SL_TYPE_NONE			= 0,
	SL_TYPE_WRITE_EXCLUSIVE		= 1,
	SL_TYPE_EXCLUSIVE_ACCESS	= 3,
	SL_TYPE_WRITE_EXCLUSIVE_RO	= 5,	/* registrants only */
	SL_TYPE_EXCLUSIVE_ACCESS_RO	= 6,
	SL_TYPE_WRITE_EXCLUSIVE_AR	= 7,	/* all registrants */
	SL_TYPE_EXCLUSIVE_ACCESS_AR	= 8,
	SL_TYPES
};

/* What an I_T nexus is to the reservation of its logical unit. */
enum sl_relation {
	SL_RELATION_NONE,
	SL_RELATION_REGISTRANT,
	SL_RELATION_HOLDER,
	SL_RELATIONS
};

/* Kinds of commands that reservations tell apart; a bit each in itl->bars. */
enum sl_bar {
	SL_BAR_READ,		/* conflicts with Exclusive Access */
	SL_BAR_WRITE,		/* conflicts with every type */
	SL_BAR_OUT,		/* PERSISTENT RESERVE OUT, but REGISTER and REGISTER AND IGNORE EXISTING KEY */
	SL_BAR_RESERVE,		/* RESERVE(6), RESERVE(10) */
	SL_BAR_RELEASE,		/* RELEASE(6), RELEASE(10) */
	SL_BAR_PERSISTENT,	/* PERSISTENT RESERVE IN, and who registers */
	SL_BAR_READY,		/* TEST UNIT READY: conflicts with RESERVE of SPC-2 only */
	SL_BARS,
	SL_BAR_LOST = SL_BARS,	/* not a conflict: everything but a few commands ends DATA PROTECT */
	SL_BAR_NOTHING,		/* no reservation says anything about it */
};

static inline bool sl_type_valid(u8 type)
{
	return type == SL_TYPE_WRITE_EXCLUSIVE || type == SL_TYPE_EXCLUSIVE_ACCESS ||
	       (type >= SL_TYPE_WRITE_EXCLUSIVE_RO && type < SL_TYPES);
}

static inline bool sl_type_all_registrants(u8 type)
{
	return type == SL_TYPE_WRITE_EXCLUSIVE_AR || type == SL_TYPE_EXCLUSIVE_ACCESS_AR;
}

/* Registrants only, or all registrants. */
static inline bool sl_type_for_registrants(u8 type)
{
	return type >= SL_TYPE_WRITE_EXCLUSIVE_RO;
}

/* A bit for each kind that conflicts. NONE: nobody holds one, but somebody is registered. */
u8 sl_reservation_bars(enum sl_reservation_type type, enum sl_relation relation);
/* While a RESERVE of SPC-2 stands: of its holder, of the others. */
u8 sl_legacy_bars(bool holder);
/* The kind of a command to a device of that type; looks into its CDB. */
enum sl_bar sl_bar_of(const struct sl_cmd *cmd, u8 peripheral_type);

#endif /* SLUICE_CORE_RESERVATION_MATRIX_H */
