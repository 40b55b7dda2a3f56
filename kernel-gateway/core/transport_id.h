/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * TransportIDs of iSCSI initiator ports (SPC-5 7.6.4.6): format 01b names a port
 * ("iqn...,i,0x0123456789ab"), format 00b an initiator device, which is all its ports.
 */
#ifndef SLUICE_CORE_TRANSPORT_ID_H
#define SLUICE_CORE_TRANSPORT_ID_H

#include "port.h"
#include "sluice/abi.h"

#define SL_TRANSPORT_ID_MIN	24U
/* A port's name with its NUL, padded to four bytes, behind the header. */
#define SL_TRANSPORT_ID_MAX	(4U + SLUICE_PORT_NAME_LEN)

struct sl_transport_id {
	u32 bytes;			/* that it takes */
	bool port;			/* format 01b */
	char name[SLUICE_PORT_NAME_LEN];	/* of the port, or of the device; the session identifier in lower case */
};

/* False: it is none, or goes beyond `len`. */
bool sl_transport_id_parse(const u8 *id, u32 len, struct sl_transport_id *out);
/* For an initiator port's name as nexuses have it. Returns its length, <= SL_TRANSPORT_ID_MAX; `out` is zeroed. */
u32 sl_transport_id_build(const char *initiator_port, u8 *out);
/* Bytes of the name that are the initiator device's. */
u32 sl_initiator_name_len(const char *initiator_port);

#endif /* SLUICE_CORE_TRANSPORT_ID_H */
