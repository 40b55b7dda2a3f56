/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "handler_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "rig/gateway/directory.h"
#include "rig/handler/scripted.h"

#define STEP_NS 20000000ull

static uint64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

bool handler_process_ended(struct handler_process *p)
{
	if (p->pid && waitpid(p->pid, &p->status, WNOHANG) == p->pid) {
		p->pid = 0;
		p->stopped = false;
	}
	return p->pid == 0;
}

static int no_process(const char *what, char why[CONNECTION_WHY])
{
	snprintf(why, CONNECTION_WHY, "%s: %s: raise the limit on processes", what,
		 strerror(errno));
	return -EAGAIN;
}

/* ---- The scripted one ------------------------------------------------------------------ */

static int open_session(void *arg, struct handler *h, const struct stage *s,
			char why[CONNECTION_WHY])
{
	struct gateway *g = arg;

	return g->ops->open_handler(g, h, &s->session, why);
}

static void become_handler(struct handler_process *p)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* Descriptors are leases: our parent's must not live on in us. */
	close_range(3, ~0u, 0);
	_exit(scripted_run(p->stage, open_session, p->gateway));
}

int handler_process_start(struct handler_process *p, uint64_t bound_ns, char why[CONNECTION_WHY])
{
	uint64_t end = clock_ns() + bound_ns;
	struct stage *s = p->stage;

	s->process++;
	s->deaf = false;
	s->blind = false;
	s->mail_done = s->mail_serial;
	atomic_store(&s->state, STAGE_STARTING);
	fflush(NULL);
	p->killed = false;
	p->pid = fork();
	if (p->pid < 0) {
		p->pid = 0;
		return no_process("fork", why);
	}
	if (p->pid == 0)
		become_handler(p);
	while (s->state == STAGE_STARTING && !handler_process_ended(p) && clock_ns() < end)
		stage_wait(&s->state, STAGE_STARTING, STEP_NS);
	if (s->state == STAGE_SERVING)
		return 0;
	/* A command that was kept for it may come at once, and the script say that it dies of it. */
	if (s->state == STAGE_STARTING && !p->pid && WIFSIGNALED(p->status) &&
	    WTERMSIG(p->status) == SIGKILL)
		return 0;
	handler_process_kill(p);
	p->status = 0;
	if (s->state == STAGE_FAILED) {
		snprintf(why, CONNECTION_WHY, "%s", s->why);
		return -EACCES;
	}
	snprintf(why, CONNECTION_WHY, "the handler's process did not start in time");
	return -EPIPE;
}

int handler_process_ask(struct handler_process *p, uint64_t bound_ns, char why[CONNECTION_WHY])
{
	uint64_t end = clock_ns() + bound_ns;
	struct stage *s = p->stage;
	uint32_t done = s->mail_done, serial;

	if (handler_process_ended(p)) {
		snprintf(why, CONNECTION_WHY, "the handler's process is not there: restart it");
		return -ESRCH;
	}
	serial = atomic_fetch_add(&s->mail_serial, 1) + 1;
	stage_wake(&s->mail_serial);
	while (s->mail_done != serial && !handler_process_ended(p) && clock_ns() < end)
		stage_wait(&s->mail_done, done, STEP_NS);
	if (s->mail_done == serial) {
		memcpy(why, s->mail_why, CONNECTION_WHY);
		return s->mail_result;
	}
	snprintf(why, CONNECTION_WHY, "the handler's process %s",
		 p->pid ? "does not answer: is it stopped?" : "has ended");
	return -ETIMEDOUT;
}

/* ---- A real one -------------------------------------------------------------------------- */

/* What it prints is shown when the scenario fails. */
static void redirect_output(const char *directory)
{
	char path[DIRECTORY_PATH + 16];
	int fd;

	snprintf(path, sizeof(path), "%s/output", directory);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (fd < 0)
		return;
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
}

int handler_process_start_real(struct handler_process *p, const char *command, const char *config,
			       const char *directory, char why[CONNECTION_WHY])
{
	char address[256];

	p->gateway->ops->describe(p->gateway, address);
	fflush(NULL);
	p->killed = false;
	p->pid = fork();
	if (p->pid < 0) {
		p->pid = 0;
		return no_process("fork", why);
	}
	if (p->pid)
		return 0;
	/* A group of its own: what the shell starts is stopped and killed with it. */
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	redirect_output(directory);
	close_range(3, ~0u, 0);
	putenv(address);
	setenv("SLUICE_RIG_CONFIG", config, 1);
	setenv("SLUICE_RIG_DIRECTORY", directory, 1);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

/* ---- Both ---------------------------------------------------------------------------------- */

static void send_signal(struct handler_process *p, int signal)
{
	if (!p->stage && kill(-p->pid, signal) == 0)
		return;
	kill(p->pid, signal);
}

void handler_process_kill(struct handler_process *p)
{
	if (handler_process_ended(p))
		return;
	send_signal(p, SIGKILL);
	waitpid(p->pid, &p->status, 0);
	p->pid = 0;
	p->stopped = false;
	p->killed = true;
}

void handler_process_stop(struct handler_process *p)
{
	int status;

	if (handler_process_ended(p) || p->stopped)
		return;
	send_signal(p, SIGSTOP);
	/* From here on it does nothing any more. */
	if (waitpid(p->pid, &status, WUNTRACED) == p->pid && !WIFSTOPPED(status)) {
		p->status = status;
		p->pid = 0;
		return;
	}
	p->stopped = true;
}

void handler_process_continue(struct handler_process *p)
{
	if (!handler_process_ended(p) && p->stopped)
		send_signal(p, SIGCONT);
	p->stopped = false;
}

bool handler_process_end(struct handler_process *p, uint64_t bound_ns)
{
	uint64_t end = clock_ns() + bound_ns;

	if (handler_process_ended(p))
		return true;
	handler_process_continue(p);
	if (p->stage) {
		p->stage->mail = STAGE_MAIL_END;
		atomic_fetch_add(&p->stage->mail_serial, 1);
		stage_wake(&p->stage->mail_serial);
	} else {
		send_signal(p, SIGTERM);
	}
	p->killed = true;
	while (!handler_process_ended(p) && clock_ns() < end)
		usleep(1000);
	if (p->pid == 0)
		return true;
	handler_process_kill(p);
	return false;
}

bool handler_process_failed(const struct handler_process *p, char why[CONNECTION_WHY])
{
	if (p->pid || p->killed || (WIFSIGNALED(p->status) && WTERMSIG(p->status) == SIGKILL))
		return false;
	if (WIFSIGNALED(p->status))
		snprintf(why, CONNECTION_WHY, "died: %s", strsignal(WTERMSIG(p->status)));
	else if (WEXITSTATUS(p->status))
		snprintf(why, CONNECTION_WHY, "ended with status %d", WEXITSTATUS(p->status));
	else
		return false;
	return true;
}
