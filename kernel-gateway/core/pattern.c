/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "target.h"

/* One place to come back to is enough: a later * makes an earlier one final. */
bool sl_pattern_match(const char *pattern, const char *text, size_t len)
{
	const char *star = NULL;
	size_t at = 0, retry = 0;

	while (at < len) {
		if (*pattern == '*') {
			star = pattern++;
			retry = at;
		} else if (*pattern == '?' || (*pattern && *pattern == text[at])) {
			pattern++;
			at++;
		} else if (star) {
			pattern = star + 1;
			at = ++retry;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == 0;
}
