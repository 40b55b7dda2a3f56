/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A sluiced of our own: a directory for its socket and log, its process, its end. */
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

#include "directory.h"
#include "gateway_socket.h"

#define START_BOUND_MS 10000
/* Longer than sluiced gives initiators and handlers for their leave. */
#define END_BOUND_MS   12000

struct gateway_process {
	struct gateway_socket socket;
	char directory[DIRECTORY_PATH];
	char log[80];
	pid_t pid; /* 0: it has been waited for */
	int status;
};

static struct gateway_process *process_of(struct gateway *g)
{
	return (struct gateway_process *)g;
}

static void sleep_ms(long ms)
{
	const struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

/* Has it ended? */
static bool ended(struct gateway_process *p)
{
	if (p->pid && waitpid(p->pid, &p->status, WNOHANG) == p->pid)
		p->pid = 0;
	return p->pid == 0;
}

static void describe_end(int status, char why[CONNECTION_WHY])
{
	if (WIFSIGNALED(status))
		snprintf(why, CONNECTION_WHY, "the gateway died: %s", strsignal(WTERMSIG(status)));
	else
		snprintf(why, CONNECTION_WHY, "the gateway ended with status %d",
			 WEXITSTATUS(status));
}

static int process_alive(struct gateway *g, char why[CONNECTION_WHY])
{
	struct gateway_process *p = process_of(g);

	if (!ended(p))
		return 0;
	describe_end(p->status, why);
	return -EPIPE;
}

static int process_close(struct gateway *g, char why[CONNECTION_WHY])
{
	struct gateway_process *p = process_of(g);
	bool was_there = !ended(p);
	int err = 0;

	if (was_there)
		kill(p->pid, SIGTERM);
	for (int ms = 0; !ended(p) && ms < END_BOUND_MS; ms += ms < 50 ? 1 : 10)
		sleep_ms(ms < 50 ? 1 : 10);
	if (!ended(p)) {
		snprintf(why, CONNECTION_WHY, "the gateway did not end within %d s of SIGTERM",
			 END_BOUND_MS / 1000);
		kill(p->pid, SIGKILL);
		waitpid(p->pid, &p->status, 0);
		p->pid = 0;
		err = -ETIMEDOUT;
	} else if (p->status || !was_there) {
		describe_end(p->status, why);
		err = -EPIPE;
	}
	/* Its log is all that is left to find out why. */
	if (err)
		g->ops->print_log(g, stdout);
	directory_remove(p->directory);
	free(p);
	return err;
}

static void process_print_log(struct gateway *g, FILE *out)
{
	directory_print_end(out, process_of(g)->log, "the gateway's log ends:");
}

static const struct gateway_ops process_ops = {
	.open_channel = gateway_socket_channel,
	.open_handler = gateway_socket_handler,
	.describe = gateway_socket_describe,
	.alive = process_alive,
	.close = process_close,
	.print_log = process_print_log,
};

static void become_sluiced(const struct gateway_process *p, const char *program)
{
	int log = open(p->log, O_WRONLY | O_CREAT | O_APPEND, 0600);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (log >= 0) {
		dup2(log, STDOUT_FILENO);
		dup2(log, STDERR_FILENO);
	}
	close_range(3, ~0u, 0);
	execlp(program, program, "--socket", p->socket.path, "--rig-time", (char *)NULL);
	fprintf(stderr, "exec %s: %s\n", program, strerror(errno));
	_exit(127);
}

static int make_directory(struct gateway_process *p, char why[CONNECTION_WHY])
{
	int err = directory_make(p->directory);

	if (err) {
		snprintf(why, CONNECTION_WHY,
			 "mkdtemp %s: %s: set TMPDIR to a directory that can be written",
			 p->directory, strerror(-err));
		return err;
	}
	snprintf(p->socket.path, sizeof(p->socket.path), "%s/gateway", p->directory);
	snprintf(p->log, sizeof(p->log), "%s/log", p->directory);
	return 0;
}

static int wait_for_socket(struct gateway_process *p, const char *program, char why[CONNECTION_WHY])
{
	for (int ms = 0; ms < START_BOUND_MS; ms++) {
		struct connection c;

		if (access(p->socket.path, F_OK) == 0 &&
		    connection_open(&c, p->socket.path, SLUICE_ROLE_CONTROL, "sluice-rig", why) ==
			    0) {
			connection_close(&c);
			return 0;
		}
		if (ended(p))
			break;
		sleep_ms(1);
	}
	if (!ended(p)) {
		kill(p->pid, SIGKILL);
		waitpid(p->pid, &p->status, 0);
		p->pid = 0;
	}
	process_print_log(&p->socket.gateway, stderr);
	snprintf(why, CONNECTION_WHY, "%s did not start: give the path of sluiced with --gateway",
		 program);
	return -EPIPE;
}

int gateway_process_start(const char *program, struct gateway **out, char why[CONNECTION_WHY])
{
	struct gateway_process *p = calloc(1, sizeof(*p));
	int err;

	if (!p) {
		snprintf(why, CONNECTION_WHY, "no memory for a gateway");
		return -ENOMEM;
	}
	p->socket.gateway.ops = &process_ops;
	err = make_directory(p, why);
	if (err) {
		free(p);
		return err;
	}
	fflush(NULL);
	p->pid = fork();
	if (p->pid == 0)
		become_sluiced(p, program);
	err = wait_for_socket(p, program, why);
	if (err) {
		directory_remove(p->directory);
		free(p);
		return err;
	}
	*out = &p->socket.gateway;
	return 0;
}
