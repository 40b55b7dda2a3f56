/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "sluiced.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/server.h"
#include "host/host.h"
#include "host/log.h"
#include "host/signals.h"
#include "iscsi/iscsi.h"

/* Initiators have this long to answer the asynchronous message and log out, handlers to let go. */
#define END_BOUND_NS	(8ull * 1000000000)
#define END_INTERVAL_NS 5000000ull

/*
 * The orderly end, each step when the one before is done: no new clients, initiators
 * asked to log out, clients closed, rigs and sessions drained, loops stopped.
 */
enum ending { RUNNING, INITIATORS, CLIENTS, DRAINING, ENDED, OVERDUE };

struct sluiced {
	struct host host;
	struct control_server control;
	struct signals signals;
	bool has_signals;
	enum ending ending;
	uint64_t end_deadline_ns;
	struct loop_timer end_timer;
	struct loop_work stop_work;
};

static void initiators_gone(void *arg)
{
	struct sluiced *d = arg;

	if (d->ending != INITIATORS)
		return;
	d->ending = CLIENTS;
	control_server_close_clients(&d->control);
}

static void end_now(struct sluiced *d, enum ending how)
{
	d->ending = how;
	loop_timer_cancel(d->host.loops[0], &d->end_timer);
	loop_stop(d->host.loops[0]);
}

/* Looks from time to time: what is waited for has many owners, and each goes in its own time. */
static void end_step(struct loop_timer *t, uint64_t now_ns)
{
	struct sluiced *d = (struct sluiced *)((char *)t - offsetof(struct sluiced, end_timer));

	if (d->ending == CLIENTS && !d->control.clients)
		d->ending = DRAINING;
	if (d->ending == DRAINING && !d->host.sessions && !d->control.rigs.rigs) {
		end_now(d, ENDED);
		return;
	}
	if (now_ns >= d->end_deadline_ns) {
		log_warn("sluiced", "%s did not let go within %llu s: ending all the same",
			 d->ending == INITIATORS ? "an initiator" : "a handler session or rig",
			 END_BOUND_NS / 1000000000);
		end_now(d, OVERDUE);
		return;
	}
	loop_timer_set(d->host.loops[0], t, now_ns + END_INTERVAL_NS);
}

static void begin_end(struct sluiced *d)
{
	struct loop *l = d->host.loops[0];

	if (d->ending != RUNNING)
		return;
	d->ending = INITIATORS;
	d->end_deadline_ns = loop_now(l) + END_BOUND_NS;
	loop_timer_set(l, &d->end_timer, loop_now(l) + END_INTERVAL_NS);
	control_server_stop_listening(&d->control);
	iscsi_fabric_shutdown(d->control.iscsi, initiators_gone, d);
}

static void shutdown_asked(void *arg)
{
	begin_end(arg);
}

static void signalled(struct signals *s, int signal)
{
	struct sluiced *d = (struct sluiced *)((char *)s - offsetof(struct sluiced, signals));

	log_info("sluiced", "%s: shutting down", strsignal(signal));
	begin_end(d);
}

static void stop_posted(struct loop_work *w)
{
	begin_end((struct sluiced *)((char *)w - offsetof(struct sluiced, stop_work)));
}

void sluiced_stop(struct sluiced *d)
{
	loop_post(d->host.loops[0], &d->stop_work);
}

/* ---- Life -------------------------------------------------------------------------- */

static int create_parts(struct sluiced *d, const struct sluiced_options *o, char why[256])
{
	/* As many connections as nexuses: a session of this target has one. */
	const struct iscsi_limits limits = { .max_connections = o->limits.max_nexuses };
	int err;

	if (o->signals) {
		err = signals_open(&d->signals, d->host.loops[0]);
		if (err) {
			snprintf(why, 256, "signalfd: %s: raise RLIMIT_NOFILE", strerror(-err));
			return err;
		}
		d->has_signals = true;
	}
	err = iscsi_fabric_create(d->host.gateway, d->host.loops, d->host.n_loops, &limits,
				  &d->control.iscsi);
	if (err) {
		snprintf(why, 256, "the iSCSI fabric: %s: give the process more memory",
			 strerror(-err));
		return err;
	}
	d->control.host = &d->host;
	d->control.shutdown = shutdown_asked;
	d->control.arg = d;
	return control_server_open(&d->control, o->socket, why);
}

int sluiced_create(const struct sluiced_options *o, struct sluiced **out, char why[256])
{
	struct sluiced *d = aligned_alloc(_Alignof(struct sluiced),
					  (sizeof(*d) + _Alignof(struct sluiced) - 1) &
						  ~(_Alignof(struct sluiced) - 1));
	int err;

	if (!d) {
		snprintf(why, 256, "no memory for the gateway: give the process more");
		return -ENOMEM;
	}
	*d = (struct sluiced){ .signals = { .asked_to_end = signalled },
			       .end_timer = { .expired = end_step },
			       .stop_work = { .run = stop_posted } };
	d->control.file.listen_fd = -1;
	err = host_create(&d->host, o->loops, o->spin_ns, &o->limits, why);
	if (err) {
		free(d);
		return err;
	}
	d->host.time_moves = o->rig_time;
	for (uint32_t i = 0; i < d->host.n_loops; i++)
		loop_place(d->host.loops[i], &o->placement);
	err = create_parts(d, o, why);
	if (err) {
		sluiced_destroy(d);
		return err;
	}
	*out = d;
	return 0;
}

static void log_counters(const struct host *h)
{
	for (uint32_t i = 0; i < h->n_loops; i++) {
		struct loop_counters c;

		loop_read_counters(h->loops[i], &c);
		log_info(
			"sluiced",
			"loop %u: %llu rounds, %llu spins (%llu paid), %llu yields (%llu paid), %llu sleeps, %llu wakes",
			i, (unsigned long long)c.rounds, (unsigned long long)c.spins,
			(unsigned long long)c.spin_hits, (unsigned long long)c.yields,
			(unsigned long long)c.yield_hits, (unsigned long long)c.sleeps,
			(unsigned long long)c.wakes);
	}
}

int sluiced_run(struct sluiced *d, char why[256])
{
	int err = host_start(&d->host, why);

	if (err) {
		host_stop(&d->host);
		return err;
	}
	loop_run(d->host.loops[0]);
	host_stop(&d->host);
	log_counters(&d->host);
	return d->ending == OVERDUE ? -ETIMEDOUT : 0;
}

static void remove_targets(struct sl_gateway *gw)
{
	const char *why = NULL;
	struct sluice_target t;

	while (sl_target_at(gw, 0, &t) == 0) {
		int err = sl_target_remove(gw, t.name, &why);

		if (err) {
			log_error("sluiced", "target %s stays at the end: %s", t.name,
				  why ? why : strerror(-err));
			return;
		}
	}
}

void sluiced_destroy(struct sluiced *d)
{
	control_server_destroy(&d->control);
	if (d->control.iscsi)
		iscsi_fabric_destroy(d->control.iscsi);
	if (d->has_signals)
		signals_close(&d->signals, d->host.loops[0]);
	remove_targets(d->host.gateway);
	host_destroy(&d->host);
	free(d);
}
