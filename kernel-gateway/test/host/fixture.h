/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A whole gateway in this process, with clients of every role over its real socket. */
#ifndef SLUICE_TEST_FIXTURE_H
#define SLUICE_TEST_FIXTURE_H

#include <pthread.h>

#include "gateway/sluiced.h"
#include "rig/connection.h"
#include "rig/rig_client.h"
#include "rig/handler/handler.h"
#include "rig/handler/ram_disk.h"

#define TEST_TARGET    "iqn.2026-11.io.sluice:test"
#define TEST_INITIATOR "iqn.2026-11.io.sluice:rig,i,0x000000000001"

struct gateway {
	char directory[64];
	char socket[96];
	struct sluiced *daemon;
	pthread_t thread;
	int result;
	bool running;
};

struct disk_handler {
	struct handler handler;
	struct ram_disk disk;
	uint32_t device;
	pthread_t queues[SLUICE_MAX_QUEUES];
	pthread_t admin;
};

/* Each fails the running test with the gateway's text if something goes wrong. */
void gateway_start(struct gateway *g, uint32_t loops);
/* With other options; their socket is set here. */
void gateway_start_with(struct gateway *g, struct sluiced_options options);
/* Orderly; asserts that it ended so. */
void gateway_stop(struct gateway *g);

/* A session with `queues` threads that serve one RAM disk of that name. */
void disk_handler_start(struct disk_handler *d, const struct gateway *g, const char *name,
			uint32_t queues, uint64_t bytes);
void disk_handler_stop(struct disk_handler *d);

void control_open(struct connection *c, const struct gateway *g);
/* TEST_TARGET with a LUN; again is no error. */
void map_lun(const struct gateway *g, uint32_t lun, const char *device);
void rig_open_nexus(struct rig_client *r, const struct gateway *g, const char *initiator,
		    uint32_t *nexus);

/* Device counters by name; fails the test if there is none. */
void device_info(const struct gateway *g, const char *name, struct sluice_device_info *info);

/* A command of `cdb_len` bytes on LUN `lun`; data at offset 0 of the rig's region. */
struct sluice_rig_command rig_make(uint32_t nexus, uint32_t lun, const uint8_t *cdb,
				   uint16_t cdb_len, enum sluice_direction direction,
				   uint32_t data_len);
/* Runs it, first taking the unit attentions that a new nexus has (SPC-5 5.14). */
void rig_clear_unit_attention(struct rig_client *r, uint32_t nexus, uint32_t lun);

#endif /* SLUICE_TEST_FIXTURE_H */
