/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* CHAP credentials by target. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "fabric.h"

static struct iscsi_account *find(struct iscsi_fabric *f, const char *target)
{
	struct iscsi_account *a;

	LIST_FOREACH(a, &f->accounts, link)
		if (!strcmp(a->target, target))
			return a;
	return NULL;
}

void iscsi_account_read(struct iscsi_fabric *f, const char *target, struct iscsi_credential *out)
{
	struct iscsi_account *a = find(f, target);

	if (a)
		*out = a->credential;
	else
		memset(out, 0, sizeof(*out));
}

static bool terminated(const char *text, size_t size)
{
	return memchr(text, 0, size) != NULL;
}

/* 0, or -EINVAL with `why`. */
static int check(const struct sluice_auth *auth, char why[256])
{
	size_t len;

	if (!terminated(auth->target, sizeof(auth->target)) ||
	    !terminated(auth->user, sizeof(auth->user)) ||
	    !terminated(auth->secret, sizeof(auth->secret))) {
		snprintf(why, 256,
			 "CHAP credentials: a text without its end: at most 239 bytes each");
		return -EINVAL;
	}
	if (auth->kind != SLUICE_AUTH_CHAP && auth->kind != SLUICE_AUTH_MUTUAL) {
		snprintf(why, 256, "credentials of kind %u: 1 (CHAP) and 2 (mutual CHAP) exist",
			 auth->kind);
		return -EINVAL;
	}
	len = strlen(auth->secret);
	if (auth->user[0] && len < ISCSI_CHAP_SECRET_MIN) {
		snprintf(
			why, 256,
			"CHAP secret of user \"%.64s\" has %zu bytes: use 12 or more, 16 at most if "
			"Windows initiators log in (RFC 7143 9.2.1)",
			auth->user, len);
		return -EINVAL;
	}
	return 0;
}

int iscsi_auth_set(struct iscsi_fabric *f, const struct sluice_auth *auth, char why[256])
{
	struct iscsi_secret *own, *other;
	struct iscsi_account *a;
	int error = check(auth, why);

	if (error)
		return error;
	pthread_mutex_lock(&f->lock);
	a = find(f, auth->target);
	if (!a) {
		a = calloc(1, sizeof(*a));
		if (!a) {
			snprintf(why, 256, "CHAP user \"%.64s\": no memory: free some", auth->user);
			error = -ENOMEM;
			goto out;
		}
		memcpy(a->target, auth->target, sizeof(a->target));
		LIST_INSERT_HEAD(&f->accounts, a, link);
	}
	own = auth->kind == SLUICE_AUTH_CHAP ? &a->credential.initiator : &a->credential.target;
	other = auth->kind == SLUICE_AUTH_CHAP ? &a->credential.target : &a->credential.initiator;
	/* 9.2.1: the two directions must not share a secret, or one side's answers prove the other. */
	if (auth->user[0] && other->user[0] && !strcmp(auth->secret, other->secret)) {
		snprintf(why, 256,
			 "CHAP user \"%.64s\": the secret is that of the other direction: use two "
			 "different ones (RFC 7143 9.2.1)",
			 auth->user);
		error = -EINVAL;
		goto out;
	}
	explicit_bzero(own, sizeof(*own));
	if (auth->user[0]) {
		memcpy(own->user, auth->user, sizeof(own->user));
		memcpy(own->secret, auth->secret, sizeof(own->secret));
	}
out:
	pthread_mutex_unlock(&f->lock);
	return error;
}
