/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Where a loop's thread runs. */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>

#include "log.h"
#include "loop_state.h"

void loop_place(struct loop *l, const struct placement *p)
{
	l->follow.on = p->kind == PLACEMENT_FOLLOW;
	if (p->kind == PLACEMENT_FIXED)
		l->follow.cpu = p->cpus[l->index % p->n_cpus];
}

void loop_settle(struct loop *l)
{
	sched_getaffinity(0, sizeof(l->home), &l->home);
	if (l->follow.cpu >= 0)
		loop_keep_to_cpu(l);
}

bool loop_keep_to_cpu(struct loop *l)
{
	cpu_set_t set = l->home;

	if (l->follow.cpu >= 0) {
		CPU_ZERO(&set);
		CPU_SET(l->follow.cpu, &set);
	}
	if (sched_setaffinity(0, sizeof(set), &set) == 0)
		return true;
	log_warn("loop",
		 "loop %u on processor %d: %s: the scheduler places it; name processors of --cpus "
		 "that this process may use",
		 l->index, l->follow.cpu, strerror(errno));
	/* Once is enough: what is refused now is refused the next time. */
	l->follow = (struct follow){ .cpu = -1 };
	return false;
}

int loop_shared_cpu(const struct loop *l)
{
	return l->follow.on ? l->follow.cpu : -1;
}

void loop_heard(struct loop *l, int fd, uint32_t under_way)
{
	socklen_t len = sizeof(int);
	int cpu = -1;

	/* A scheduler with an idle processor wakes the initiator there, not beside us: let it be, and linger. */
	if (!linger_heard(&l->linger, under_way, l->follow.cpu >= 0) ||
	    !follow_asks(&l->follow, under_way))
		return;
	getsockopt(fd, SOL_SOCKET, SO_INCOMING_CPU, &cpu, &len);
	if (!follow_vote(&l->follow, cpu) || !loop_keep_to_cpu(l))
		return;
	linger_chased(&l->linger);
	if (l->rings && l->rings->moved)
		l->rings->moved(l->rings, l->follow.cpu);
}
