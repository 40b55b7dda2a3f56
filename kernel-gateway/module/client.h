/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * /dev/sluice: an open file is a client, as a connection is one of sluiced's. Messages
 * are written and replies read, one packet each (abi.h section 3 and 5); a handler maps
 * its regions through it and enters its queues by ioctl.
 */
#ifndef SLUICE_MODULE_CLIENT_H
#define SLUICE_MODULE_CLIENT_H

#include <linux/fs.h>
#include <linux/mutex.h>
#include <linux/wait.h>

#include "control/client.h"
#include "handler_session.h"

struct pending;

struct client {
	struct mutex lock;		/* one operation at a time */
	bool has_turn;			/* the rigs', with the lock */
	u32 role;			/* enum sluice_role; 0 before HELLO */
	pid_t pid;
	char name[SLUICE_NAME_LEN];
	struct sluice_session *session;	/* once made, until the file goes */
	struct restore *restore;	/* a record of reservations, on its way */
	struct rig *rig;
	struct pending *pending;	/* made by the first operation that waits */

	spinlock_t reply_lock;
	struct list_head replies;
	u32 n_replies;
	bool lost;			/* there was no memory for a reply */
	wait_queue_head_t wait;		/* of read, write and poll */
};

/* Operations and attempts run between these. */
void client_lock(struct client *c);
void client_unlock(struct client *c);

/* Registers the device node. 0 or -errno. */
int sluice_device_file_start(void);
void sluice_device_file_stop(void);

#endif /* SLUICE_MODULE_CLIENT_H */
