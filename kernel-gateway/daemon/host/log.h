/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Log lines on standard error: time, level, area, text; one line each. Any thread. Rate-limited per call site. */
#ifndef SLUICE_DAEMON_LOG_H
#define SLUICE_DAEMON_LOG_H

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

struct log_site { unsigned long window; unsigned int count; };
void log_set_level(enum log_level level);
void log_write(struct log_site *site, enum log_level level, const char *area, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#define LOG_AT(level, area, ...) \
	do { static struct log_site site_; log_write(&site_, level, area, __VA_ARGS__); } while (0)
#define log_error(area, ...) LOG_AT(LOG_LEVEL_ERROR, area, __VA_ARGS__)
#define log_warn(area, ...)  LOG_AT(LOG_LEVEL_WARN, area, __VA_ARGS__)
#define log_info(area, ...)  LOG_AT(LOG_LEVEL_INFO, area, __VA_ARGS__)
#define log_debug(area, ...) LOG_AT(LOG_LEVEL_DEBUG, area, __VA_ARGS__)

#endif /* SLUICE_DAEMON_LOG_H */
