/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A sluice.ko of our own: loaded for one scenario, with a clock that moves, and unloaded behind it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "gateway_socket.h"

#define DEVICE	     "/dev/sluice"
#define PARAMETERS   "rig_time=1"
/* Longer than the core lets a command wait for its abort. */
#define END_BOUND_MS 15000

static void sleep_ms(long ms)
{
	const struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

/* Files are open for as long as a process that we killed needs to end, and commands for their bounds. */
static int module_close(struct gateway *g, char why[CONNECTION_WHY])
{
	int err = 0;

	for (int ms = 0; syscall(SYS_delete_module, "sluice", O_NONBLOCK) < 0; ms += 2) {
		err = errno;
		if ((err != EAGAIN && err != EBUSY) || ms >= END_BOUND_MS)
			break;
		err = 0;
		sleep_ms(2);
	}
	if (err)
		snprintf(why, CONNECTION_WHY,
			 "the module does not unload: %s: see dmesg, and who has %s open",
			 strerror(err), DEVICE);
	free(g);
	return -err;
}

static int module_alive(struct gateway *g, char why[CONNECTION_WHY])
{
	if (access(DEVICE, F_OK) == 0)
		return 0;
	snprintf(why, CONNECTION_WHY, "%s is gone: who unloaded the module?", DEVICE);
	return -EPIPE;
}

static void module_print_log(struct gateway *g, FILE *out)
{
	fputs("    the gateway's log is the kernel's: see dmesg\n", out);
}

static const struct gateway_ops module_ops = {
	.open_channel = gateway_socket_channel,
	.open_handler = gateway_socket_handler,
	.describe = gateway_socket_describe,
	.alive = module_alive,
	.close = module_close,
	.print_log = module_print_log,
};

/* Where DKMS and `make modules_install` put it. */
static int open_installed(char why[CONNECTION_WHY])
{
	static const char *const folders[] = { "updates/dkms", "updates", "extra" };
	struct utsname kernel;
	char path[512];
	int fd;

	uname(&kernel);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		snprintf(path, sizeof(path), "/lib/modules/%s/%s/sluice.ko", kernel.release,
			 folders[i]);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0)
			return fd;
	}
	snprintf(why, CONNECTION_WHY,
		 "no sluice.ko below /lib/modules/%s: install it, or name one: --gateway FILE.ko",
		 kernel.release);
	return -ENOENT;
}

static int load(const char *file, char why[CONNECTION_WHY])
{
	int fd = file ? open(file, O_RDONLY | O_CLOEXEC) : open_installed(why);
	int err;

	if (fd < 0 && file) {
		err = errno;
		snprintf(why, CONNECTION_WHY, "open %s: %s", file, strerror(err));
		return -err;
	}
	if (fd < 0)
		return fd;
	err = syscall(SYS_finit_module, fd, PARAMETERS, 0) < 0 ? errno : 0;
	close(fd);
	if (err == EEXIST)
		snprintf(why, CONNECTION_WHY,
			 "the module is loaded already: rmmod sluice, or share it: --socket %s",
			 DEVICE);
	else if (err)
		snprintf(why, CONNECTION_WHY, "finit_module %s: %s: %s", file ? file : "sluice.ko",
			 strerror(err),
			 err == EPERM	? "run as root" :
			 err == ENOEXEC ? "build it for this kernel" :
					  "modprobe scsi_mod first, and see dmesg");
	return -err;
}

int gateway_module_load(const char *file, struct gateway **out, char why[CONNECTION_WHY])
{
	struct gateway_socket *s = calloc(1, sizeof(*s));
	int err;

	if (!s) {
		snprintf(why, CONNECTION_WHY, "no memory for a gateway");
		return -ENOMEM;
	}
	s->gateway.ops = &module_ops;
	snprintf(s->path, sizeof(s->path), "%s", DEVICE);
	err = load(file, why);
	if (err)
		free(s);
	else
		*out = &s->gateway;
	return err;
}
