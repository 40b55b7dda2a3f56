/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "log.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES	   1024
#define SITE_LINES_PER_SEC 20

static _Atomic int threshold = LOG_LEVEL_INFO;
/* Guards every site's window and count, and keeps lines whole. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void log_set_level(enum log_level level)
{
	atomic_store_explicit(&threshold, (int)level, memory_order_relaxed);
}

static const char *level_name(enum log_level level)
{
	switch (level) {
	case LOG_LEVEL_ERROR:
		return "error";
	case LOG_LEVEL_WARN:
		return "warn";
	case LOG_LEVEL_INFO:
		return "info";
	case LOG_LEVEL_DEBUG:
		return "debug";
	}
	return "?";
}

static size_t clamp(int wrote, size_t room)
{
	if (wrote < 0)
		return 0;
	return (size_t)wrote < room ? (size_t)wrote : room - 1;
}

static size_t put_head(char *line, size_t room, const struct timespec *now, enum log_level level,
		       const char *area)
{
	struct tm tm;
	int n;

	gmtime_r(&now->tv_sec, &tm);
	n = snprintf(line, room,
		     "%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ %-5s %s: ", tm.tm_year + 1900,
		     tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
		     now->tv_nsec / 1000000, level_name(level), area);
	return clamp(n, room);
}

/* What a peer put into a name must not forge a second line or drive a terminal. */
static void blank_control_characters(char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			text[i] = '?';
	}
}

static void put_line(char *line, size_t len)
{
	ssize_t wrote;

	line[len++] = '\n';
	do {
		wrote = write(STDERR_FILENO, line, len);
	} while (wrote < 0 && errno == EINTR);
}

/* True if the site may speak; `suppressed` receives what it kept back in an earlier second. */
static bool site_admits(struct log_site *site, unsigned long second, unsigned int *suppressed)
{
	*suppressed = 0;
	if (site->window != second) {
		if (site->count > SITE_LINES_PER_SEC)
			*suppressed = site->count - SITE_LINES_PER_SEC;
		site->window = second;
		site->count = 0;
	}
	return ++site->count <= SITE_LINES_PER_SEC;
}

void log_write(struct log_site *site, enum log_level level, const char *area, const char *format,
	       ...)
{
	char line[LINE_MAX_BYTES + 64];
	unsigned int suppressed;
	struct timespec now;
	size_t head, len;
	va_list args;

	if ((int)level > atomic_load_explicit(&threshold, memory_order_relaxed))
		return;
	clock_gettime(CLOCK_REALTIME, &now);
	head = put_head(line, LINE_MAX_BYTES, &now, level, area);
	va_start(args, format);
	len = head + clamp(vsnprintf(line + head, LINE_MAX_BYTES - head, format, args),
			   LINE_MAX_BYTES - head);
	va_end(args);

	pthread_mutex_lock(&lock);
	if (site_admits(site, (unsigned long)now.tv_sec, &suppressed)) {
		if (suppressed)
			len += clamp(snprintf(line + len, sizeof(line) - 1 - len,
					      " (%u lines like this were suppressed)", suppressed),
				     sizeof(line) - 1 - len);
		blank_control_characters(line, len);
		put_line(line, len);
	}
	pthread_mutex_unlock(&lock);
}
