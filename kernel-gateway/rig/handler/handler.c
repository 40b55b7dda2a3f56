/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A session's opening and closing; its queues are in handler_queue.c. */
#include "handler.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static int map(void **out, int fd, uint64_t offset, uint64_t bytes, int protection,
	       const char *what, char why[CONNECTION_WHY])
{
	int err;

	*out = mmap(NULL, bytes, protection, MAP_SHARED, fd, (off_t)offset);
	if (*out != MAP_FAILED)
		return 0;
	err = errno;
	*out = NULL;
	snprintf(why, CONNECTION_WHY, "mmap of the %s region: %s", what, strerror(err));
	return -err;
}

static int judge_control(struct handler *h, char why[CONNECTION_WHY])
{
	const struct sluice_control *c = h->control;

	if (c->magic == SLUICE_MAGIC && c->abi_version >> 16 == SLUICE_ABI_VERSION >> 16 &&
	    c->queues == h->queues && c->depth == h->depth)
		return 0;
	snprintf(why, CONNECTION_WHY, "control page: magic %llx, ABI %x, %u queues, depth %u",
		 (unsigned long long)c->magic, c->abi_version, c->queues, c->depth);
	return -EPROTO;
}

static int map_regions(struct handler *h, const struct message *m, char why[CONNECTION_WHY])
{
	const struct sluice_session_opened *opened = (const void *)m->body;
	void *base;
	int err;

	if (m->body_len != sizeof(*opened) || m->n_fds != (h->link.device ? 0 : h->queues + 3)) {
		snprintf(why, CONNECTION_WHY, "SESSION_OPEN: %u bytes and %u descriptors came",
			 m->body_len, m->n_fds);
		return -EPROTO;
	}
	if (!h->link.device) {
		h->gateway_fd = m->fds[0];
		h->handler_fd = m->fds[1];
		memcpy(h->bells, m->fds + 2, sizeof(int) * (h->queues + 1));
	}
	err = map(&base, h->link.device ? h->link.fd : h->gateway_fd, 0, opened->gateway_bytes,
		  PROT_READ, "gateway", why);
	if (err)
		return err;
	h->gateway = base;
	h->control = base;
	err = map(&base, h->link.device ? h->link.fd : h->handler_fd,
		  h->link.device ? SLUICE_MMAP_HANDLER : 0, opened->handler_bytes,
		  PROT_READ | PROT_WRITE, "handler", why);
	if (err)
		return err;
	h->shared = base;
	return judge_control(h, why);
}

int handler_open_session(struct handler *h, const char *socket_path, const char *name,
			 const struct sluice_session_open *open, char why[CONNECTION_WHY])
{
	struct message m;
	int err;

	*h = (struct handler){ .link = { .fd = -1 },
			       .gateway_fd = -1,
			       .handler_fd = -1,
			       .queues = open->queues,
			       .depth = open->depth,
			       .spin_rounds = 50 };
	for (uint32_t i = 0; i <= SLUICE_MAX_QUEUES; i++)
		h->bells[i] = -1;
	for (uint32_t i = 0; i < SLUICE_MAX_QUEUES; i++)
		h->yieldings[i] = yielding_begin();
	err = connection_open(&h->link, socket_path, SLUICE_ROLE_HANDLER, name, why);
	if (err)
		return err;
	err = connection_call_message(&h->link, SLUICE_OP_SESSION_OPEN, open, sizeof(*open), &m,
				      why);
	if (!err)
		err = map_regions(h, &m, why);
	if (err)
		handler_close(h);
	return err;
}

int handler_open(struct handler *h, const char *socket_path, const char *name, uint32_t queues,
		 uint32_t depth, uint64_t pool_bytes, char why[CONNECTION_WHY])
{
	const struct sluice_session_open open = { .queues = queues,
						  .depth = depth,
						  .pool_bytes = pool_bytes };

	return handler_open_session(h, socket_path, name, &open, why);
}

int handler_quiesce(struct handler *h, char why[CONNECTION_WHY])
{
	return connection_call(&h->link, SLUICE_OP_SESSION_QUIESCE, NULL, 0, NULL, 0, why);
}

int handler_device_add(struct handler *h, const struct sluice_device_add *add, uint32_t *device,
		       char why[CONNECTION_WHY])
{
	struct sluice_device_added added;
	int err = connection_call(&h->link, SLUICE_OP_DEVICE_ADD, add, sizeof(*add), &added,
				  sizeof(added), why);

	if (!err)
		*device = added.device;
	return err;
}

int handler_restore(struct handler *h, const char *device, const uint8_t *record, uint32_t bytes,
		    char why[CONNECTION_WHY])
{
	struct sluice_reservation_restored restored;
	int err = 0;

	for (uint32_t at = 0; !err && at < bytes; at += SLUICE_RESERVATION_CHUNK) {
		uint32_t left = bytes - at;
		struct sluice_reservation_restore chunk = {
			.total = bytes,
			.offset = at,
			.len = left < SLUICE_RESERVATION_CHUNK ? left : SLUICE_RESERVATION_CHUNK,
		};

		memcpy(chunk.name, device, strnlen(device, sizeof(chunk.name) - 1));
		memcpy(chunk.data, record + at, chunk.len);
		err = connection_call(&h->link, SLUICE_OP_RESERVATION_RESTORE, &chunk,
				      sizeof(chunk), &restored, sizeof(restored), why);
	}
	return err;
}

int handler_device_remove(struct handler *h, uint32_t device, char why[CONNECTION_WHY])
{
	const struct sluice_device_remove remove = { .device = device };

	return connection_call(&h->link, SLUICE_OP_DEVICE_REMOVE, &remove, sizeof(remove), NULL, 0,
			       why);
}

bool handler_alive(struct handler *h)
{
	char byte;
	/* A device does not hang up. */
	ssize_t n = h->link.device ? 1 : recv(h->link.fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

	return (n > 0 || (n < 0 && errno == EAGAIN)) &&
	       __atomic_load_n(&h->control->state, __ATOMIC_ACQUIRE) == SLUICE_SESSION_ACTIVE;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void handler_close(struct handler *h)
{
	uint64_t gateway_bytes = h->control ? h->control->gateway_bytes : 0;
	uint64_t handler_bytes = h->control ? h->control->handler_bytes : 0;

	connection_close(&h->link);
	if (h->shared)
		munmap(h->shared, handler_bytes);
	if (h->gateway)
		munmap((void *)h->gateway, gateway_bytes);
	h->shared = NULL;
	h->gateway = NULL;
	h->control = NULL;
	close_fd(&h->gateway_fd);
	close_fd(&h->handler_fd);
	for (uint32_t i = 0; i <= SLUICE_MAX_QUEUES; i++)
		close_fd(&h->bells[i]);
}
