/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the core knows of commands that handlers execute: not how, but whom they
 * disturb. One row per command; what stands in no row is taken for the worst of all.
 */
#ifndef SLUICE_CORE_FACTS_H
#define SLUICE_CORE_FACTS_H

#include "command.h"

/* What a reservation of another I_T nexus means for it (SPC-5 5.14.1, SBC-4, SSC-5, SMC-3). */
enum sl_reserved_for {
	SL_RESERVED_NEVER,	/* processed in any case */
	SL_RESERVED_READS,	/* conflicts with Exclusive Access types: reads */
	SL_RESERVED_WRITES,	/* conflicts with every type: writes, or changes what others see */
	SL_RESERVED_FIELD,	/* its CDB decides (reservation_matrix.c) */
};

/* In which asymmetric access states it is processed (SPC-5 5.18.2). */
enum sl_access_need {
	SL_ACCESS_ANY,		/* also while the state changes */
	SL_ACCESS_SETTLED,	/* also unavailable */
	SL_ACCESS_STANDBY,	/* standby and better */
	SL_ACCESS_ACTIVE,	/* active/optimized, active/non-optimized */
};

#define SL_ANY_ACTION	0xffU

struct sl_facts {
	u8 opcode;
	u8 action;		/* service action, or SL_ANY_ACTION */
	u8 reserved_for;	/* enum sl_reserved_for */
	u8 access;		/* enum sl_access_need */
	u8 pace;		/* enum sluice_pace: a device has a timeout for each */
	bool writes;		/* the medium: refused on a read-only LUN */
	const char *name;
};

/* Never NULL. `type`: peripheral device type, for opcodes have different meanings. */
const struct sl_facts *sl_facts_of(const struct sl_cmd *cmd, u8 type);
/* The service action of an opcode that has one, else SL_ANY_ACTION. */
u8 sl_service_action(const struct sl_cmd *cmd);

#endif /* SLUICE_CORE_FACTS_H */
