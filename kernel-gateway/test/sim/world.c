/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <inttypes.h>
#include <stdarg.h>

#include "world.h"

struct world *w;
bool w_visited[SL_STATES][SL_EVENTS];

/* What the core did since the last event comes before what the world does now. */
void w_settle(void)
{
	w_tasks_settle();
	w_reserve_settle();
}

static void observe(const struct sl_cmd *cmd, u32 state, u32 event)
{
	w_visited[state][event] = true;
	w_trace_state(((const struct w_cmd *)cmd)->serial, state, event);
	if (state == SL_ENDING && event == SL_EV_TURN)
		w_tasks_go_on(cmd);
	w_tasks_settle();
	w_reserve_observe(cmd, state, event);
	w_access_observe(cmd, state, event);
	w_tasks_observe(cmd, state, event);
}

u64 w_random(void)
{
	u64 z = (w->rng += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

u32 w_below(u32 n)
{
	return (u32)(w_random() % n);
}

bool w_chance(u32 percent)
{
	return w_below(100) < percent;
}

void w_fail(const char *file, int line, const char *cond, const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "\n%s:%d: %s: ", file, line, cond);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fprintf(stderr, "\nafter %" PRIu64 " commands; replay with SEED=%" PRIu64 "\n",
		w->submitted, w->seed);
	abort();
}

struct w_cmd *w_cmd_by_serial(u64 serial)
{
	for (u32 k = 0; serial && k < W_CMDS; k++) {
		if (w->cmds[k].serial == serial && w->cmds[k].life != W_IDLE)
			return &w->cmds[k];
	}
	return NULL;
}

/* Mostly at once; else with the session's next turn, before time passes, or never if it ends. */
static void queue_dirty(void *host, struct sl_queue *q)
{
	(void)host;
	if (w_chance(70))
		sl_queue_doorbell(q);
}

static void wake(void *host, struct sl_session *s, struct sl_queue *q, u32 *word)
{
	(void)s;
	(void)q;
	(void)host;
	(void)word;
}

static void timer(void *host, u64 deadline_ns)
{
	(void)host;
	w->armed_ns = sl_min(w->armed_ns, deadline_ns);
}

static void session_broken(void *host, struct sl_session *s, const char *why)
{
	(void)host;
	(void)s;
	w_check(false, "the ring of a handler that follows the rules was judged broken: %s", why);
}

static const struct sl_host_ops host_ops = { queue_dirty, wake, timer, session_broken };

/* A fabric that is slow to let go of a victim's buffer holds up its end, and so who preempts. */
static bool victim_with_fabric(const struct w_cmd *c)
{
	for (u32 k = 0; k < W_CMDS; k++) {
		const struct w_cmd *o = &w->cmds[k];

		if (o->life == W_LIVE && o->preempted_by == c->serial && o->fetch == W_CANCELLED)
			return true;
	}
	return false;
}

/* PERSISTENT RESERVE OUT that took effect: it is answered, or awaits those that it aborted. */
static void check_applied(const struct w_cmd *c)
{
	w_check(w->now_ns == c->applied_ns || c->request.action == M_PREEMPT_AND_ABORT,
		"%" PRIu64 " took effect and is not answered", c->serial);
	w_check(w->now_ns < c->applied_ns + W_ABORT_BOUND || victim_with_fabric(c),
		"%" PRIu64 " awaits those that it preempted past the abort bound", c->serial);
}

static void check_handed(const struct w_cmd *c)
{
	w_check(w->now_ns < c->deadline_ns, "%" PRIu64 " is past its deadline", c->serial);
	w_check(!c->aborted || w->now_ns < sl_max(c->aborted_ns, c->handed_ns) + W_ABORT_BOUND,
		"%" PRIu64 " is past the abort bound", c->serial);
}

static void check_waiting(const struct w_cmd *c, const struct w_device *d)
{
	u64 start = sl_max(sl_max(c->submitted_ns, c->fetched_ns), d ? d->resumed_ns : 0);

	w_check(!d || !d->held_until_ns || w->now_ns < d->held_until_ns,
		"%" PRIu64 " is kept past the grace", c->serial);
	/* A grace may begin anew: who was quiesced, and dies. */
	w_check((d && d->held_until_ns) || w->now_ns < start + 3 * W_TIMEOUT,
		"%" PRIu64 " waits without bound", c->serial);
	w_check(!c->aborted || w->now_ns == c->aborted_ns,
		"%" PRIu64 " was aborted while it waited and still does", c->serial);
}

/* Nobody waits longer than he was promised: looked at right after each tick. */
static void check_bounds(void)
{
	w_reserve_check_faded();
	for (u32 k = 0; k < W_CMDS; k++) {
		const struct w_cmd *c = &w->cmds[k];

		w_check(c->fetch != W_FETCHING || w->now_ns < c->asked_ns + W_TIMEOUT,
			"%" PRIu64 " waits for its Data-Out past the deadline", c->serial);
		if (c->life != W_LIVE || c->fetch != W_NO_FETCH)
			continue;
		if (c->pr_applied)
			check_applied(c);
		else if (c->handed_ns)
			check_handed(c);
		else
			check_waiting(c, w_device_of(c));
	}
}

static void graces_pass(void)
{
	for (u32 k = 0; k < W_DEVICES; k++) {
		struct w_device *d = &w->devices[k];

		if (!d->held_until_ns || w->now_ns < d->held_until_ns)
			continue;
		d->held_until_ns = 0;
		d->given_up = true;
	}
}

void w_time_passes(u64 ns)
{
	for (u32 i = 0; i < W_SESSIONS; i++)
		w_handler_doorbells(i);
	w_handler_scan();
	w->now_ns += ns;
	if (w->now_ns < w->armed_ns)
		return;
	/* The host's timer: exactly when the core asked for it. */
	w->armed_ns = U64_MAX;
	w->ticking = true;
	w->armed_ns = sl_min(w->armed_ns, sl_gateway_tick(w->gw, w->now_ns));
	w->ticking = false;
	w_tasks_ticked();
	w_check(w->armed_ns > w->now_ns, "the next deadline is in the past");
	w_handler_scan();
	check_bounds();
	graces_pass();
}

void w_open(u64 seed, u32 generation)
{
	struct sl_limits limits = { .max_nexuses = 16,
				    .max_sessions = W_SESSIONS + W_ZOMBIES,
				    .max_devices = 8,
				    .timeout_ns = { W_TIMEOUT, W_TIMEOUT, W_TIMEOUT, W_TIMEOUT },
				    .abort_bound_ns = W_ABORT_BOUND };

	w = calloc(1, sizeof(*w));
	w->seed = seed;
	w->generation = generation;
	w->rng = seed;
	w->hash = 0xcbf29ce484222325ULL;
	w->now_ns = 1000;
	w->armed_ns = U64_MAX;
	for (u32 d = 0; d < W_DEVICES; d++) {
		w->devices[d].reservations.holder = -1;
		w->devices[d].reserve.holder = M_NO_NEXUS;
		m_task_sets_init(&w->devices[d].sets);
	}
	w->naca_percent = w_chance(50) ? w_below(4) : w_below(25);
	w->error_percent = w_chance(80) ? 8 : 30;
	/* Beside registrations there is no RESERVE: some worlds have hardly any. */
	w->persistent_percent = w_chance(65) ? 6 : 1;
	w->reserve_percent = w->persistent_percent == 6 ? 1 : 4;
	w_check(sl_gateway_create(&host_ops, NULL, &limits, &w->gw) == 0, "gateway");
	w->gw->observe = observe;
	w_control_open();
	for (u32 i = 0; i < W_SESSIONS; i++)
		w_handler_open(i);
	for (u32 i = 0; i < W_NEXUSES; i++)
		w_fabric_open(i);
}

/* Mostly the next process comes at once, sometimes to die at once. */
static void crash(u32 i)
{
	do {
		w_handler_die(i);
		for (u32 n = w_below(20); n > 0; n--)
			w_fabric_submit();
		if (w_chance(60))
			w_handler_open(i);
	} while (w->sessions[i].s && w_chance(25));
}

static void rare(void)
{
	u32 kind = w_below(100);

	if (kind < 14)
		w_handler_raise(w_below(W_SESSIONS));
	else if (kind < 20)
		w_handler_control_mode(w_below(W_SESSIONS));
	else if (kind < 32)
		w_time_passes(w_random() % (W_TIMEOUT + W_TIMEOUT / 2));
	else if (kind < 46)
		w->sessions[w_below(W_SESSIONS)].hangs = w_chance(40);
	else if (kind < 51)
		w_fabric_close(w_below(W_NEXUSES));
	else if (kind < 64)
		w_fabric_open(w_below(W_NEXUSES));
	else if (kind < 74)
		crash(w_below(W_SESSIONS));
	else if (kind < 78)
		w_handler_quiesce(w_below(W_SESSIONS));
	else if (kind < 96)
		w_handler_open(w_below(W_SESSIONS));
	else
		w_control_side();
}

void w_step(void)
{
	u32 kind = w_below(1000);

	w_tasks_moment();
	if (kind < 600)
		w_fabric_submit();
	else if (kind < 750)
		w_handler_work(w_below(W_SESSIONS));
	else if (kind < 830)
		w_fabric_fetch();
	else if (kind < 920)
		w_fabric_send();
	else if (kind < 935)
		w_fabric_tmf();
	else if (kind < 990)
		w_time_passes(w_random() % 1000000);
	else
		rare();
	w_handler_scan();
	w_prevent_check();
	w_handler_reap_zombies();
}

/* Everything must end: the handlers answer, the fabrics let go, time passes for who never sends. */
static void drain(void)
{
	w->draining = true;
	for (u32 turn = 0; turn < 1000 && (!w_fabric_idle() || w_handler_zombies()); turn++) {
		w_tasks_moment();
		for (u32 i = 0; i < W_SESSIONS; i++)
			w_handler_answer_all(i);
		w_fabric_fetch();
		w_fabric_send();
		w_handler_scan();
		if (turn % 8 == 7)
			w_time_passes(W_TIMEOUT);
	}
	for (u32 i = 0; i < W_SESSIONS; i++)
		w_handler_answer_all(i);
	w_check(w_fabric_idle(), "commands or functions never end");
	w_check(!w_handler_zombies(), "buffers of a dead session are never given back");
	w->draining = false;
}

/* No task set is held up any more. */
static void clear_aca(void)
{
	for (u32 i = 0; i < W_NEXUSES; i++) {
		for (u32 lun = 0; w->nexuses[i].n && lun < W_LUNS; lun++) {
			w_function(i, lun, SLUICE_TMF_CLEAR_ACA, 1);
			drain();
		}
	}
}

static bool owes_attention(u32 i, u32 lun)
{
	return w->nexuses[i].n && m_attention_owed(&w->nexuses[i].attentions[lun]);
}

/* Each Unit Attention that was raised comes, once. */
static void collect_unit_attentions(void)
{
	for (u32 i = 0; i < W_NEXUSES; i++) {
		for (u32 lun = 0; lun < W_LUNS; lun++) {
			for (u32 k = 0; owes_attention(i, lun) && k < M_ATTENTION_BOUND + 1; k++) {
				w_fabric_probe(i, lun, 0x00);
				drain();
				w_fabric_probe(i, lun, 0x03);
				drain();
			}
			w_check(!owes_attention(i, lun),
				"a Unit Attention was lost (nexus %u, LUN %u, %04x)", i, lun,
				m_attention_owed(&w->nexuses[i].attentions[lun]));
		}
	}
}

static void check_quiet(void)
{
	for (u32 i = 0; i < W_SESSIONS; i++) {
		struct w_session *ws = &w->sessions[i];

		if (!ws->s)
			continue;
		w_check(ws->s->buffers == 0 && ws->s->pool.used_pages == 0, "%u buffers leak",
			ws->s->buffers);
		w_check(ws->s->n_waiting == 0 && ws->s->pool_busy == 0,
			"the pool's queue is not empty");
		for (u32 q = 0; q < ws->control.queues; q++) {
			struct sl_queue *queue = ws->s->queues[q];
			u32 tags = 0;

			w_check(queue->in_flight == 0 && queue->users == 0, "%u tags leak",
				queue->in_flight);
			for (u32 t = queue->free_head; t != SL_NO_TAG && tags < 64;
			     t = queue->tags[t].next_free)
				tags++;
			w_check(tags == ws->control.depth, "%u of %u tags are free", tags,
				ws->control.depth);
		}
	}
	for (u32 d = 0; d < w->gw->n_devices; d++) {
		w_check(w->gw->devices[d]->set.gate == 0, "device %u: gate %" PRIx64, d,
			w->gw->devices[d]->set.gate);
		w_check(w->gw->devices[d]->quarantined == 0, "device %u: quarantined", d);
		w_check(w->gw->devices[d]->set.n_dormant == 0, "device %u: dormant", d);
		w_check(w->gw->devices[d]->n_kept == 0 && w->gw->devices[d]->kept_outside == 0,
			"device %u: kept", d);
	}
	w_check(w->gw->illegal_events == 0, "%" PRIu64 " illegal cells were reached",
		w->gw->illegal_events);
	w_check(w->submitted == w->responded, "%" PRIu64 " submitted, %" PRIu64 " ended",
		w->submitted, w->responded);
}

void w_close(void)
{
	const char *why = NULL;

	w->naca_percent = 0;
	drain();
	clear_aca();
	check_quiet();
	for (u32 i = 0; i < W_SESSIONS; i++) {
		if (w->sessions[i].quiesced)
			w_handler_die(i);
		w_handler_open(i);
	}
	collect_unit_attentions();
	w_handler_listen();
	w_prevent_check();
	check_quiet();
	for (u32 i = 0; i < W_NEXUSES; i++)
		w_fabric_close(i);
	for (u32 i = 0; i < W_SESSIONS; i++)
		w_handler_die(i);
	w_check(!w_handler_zombies(), "a session without commands is not drained");
	w_check(w->gw->n_nexuses == 0, "%u nexuses left", w->gw->n_nexuses);
	for (u32 d = 0; d < w->gw->n_devices; d++)
		w_check(sl_list_empty(&w->gw->devices[d]->itls), "device %u keeps an I_T_L nexus",
			d);
	w_check(sl_target_remove(w->gw, "iqn.sim", &why) == 0, "target_remove: %s", why);
	sl_gateway_destroy(w->gw);
	w->gw = NULL;
}
