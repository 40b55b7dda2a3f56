/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* SCSI target devices, their initiator groups, the groups' LUN maps. All under gw->config. */
#ifndef SLUICE_CORE_TARGET_H
#define SLUICE_CORE_TARGET_H

#include "nexus.h"

struct sl_lun_entry {
	struct sl_list link;		/* group->luns, ascending */
	u32 lun;
	bool read_only;
	struct sl_device *dev;
};

struct sl_pattern {
	struct sl_list link;
	char text[SLUICE_PORT_NAME_LEN];
};

struct sl_group {
	struct sl_list link;		/* target->groups; "default" is the first */
	struct sl_list luns;
	struct sl_lun_entry **chunks[SL_LUN_CHUNKS];	/* the same, by number */
	struct sl_list patterns;
	char name[SLUICE_NAME_LEN];
};

struct sl_target {
	struct sl_list link;
	struct sl_list groups;
	struct sl_list nexuses;
	bool deny_unknown;
	struct sl_group nobody;		/* of nexuses whom no group admits any more; not in `groups`, without LUNs */
	char name[SLUICE_PORT_NAME_LEN];
	char alias[SLUICE_NAME_LEN];
};

struct sl_target *sl_target_named(struct sl_gateway *gw, const char *name);
struct sl_group *sl_group_named(struct sl_target *t, const char *name);
/* The group of an initiator (its name, not its port's), or NULL: not admitted. */
struct sl_group *sl_group_of(struct sl_target *t, const char *initiator, size_t len);

/* Its entry of that LUN, or NULL. */
struct sl_lun_entry *sl_group_entry(const struct sl_group *g, u32 lun);
/* Puts it in its place, which is free; takes it out. 0 or -ENOMEM. */
int sl_group_put(struct sl_group *g, struct sl_lun_entry *e);
void sl_group_take(struct sl_group *g, struct sl_lun_entry *e);
/* NULL: no memory. */
struct sl_group *sl_group_create(struct sl_target *t, const char *name);
/* Unlinked, and without a nexus. */
void sl_group_free(const struct sl_target *t, struct sl_group *g);
/* Unlinked, and without a nexus: with its groups. */
void sl_target_free(struct sl_target *t);

/* pattern.c: * and ? as in a shell; the text has `len` bytes. */
bool sl_pattern_match(const char *pattern, const char *text, size_t len);

#endif /* SLUICE_CORE_TARGET_H */
