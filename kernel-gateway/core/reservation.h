/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Reservations of a logical unit: persistent ones (SPC-5 5.14, 6.16, 6.17) and those
 * of SPC-2's RESERVE and RELEASE.
 *
 * A persistent state is one block that never changes. A service in its turn makes
 * the next one, has it stored if it shall outlive a loss of power, and only then
 * puts it in the place of the old one: under device->itl_lock, together with what
 * each I_T_L nexus is barred from (itl->bars) and the Unit Attentions that come of
 * it. So a command's check is one test of a byte under the lock that it holds anyway.
 */
#ifndef SLUICE_CORE_RESERVATION_H
#define SLUICE_CORE_RESERVATION_H

#include "nexus.h"
#include "reservation_matrix.h"
#include "service.h"
#include "target_port.h"

#define SL_REGISTRATIONS_MAX	1024U	/* of one logical unit */

#define SL_ASC_RESERVATIONS_PREEMPTED	0x2a03
#define SL_ASC_RESERVATIONS_RELEASED	0x2a04
#define SL_ASC_REGISTRATIONS_PREEMPTED	0x2a05

/* An I_T nexus that is registered, whether it exists now or not. */
struct sl_registration {
	u64 key;
	u64 hash;			/* of the initiator port's name */
	const struct sl_target_port *port;
	char initiator_port[SLUICE_PORT_NAME_LEN];
};

struct sl_reservation {
	u32 generation;			/* PRGENERATION */
	u32 n;
	u32 holder;			/* index; not of an all registrants type */
	u8  type;			/* enum sl_reservation_type */
	bool aptpl;			/* persists through a loss of power */
	bool lost;			/* its record could not be read (SPC-5 5.14.5.3) */
	/* What its coming tells, and to whom but the nexus that brings it about. */
	u16 gone_asc;			/* those whose registration is gone; 0: nothing */
	u16 kept_asc;			/* those who stay registered */
	bool aborts;			/* the commands of those that are gone end (preemption.h) */
	struct sl_registration at[];
};

u64 sl_port_hash(const char *initiator_port);
/* The index of an I_T nexus, or `n`. `r` may be NULL. */
u32 sl_registration_of(const struct sl_reservation *r, const char *initiator_port, u64 hash,
		       const struct sl_target_port *port);
/* What the I_T nexus is to the reservation, if there is one. */
enum sl_relation sl_reservation_relation(const struct sl_reservation *r, u32 index);
/* A copy with room for `more` registrations. NULL: no memory. */
struct sl_reservation *sl_reservation_copy(const struct sl_reservation *r, u32 more);
/* Takes out one that is not the holder; the order of the others stays. */
void sl_reservation_drop(struct sl_reservation *r, u32 index);
void sl_reservation_add(struct sl_reservation *r, const char *initiator_port,
			const struct sl_target_port *port, u64 key);

/* With no lock held, in the turn of `by`, or before the device is served (NULL): takes `next` over. */
void sl_reservation_commit(struct sl_device *dev, struct sl_reservation *next, struct sl_cmd *by,
			   struct sl_work *w);
/* What a new I_T_L nexus is barred from. Under device->itl_lock. */
void sl_reservation_bar(struct sl_itl *itl);
/* The same for all that the device has. Under device->itl_lock. */
void sl_reservation_bar_all(struct sl_device *dev);

/* The commands' services (reservation_in.c, reservation_out.c, reservation_legacy.c). */
enum sl_served sl_reservation_in(struct sl_cmd *cmd, bool stored, struct sl_work *w);
enum sl_served sl_reservation_out(struct sl_cmd *cmd, bool stored, struct sl_work *w);
u32 sl_reservation_out_need(const struct sl_cmd *cmd);
enum sl_served sl_reservation_legacy(struct sl_cmd *cmd, bool stored, struct sl_work *w);

/* reservation_legacy.c: the reservation of RESERVE goes, if `nexus` has it (0: whoever has). With no lock held. */
void sl_legacy_release(struct sl_device *dev, u32 nexus);
/* All that a nexus has, at its loss. With no lock held. */
void sl_legacy_release_all(struct sl_nexus *n);

/* reservation_check.c: under the nexus's lock. True: status and sense are set. */
bool sl_reservation_refuses(struct sl_cmd *cmd);

/* reservation_record.c: the state as a handler stores it (docs/ring-abi.md). */
u32 sl_record_bytes(const struct sl_reservation *r);
/* Bytes that a state with `n` registrations may take at most. */
u32 sl_record_bound(u32 n);
u32 sl_record_write(const struct sl_reservation *r, const char *device, u8 *out);
/* Under gw->config. NULL with `why`: it is none, or damaged. NULL without: there is no memory, or no number for a port. */
struct sl_reservation *sl_record_read(struct sl_gateway *gw, const char *device, const u8 *record,
				      u32 bytes, const char **why);

#endif /* SLUICE_CORE_RESERVATION_H */
