/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* PERSISTENT RESERVE commands for the tests of reservations, and what they see. */
#ifndef SLUICE_TEST_CORE_RESERVATION_FIXTURE_H
#define SLUICE_TEST_CORE_RESERVATION_FIXTURE_H

#include "core/byte_order.h"
#include "core/device.h"
#include "core/reservation.h"
#include "core/reservation_out.h"
#include "fixture.h"

#define RF_GOOD		0x00
#define RF_CONFLICT	0x18

/* The next PERSISTENT RESERVE OUT sends this list; zeroed by rf_list(). */
struct rf_list {
	u8 data[32768];
	u32 len;
};

extern struct rf_list rf_list;

/* A basic list: keys and the flags of byte 20. */
void rf_basic(u64 key, u64 action_key, u8 flags);
/* Appends a TransportID, and counts it where the action has its length. */
void rf_transport_id(const char *initiator_port);
/* For REGISTER AND MOVE. */
void rf_move(u64 key, u64 action_key, u8 flags, u16 relative_port, const char *initiator_port);

/* Sends the list with that action; the command is in `c`. */
void rf_send(struct fx_cmd *c, struct sl_nexus *n, u8 action, u8 type);
/* The same, whole: returns its status. */
u8 rf_out(struct sl_nexus *n, u8 action, u8 type, u64 key, u64 action_key, u8 flags);
/* REGISTER AND IGNORE EXISTING KEY; asserts GOOD. */
void rf_register(struct sl_nexus *n, u64 key);
/* RESERVE; asserts GOOD. */
void rf_reserve(struct sl_nexus *n, u64 key, u8 type);
/* PERSISTENT RESERVE IN into `data` (zeroed); asserts GOOD, returns bytes. */
u32 rf_in(struct sl_nexus *n, u8 action, u8 *data, u32 allocation);
/* From READ RESERVATION: 0: none. */
u8 rf_type(struct sl_nexus *n);
u64 rf_holder_key(struct sl_nexus *n);
/* From READ KEYS. */
u32 rf_keys(struct sl_nexus *n, u64 *keys, u32 max);
u32 rf_generation(struct sl_nexus *n);
/* Asserts CHECK CONDITION, ILLEGAL REQUEST with that code; `at`: the field pointer into the list, -1: any. */
void rf_assert_illegal(const struct fx_cmd *c, u16 asc, s32 at);
/* The next Unit Attention of the nexus, or 0. */
u16 rf_attention(struct sl_nexus *n);
/* Status of a command that needs no handler's answer: a conflict, or it went to the handler and came back GOOD. */
u8 rf_try(struct sl_nexus *n, u8 opcode);

#endif /* SLUICE_TEST_CORE_RESERVATION_FIXTURE_H */
