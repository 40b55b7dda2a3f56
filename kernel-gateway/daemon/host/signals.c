/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "signals.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

static void signal_ready(struct loop_fd *f, uint32_t events)
{
	struct signals *s = (struct signals *)f;
	struct signalfd_siginfo info;

	while (read(f->fd, &info, sizeof(info)) == sizeof(info))
		s->asked_to_end(s, (int)info.ssi_signo);
}

int signals_open(struct signals *s, struct loop *l)
{
	sigset_t set;
	int err;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	s->fd = (struct loop_fd){ .fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK),
				  .ready = signal_ready };
	if (s->fd.fd < 0)
		return -errno;
	err = loop_fd_add(l, &s->fd, EPOLLIN);
	if (err)
		close(s->fd.fd);
	return err;
}

void signals_close(struct signals *s, struct loop *l)
{
	loop_fd_remove(l, &s->fd);
	close(s->fd.fd);
}
