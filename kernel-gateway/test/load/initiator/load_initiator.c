/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "test/load/initiator/load_initiator.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <iscsi/iscsi.h>
#include <iscsi/scsi-lowlevel.h>

#define LOAD_VIOLATIONS_TOLD 40U
#define NAME_PATTERN	     "iqn.2026-11.io.sluice.load:initiator%u"
#define PORTAL_GROUP_LUNS    0 /* header digest none, as most initiators have it */

enum load_kind { LOAD_READ, LOAD_WRITE, LOAD_SAME, LOAD_UNMAP, LOAD_COMPARE, LOAD_SYNC };

static const char *const kind_names[] = { "READ",  "WRITE",  "WRITE SAME",
					  "UNMAP", "VERIFY", "SYNCHRONIZE CACHE" };

struct load_command {
	struct load_session *session;
	enum load_kind kind;
	uint32_t first, blocks;
	uint64_t sequence;
	uint64_t sent_ns;
	int is_busy;
	struct scsi_iovec iov;
	struct unmap_list unmap;
	block_floor floors[LOAD_MAX_BLOCKS];
	uint8_t data[LOAD_MAX_BLOCKS * STAMP_BLOCK];
};

struct load_session {
	struct load_disk *disk;
	struct load_totals *totals;
	struct iscsi_context *iscsi;
	int lun;
	uint32_t initiator;
	uint64_t random;
	uint64_t last_ns; /* of the last answer, or when there was something to wait for again */
	unsigned int depth, outstanding;
	uint32_t swept;
	int is_over;
	struct load_command *commands;
};

uint64_t load_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000ULL + (uint64_t)t.tv_nsec;
}

/* xorshift64*: the same choices for the same seed everywhere. */
static uint32_t choose(struct load_session *s, uint32_t of)
{
	s->random ^= s->random >> 12;
	s->random ^= s->random << 25;
	s->random ^= s->random >> 27;
	return (uint32_t)((s->random * 0x2545f4914f6cdd1dULL) >> 33) % of;
}

__attribute__((format(printf, 2, 3))) static void violation(struct load_session *s,
							    const char *format, ...)
{
	va_list arguments;

	if (++s->totals->violations > LOAD_VIOLATIONS_TOLD)
		return;
	fprintf(stderr, "VIOLATION at %s, initiator %u: ", s->disk->url, s->initiator);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}

/* ---- answers ---- */

static void judge_read(struct load_session *s, struct load_command *c)
{
	char text[256];

	for (uint32_t i = 0; i < c->blocks; i++) {
		const void *data = c->data + (size_t)i * STAMP_BLOCK;
		enum verdict verdict =
			block_model_read(s->disk->model, c->first + i, c->floors[i], data);

		s->totals->mixed += verdict == VERDICT_MIXED;
		if (verdict == VERDICT_OK || verdict == VERDICT_MIXED)
			continue;
		block_model_describe(s->disk->model, c->first + i, c->floors[i], data, text,
				     sizeof(text));
		violation(s, "READ of blocks %u to %u: %s: %s", c->first, c->first + c->blocks - 1,
			  verdict_name(verdict), text);
	}
}

static int is_write(const struct load_command *c)
{
	return c->kind == LOAD_WRITE || c->kind == LOAD_SAME || c->kind == LOAD_UNMAP;
}

static void judge(struct load_session *s, struct load_command *c, int status,
		  const struct scsi_task *task)
{
	if (status != SCSI_STATUS_GOOD) {
		const struct scsi_sense *sense = task ? &task->sense : NULL;

		violation(
			s,
			"%s of blocks %u to %u ended with status %02xh, sense %x/%02x/%02x, after %.1f ms",
			kind_names[c->kind], c->first, c->first + c->blocks - 1,
			(unsigned int)status, sense ? (unsigned int)sense->key : 0,
			sense ? (unsigned int)sense->ascq >> 8 : 0,
			sense ? (unsigned int)sense->ascq & 0xff : 0,
			(double)(load_now_ns() - c->sent_ns) / 1e6);
		return;
	}
	if (task && task->residual_status != SCSI_RESIDUAL_NO_RESIDUAL)
		violation(s, "%s of blocks %u to %u: a residual of %zu bytes", kind_names[c->kind],
			  c->first, c->first + c->blocks - 1, task->residual);
	else if (c->kind == LOAD_READ)
		judge_read(s, c);
	else if (is_write(c))
		block_model_acknowledged(s->disk->model, c->first, c->blocks, c->sequence);
	if (c->kind == LOAD_READ || c->kind == LOAD_WRITE)
		s->totals->bytes += (uint64_t)c->blocks * STAMP_BLOCK;
}

static void ended(struct iscsi_context *iscsi, int status, void *command_data, void *private_data)
{
	struct load_command *c = private_data;
	struct load_session *s = c->session;
	struct load_totals *t = s->totals;
	uint64_t now = load_now_ns();

	(void)iscsi;
	judge(s, c, status, command_data);
	if (is_write(c) || c->kind == LOAD_COMPARE)
		block_model_unclaim(s->disk->model, c->first, c->blocks);
	if (command_data)
		scsi_free_scsi_task(command_data);
	if (t->pause_ns < now - s->last_ns)
		t->pause_ns = now - s->last_ns;
	if (t->command_ns < now - c->sent_ns)
		t->command_ns = now - c->sent_ns;
	s->last_ns = now;
	s->outstanding--;
	t->commands++;
	c->is_busy = 0;
}

/* ---- commands ---- */

static void fill_blocks(struct load_session *s, struct load_command *c, int same)
{
	struct stamp stamp = { .sequence = c->sequence,
			       .blocks = same ? c->blocks : 1,
			       .initiator = s->initiator };

	for (uint32_t i = 0; i < (same ? 1 : c->blocks); i++) {
		stamp.first = c->first + i;
		stamp_fill(c->data + (size_t)i * STAMP_BLOCK, &stamp);
	}
}

/*
 * The first half of a disk has a quarter for each initiator, for writes of every length. In the second half even blocks belong to one
 * and odd blocks to the other, so each write there has neighbours of the other on both sides, in the same page and sector of the medium.
 */
static int choose_own(struct load_session *s, struct load_command *c)
{
	uint32_t quarter = s->disk->blocks / 4;

	if (choose(s, 4) == 0) {
		c->blocks = 1;
		c->first = s->disk->blocks / 2 + choose(s, quarter) * 2 + s->initiator;
	} else {
		c->blocks = 1U << choose(s, 10);
		if (c->blocks > 1 && choose(s, 2))
			c->blocks -= choose(s, c->blocks);
		c->first = s->initiator * quarter + choose(s, quarter - c->blocks + 1);
	}
	return block_model_claim(s->disk->model, c->first, c->blocks);
}

static void choose_any(struct load_session *s, struct load_command *c)
{
	c->blocks = 1U << choose(s, 10);
	c->first = choose(s, s->disk->blocks - c->blocks + 1);
}

static struct scsi_task *send_read(struct load_session *s, struct load_command *c)
{
	block_model_floors(s->disk->model, c->first, c->blocks, c->floors);
	c->iov.iov_base = c->data;
	c->iov.iov_len = (size_t)c->blocks * STAMP_BLOCK;
	return iscsi_read16_iov_task(s->iscsi, s->lun, c->first, c->blocks * STAMP_BLOCK,
				     STAMP_BLOCK, 0, 0, 0, 0, 0, ended, c, &c->iov, 1);
}

/* Data in the order of the blocks; 0 if the content of one is not sure, because it was never acknowledged. */
static int fill_known(struct load_session *s, struct load_command *c)
{
	for (uint32_t i = 0; i < c->blocks; i++)
		if (!block_model_content(s->disk->model, c->first + i,
					 c->data + (size_t)i * STAMP_BLOCK))
			return 0;
	return 1;
}

static struct scsi_task *send_write(struct load_session *s, struct load_command *c)
{
	int same = c->kind == LOAD_SAME, zeros = c->kind == LOAD_UNMAP;

	c->sequence = ++s->totals->sequence;
	block_model_sent(s->disk->model, c->first, c->blocks, c->sequence, same, zeros,
			 s->initiator);
	if (zeros) {
		c->unmap.lba = c->first;
		c->unmap.num = c->blocks;
		return iscsi_unmap_task(s->iscsi, s->lun, 0, 0, &c->unmap, 1, ended, c);
	}
	fill_blocks(s, c, same);
	if (same)
		return iscsi_writesame16_task(s->iscsi, s->lun, c->first, c->data, STAMP_BLOCK,
					      c->blocks, 0, 0, 0, 0, ended, c);
	return iscsi_write16_task(s->iscsi, s->lun, c->first, c->data, c->blocks * STAMP_BLOCK,
				  STAMP_BLOCK, 0, 0, choose(s, 8) == 0, 0, 0, ended, c);
}

static enum load_kind choose_kind(struct load_session *s)
{
	uint32_t percent = choose(s, 100);

	if (percent < 46)
		return LOAD_READ;
	if (percent < 88)
		return LOAD_WRITE;
	if (percent < 91)
		return LOAD_SAME;
	if (percent < 94)
		return LOAD_UNMAP;
	return percent < 98 ? LOAD_COMPARE : LOAD_SYNC;
}

/* Sends what was chosen; NULL if it cannot be sent now because other commands have its blocks. */
static struct scsi_task *send_chosen(struct load_session *s, struct load_command *c)
{
	c->kind = choose_kind(s);
	c->first = 0;
	c->blocks = s->disk->blocks;
	switch (c->kind) {
	case LOAD_READ:
		choose_any(s, c);
		return send_read(s, c);
	case LOAD_SYNC:
		return iscsi_synchronizecache16_task(s->iscsi, s->lun, 0, 0, 0, 0, ended, c);
	case LOAD_COMPARE:
		if (!choose_own(s, c))
			return NULL;
		if (fill_known(s, c))
			return iscsi_verify16_task(s->iscsi, s->lun, c->data,
						   c->blocks * STAMP_BLOCK, c->first, 0, 0, 1,
						   STAMP_BLOCK, ended, c);
		block_model_unclaim(s->disk->model, c->first, c->blocks);
		return NULL;
	default:
		return choose_own(s, c) ? send_write(s, c) : NULL;
	}
}

static struct load_command *free_command(struct load_session *s)
{
	for (unsigned int i = 0; i < s->depth; i++)
		if (!s->commands[i].is_busy)
			return &s->commands[i];
	return NULL;
}

static void sent(struct load_session *s, struct load_command *c, uint64_t now_ns)
{
	if (s->outstanding++ == 0)
		s->last_ns = now_ns;
	c->sent_ns = now_ns;
	c->is_busy = 1;
}

void load_session_fill(struct load_session *s, uint64_t now_ns)
{
	struct load_command *c;

	/* Blocks may be taken: then try others, a few times, and again in the next round. */
	for (unsigned int tries = 4 * s->depth; tries > 0 && !s->is_over; tries--) {
		c = free_command(s);
		if (!c)
			return;
		if (send_chosen(s, c))
			sent(s, c, now_ns);
	}
}

int load_session_sweep(struct load_session *s, uint64_t now_ns)
{
	struct load_command *c;

	while (s->swept < s->disk->blocks && !s->is_over && (c = free_command(s))) {
		uint32_t left = s->disk->blocks - s->swept;

		c->kind = LOAD_READ;
		c->first = s->swept;
		c->blocks = left < LOAD_MAX_BLOCKS ? left : LOAD_MAX_BLOCKS;
		if (!send_read(s, c)) {
			violation(s, "READ of block %u cannot be sent: %s", c->first,
				  iscsi_get_error(s->iscsi));
			s->is_over = 1;
			break;
		}
		s->swept += c->blocks;
		sent(s, c, now_ns);
	}
	return s->swept < s->disk->blocks && !s->is_over;
}

/* ---- the session ---- */

static int log_in(struct load_session *s)
{
	struct iscsi_url *url = iscsi_parse_full_url(s->iscsi, s->disk->url);
	struct scsi_task *task;
	struct scsi_readcapacity16 *capacity;
	int rc = -1;

	if (!url) {
		fprintf(stderr, "%s: %s\n", s->disk->url, iscsi_get_error(s->iscsi));
		return -1;
	}
	s->lun = url->lun;
	iscsi_set_targetname(s->iscsi, url->target);
	iscsi_set_session_type(s->iscsi, ISCSI_SESSION_NORMAL);
	iscsi_set_header_digest(s->iscsi, ISCSI_HEADER_DIGEST_NONE);
	iscsi_set_noautoreconnect(s->iscsi, 1);
	if (iscsi_full_connect_sync(s->iscsi, url->portal, s->lun)) {
		fprintf(stderr, "%s: cannot log in: %s\n", s->disk->url, iscsi_get_error(s->iscsi));
		goto out;
	}
	task = iscsi_readcapacity16_sync(s->iscsi, s->lun);
	capacity = task && task->status == SCSI_STATUS_GOOD ? scsi_datain_unmarshall(task) : NULL;
	if (!capacity || capacity->block_length != STAMP_BLOCK ||
	    capacity->returned_lba >= UINT32_MAX / STAMP_BLOCK ||
	    capacity->returned_lba + 1 < 8 * LOAD_MAX_BLOCKS)
		fprintf(stderr, "%s: no disk of %u to %u blocks of %u bytes\n", s->disk->url,
			8 * LOAD_MAX_BLOCKS, UINT32_MAX / STAMP_BLOCK, STAMP_BLOCK);
	else
		rc = (s->disk->blocks = (uint32_t)capacity->returned_lba + 1) ? 0 : -1;
	if (task)
		scsi_free_scsi_task(task);
out:
	iscsi_destroy_url(url);
	return rc;
}

struct load_session *load_session_open(struct load_disk *disk, uint32_t initiator,
				       unsigned int depth, uint64_t seed,
				       struct load_totals *totals)
{
	struct load_session *s = calloc(1, sizeof(*s));
	char name[64];

	if (!s)
		return NULL;
	snprintf(name, sizeof(name), NAME_PATTERN, initiator);
	s->disk = disk;
	s->totals = totals;
	s->initiator = initiator;
	s->depth = depth;
	s->random = seed | 1;
	s->commands = calloc(depth, sizeof(*s->commands));
	s->iscsi = iscsi_create_context(name);
	if (!s->commands || !s->iscsi || log_in(s)) {
		load_session_close(s);
		return NULL;
	}
	for (unsigned int i = 0; i < depth; i++)
		s->commands[i].session = s;
	return s;
}

void load_session_close(struct load_session *s)
{
	if (!s)
		return;
	if (s->iscsi) {
		if (!s->is_over && iscsi_is_logged_in(s->iscsi))
			iscsi_logout_sync(s->iscsi);
		iscsi_destroy_context(s->iscsi);
	}
	free(s->commands);
	free(s);
}

int load_session_fd(const struct load_session *s)
{
	return s->is_over ? -1 : iscsi_get_fd(s->iscsi);
}

short load_session_events(const struct load_session *s)
{
	return s->is_over ? 0 : (short)iscsi_which_events(s->iscsi);
}

void load_session_serve(struct load_session *s, short revents)
{
	if (s->is_over || iscsi_service(s->iscsi, revents) == 0)
		return;
	violation(s, "the connection is lost: %s", iscsi_get_error(s->iscsi));
	s->is_over = 1;
}

unsigned int load_session_outstanding(const struct load_session *s)
{
	return s->is_over ? 0 : s->outstanding;
}

int load_session_is_over(const struct load_session *s)
{
	return s->is_over;
}

void load_session_tick(struct load_session *s, uint64_t now_ns, uint64_t patience_ns)
{
	if (s->is_over || s->outstanding == 0)
		return;
	if (s->totals->pause_ns < now_ns - s->last_ns)
		s->totals->pause_ns = now_ns - s->last_ns;
	for (unsigned int i = 0; i < s->depth; i++) {
		const struct load_command *c = &s->commands[i];

		if (!c->is_busy || now_ns - c->sent_ns < patience_ns)
			continue;
		violation(s, "%s of blocks %u to %u has no answer after %.1f s",
			  kind_names[c->kind], c->first, c->first + c->blocks - 1,
			  (double)(now_ns - c->sent_ns) / 1e9);
		s->is_over = 1;
		return;
	}
}
