// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The session of a client in role handler (control/client.h). */
#include "client.h"

struct sl_session *client_session(struct client *c)
{
	return c->session ? sluice_session_core(c->session) : NULL;
}

int client_session_open(struct client *c, const struct sluice_msg *m,
			const struct sluice_session_open *open, char why[256])
{
	struct sluice_session_opened opened = {};
	struct sluice_session *s;
	int err = sluice_session_open(open, open->name[0] ? open->name : c->name, c->pid, &c->wait,
				      &s, why);

	if (err)
		return err;
	sluice_session_opened(s, &opened);
	/* Pairs with the acquire of mmap, ioctl and poll. */
	smp_store_release(&c->session, s);
	client_reply(c, m, &opened, sizeof(opened));
	return 0;
}

bool client_sessions_leave(struct client *c)
{
	return sluice_sessions_leave();
}

struct restore **client_restore(struct client *c)
{
	return &c->restore;
}

int client_session_info(struct client *c, u32 index, struct sluice_session_info *info)
{
	return sluice_session_info(index, info);
}
