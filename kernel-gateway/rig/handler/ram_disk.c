/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "ram_disk.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define STRIPE_BYTES (64u << 10)

enum { GOOD = 0x00, CHECK_CONDITION = 0x02 };
enum { ILLEGAL_REQUEST = 0x5 };

static uint32_t get16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t get32(const uint8_t *p)
{
	return get16(p) << 16 | get16(p + 2);
}

static uint64_t get64(const uint8_t *p)
{
	return (uint64_t)get32(p) << 32 | get32(p + 4);
}

static void put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

static void put64(uint8_t *p, uint64_t v)
{
	put32(p, (uint32_t)(v >> 32));
	put32(p + 4, (uint32_t)v);
}

static void check_condition(struct handler_answer *a, uint8_t key, uint16_t asc)
{
	a->status = CHECK_CONDITION;
	a->data_len = 0;
	a->sense_len = 18;
	memset(a->sense, 0, 18);
	a->sense[0] = 0x70;
	a->sense[2] = key;
	a->sense[7] = 10;
	a->sense[12] = (uint8_t)(asc >> 8);
	a->sense[13] = (uint8_t)asc;
}

/* Parameter data, cut to the allocation length and the buffer. */
static void answer_bytes(struct handler_command *c, struct handler_answer *a, const uint8_t *bytes,
			 uint32_t len, uint32_t allocation)
{
	a->status = GOOD;
	a->data_len = len < allocation ? len : allocation;
	memcpy(c->data, bytes, a->data_len < c->desc.buf_len ? a->data_len : c->desc.buf_len);
}

/* ---- Identity ------------------------------------------------------------------------ */

static uint32_t vpd_page(const struct ram_disk *d, uint8_t page, uint32_t device, uint8_t *out)
{
	static const uint8_t pages[] = { 0x00, 0x80, 0x83, 0xb0 };

	out[0] = d->peripheral_type;
	out[1] = page;
	switch (page) {
	case 0x00:
		memcpy(out + 4, pages, sizeof(pages));
		put16(out + 2, sizeof(pages));
		return 4 + sizeof(pages);
	case 0x80:
		put16(out + 2, 8);
		snprintf((char *)out + 4, 9, "C%07u", device);
		return 12;
	case 0x83:
		/* NAA locally assigned (SPC-5 7.8.6.6.4), binary, logical unit. */
		out[4] = 1;
		out[5] = 3;
		out[7] = 8;
		put64(out + 8, 0x3000000000000000ull | device);
		put16(out + 2, 12);
		return 16;
	case 0xb0:
		put16(out + 2, 0x3c);
		put32(out + 8, SLUICE_MAX_BUFFER / d->block_bytes);
		return 64;
	default:
		return 0;
	}
}

static void inquiry(struct ram_disk *d, struct handler_command *c, struct handler_answer *a)
{
	uint8_t out[256] = { 0 };
	uint32_t allocation = get16(c->cdb + 3), len = 96;

	if (c->cdb[1] & 1) {
		len = vpd_page(d, c->cdb[2], c->desc.device, out);
	} else if (c->cdb[2]) {
		len = 0;
	} else {
		out[0] = d->peripheral_type;
		out[2] = 0x06; /* SPC-4 */
		out[3] = 0x02;
		out[4] = 91;
		out[7] = 0x02; /* CMDQUE */
		memcpy(out + 8, "SLUICE  C RAM DISK      0001", 28);
		/* Version descriptors (SPC-4 6.6.2): SAM-5, SPC-4, SBC-3; not of a disk that plays another type. */
		put16(out + 58, 0x00a0);
		put16(out + 60, 0x0460);
		put16(out + 62, d->peripheral_type ? 0 : 0x04c0);
	}
	if (len == 0)
		check_condition(a, ILLEGAL_REQUEST, 0x2400);
	else
		answer_bytes(c, a, out, len, allocation);
}

/* No write protection, no caching page, no block descriptor. Of the Control page nothing is set, nor can be. */
static void mode_sense(struct handler_command *c, struct handler_answer *a)
{
	uint8_t out[8 + 12] = { 0 };
	bool ten = c->cdb[0] == 0x5a;
	uint8_t page = c->cdb[2] & 0x3f;
	uint32_t header = ten ? 8 : 4;

	if (page != 0x3f && page != 0x0a) {
		check_condition(a, ILLEGAL_REQUEST, 0x2400);
		return;
	}
	out[header] = 0x0a;
	out[header + 1] = 10;
	if (ten) {
		put16(out, sizeof(out) - 2);
		answer_bytes(c, a, out, sizeof(out), get16(c->cdb + 7));
	} else {
		out[0] = (uint8_t)(header + 12 - 1);
		answer_bytes(c, a, out, header + 12, c->cdb[4]);
	}
}

static void read_capacity_10(struct ram_disk *d, struct handler_command *c,
			     struct handler_answer *a)
{
	uint8_t out[8];
	uint64_t last = d->blocks - 1;

	put32(out, last > 0xffffffff ? 0xffffffff : (uint32_t)last);
	put32(out + 4, d->block_bytes);
	answer_bytes(c, a, out, 8, 8);
}

static void service_action_in(struct ram_disk *d, struct handler_command *c,
			      struct handler_answer *a)
{
	uint8_t out[32] = { 0 };

	if ((c->cdb[1] & 0x1f) != 0x10) {
		check_condition(a, ILLEGAL_REQUEST, 0x2400);
		return;
	}
	put64(out, d->blocks - 1);
	put32(out + 8, d->block_bytes);
	answer_bytes(c, a, out, 32, get32(c->cdb + 10));
}

/* ---- Data ------------------------------------------------------------------------------ */

struct extent {
	uint64_t lba;
	uint32_t blocks;
};

static struct extent extent_of(const uint8_t *cdb)
{
	switch (cdb[0] >> 5) {
	case 0:
		return (struct extent){ get32(cdb) & 0x1fffff, cdb[4] ? cdb[4] : 256 };
	case 4:
		return (struct extent){ get64(cdb + 2), get32(cdb + 10) };
	case 5:
		return (struct extent){ get32(cdb + 2), get32(cdb + 6) };
	default:
		return (struct extent){ get32(cdb + 2), get16(cdb + 7) };
	}
}

/* Stripe by stripe, each under its lock. */
static void copy(struct ram_disk *d, uint64_t at, uint8_t *buffer, uint32_t len, bool write)
{
	while (len) {
		uint64_t stripe = at / STRIPE_BYTES;
		uint32_t room = (uint32_t)((stripe + 1) * STRIPE_BYTES - at);
		uint32_t n = len < room ? len : room;
		pthread_mutex_t *lock = &d->locks[stripe % RAM_DISK_LOCKS];

		pthread_mutex_lock(lock);
		if (write)
			memcpy(d->bytes + at, buffer, n);
		else
			memcpy(buffer, d->bytes + at, n);
		pthread_mutex_unlock(lock);
		at += n;
		buffer += n;
		len -= n;
	}
}

static void transfer(struct ram_disk *d, struct handler_command *c, struct handler_answer *a,
		     bool write)
{
	struct extent e = extent_of(c->cdb);
	uint64_t wanted = (uint64_t)e.blocks * d->block_bytes;
	uint32_t available = write ? c->desc.data_out_len : c->desc.buf_len;
	uint32_t n = wanted < available ? (uint32_t)wanted : available;

	/* RDPROTECT or WRPROTECT, DPO, FUA: it has no protection information and no cache. READ (6) has an address there. */
	if (c->cdb[0] >> 5 && c->cdb[1] & 0xf8) {
		check_condition(a, ILLEGAL_REQUEST, 0x2400);
		return;
	}
	if (e.lba > d->blocks || e.blocks > d->blocks - e.lba) {
		check_condition(a, ILLEGAL_REQUEST, 0x2100);
		return;
	}
	if (wanted > SLUICE_MAX_BUFFER) {
		check_condition(a, ILLEGAL_REQUEST, 0x2400);
		return;
	}
	a->status = GOOD;
	a->data_len = (uint32_t)wanted;
	if (d->bytes)
		copy(d, e.lba * d->block_bytes, c->data, n, write);
	else if (!write)
		memset(c->data, 0, n);
}

bool ram_disk_execute(void *arg, struct handler_command *c, struct handler_answer *a)
{
	struct ram_disk *d = arg;

	a->status = GOOD;
	if (c->desc.flags & SLUICE_DESC_STORE) {
		a->data_len = c->desc.data_out_len; /* as volatile as the disk itself */
		return true;
	}
	switch (c->cdb[0]) {
	case 0x00: /* TEST UNIT READY */
	case 0x35: /* SYNCHRONIZE CACHE (10) */
	case 0x91: /* SYNCHRONIZE CACHE (16) */
		break;
	case 0x12:
		inquiry(d, c, a);
		break;
	case 0x1a:
	case 0x5a:
		mode_sense(c, a);
		break;
	case 0x25:
		read_capacity_10(d, c, a);
		break;
	case 0x9e:
		service_action_in(d, c, a);
		break;
	case 0x08:
	case 0x28:
	case 0x88:
	case 0xa8:
		transfer(d, c, a, false);
		break;
	case 0x0a:
	case 0x2a:
	case 0x8a:
	case 0xaa:
		transfer(d, c, a, true);
		break;
	default:
		check_condition(a, ILLEGAL_REQUEST, 0x2000);
	}
	return true;
}

/* ---- Life ------------------------------------------------------------------------------ */

int ram_disk_create(struct ram_disk *d, uint64_t bytes, uint32_t block_bytes, bool null)
{
	*d = (struct ram_disk){ .blocks = bytes / block_bytes, .block_bytes = block_bytes };
	for (int i = 0; i < RAM_DISK_LOCKS; i++)
		pthread_mutex_init(&d->locks[i], NULL);
	if (null)
		return 0;
	d->bytes = mmap(NULL, d->blocks * block_bytes, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (d->bytes != MAP_FAILED)
		return 0;
	d->bytes = NULL;
	return -ENOMEM;
}

void ram_disk_attach(struct ram_disk *d, uint8_t *bytes, uint64_t blocks, uint32_t block_bytes)
{
	*d = (struct ram_disk){
		.blocks = blocks, .block_bytes = block_bytes, .bytes = bytes, .borrowed = true
	};
	for (int i = 0; i < RAM_DISK_LOCKS; i++)
		pthread_mutex_init(&d->locks[i], NULL);
}

void ram_disk_destroy(struct ram_disk *d)
{
	if (d->bytes && !d->borrowed)
		munmap(d->bytes, d->blocks * d->block_bytes);
	d->bytes = NULL;
	for (int i = 0; i < RAM_DISK_LOCKS; i++)
		pthread_mutex_destroy(&d->locks[i]);
}

void ram_disk_describe(struct sluice_device_add *add, const char *name)
{
	*add = (struct sluice_device_add){ .queue = SLUICE_QUEUE_ANY,
					   .task_set_limit = 256,
					   .max_transfer = SLUICE_MAX_BUFFER,
					   .recovery = SLUICE_RECOVERY_REDELIVER };
	snprintf(add->name, sizeof(add->name), "%s", name);
}
