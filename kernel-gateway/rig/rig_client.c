/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "rig_client.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int map_data(struct rig_client *r, const struct message *m, char why[CONNECTION_WHY])
{
	/* The module has no descriptor for it: it is in the file itself. */
	uint32_t wanted = r->link.device ? 0 : 1;
	int err = 0;

	if (m->n_fds != wanted || m->body_len != sizeof(struct sluice_rig_opened)) {
		snprintf(why, CONNECTION_WHY, "RIG_OPEN: %u descriptors and %u bytes came",
			 m->n_fds, m->body_len);
		err = -EPROTO;
	}
	if (!err) {
		r->data = mmap(NULL, r->data_bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
			       r->link.device ? r->link.fd : m->fds[0], 0);
		if (r->data == MAP_FAILED) {
			err = -errno;
			snprintf(why, CONNECTION_WHY, "mmap of the rig's data region: %s",
				 strerror(-err));
			r->data = NULL;
		}
	}
	for (uint32_t i = 0; i < m->n_fds; i++)
		close(m->fds[i]);
	return err;
}

int rig_client_open(struct rig_client *r, const char *socket_path, const char *name,
		    uint64_t data_bytes, char why[CONNECTION_WHY])
{
	const struct sluice_rig_open open = { .data_bytes = data_bytes };
	struct message m;
	int err;

	*r = (struct rig_client){ .link = { .fd = -1 }, .data_bytes = data_bytes };
	err = connection_open(&r->link, socket_path, SLUICE_ROLE_RIG, name, why);
	if (err)
		return err;
	err = connection_call_message(&r->link, SLUICE_OP_RIG_OPEN, &open, sizeof(open), &m, why);
	if (!err)
		err = map_data(r, &m, why);
	if (err)
		rig_client_close(r);
	return err;
}

void rig_client_close(struct rig_client *r)
{
	if (r->data)
		munmap(r->data, r->data_bytes);
	r->data = NULL;
	connection_close(&r->link);
}

int rig_client_nexus(struct rig_client *r, const char *initiator_port, const char *target,
		     uint32_t *nexus, char why[CONNECTION_WHY])
{
	struct sluice_rig_nexus request = { 0 }, reply;
	int err;

	snprintf(request.initiator_port, sizeof(request.initiator_port), "%s", initiator_port);
	snprintf(request.target, sizeof(request.target), "%s", target);
	err = connection_call(&r->link, SLUICE_OP_RIG_NEXUS, &request, sizeof(request), &reply,
			      sizeof(reply), why);
	if (!err)
		*nexus = reply.nexus;
	return err;
}

int rig_client_nexus_close(struct rig_client *r, uint32_t nexus, char why[CONNECTION_WHY])
{
	const struct sluice_rig_nexus request = { .nexus = nexus };

	return connection_call(&r->link, SLUICE_OP_RIG_NEXUS_CLOSE, &request, sizeof(request), NULL,
			       0, why);
}

int rig_client_command(struct rig_client *r, const struct sluice_rig_command *command,
		       struct sluice_rig_result *result, char why[CONNECTION_WHY])
{
	return connection_call(&r->link, SLUICE_OP_RIG_COMMAND, command, sizeof(*command), result,
			       sizeof(*result), why);
}

int rig_client_tmf(struct rig_client *r, struct sluice_rig_tmf *tmf, char why[CONNECTION_WHY])
{
	return connection_call(&r->link, SLUICE_OP_RIG_TMF, tmf, sizeof(*tmf), tmf, sizeof(*tmf),
			       why);
}

void rig_client_lun(uint8_t bytes[8], uint32_t lun)
{
	memset(bytes, 0, 8);
	if (lun < 256) {
		bytes[1] = (uint8_t)lun;
	} else {
		bytes[0] = (uint8_t)(0x40 | ((lun >> 8) & 0x3f));
		bytes[1] = (uint8_t)lun;
	}
}
