/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "document.h"

#include <stdlib.h>
#include <string.h>

#include "fixture.h"

#define DOCUMENT "../docs/state-tables.md"
#define BYTES	 (1 << 18)

static char *read_all(FILE *f)
{
	char *text = calloc(1, BYTES);
	size_t got = fread(text, 1, BYTES - 1, f);

	assert_true(got < BYTES - 1);
	return text;
}

static char *printed(const char *title, void (*print)(FILE *f))
{
	FILE *f = tmpfile();
	char *text;

	assert_non_null(f);
	fprintf(f, "# %s\n\n", title);
	print(f);
	rewind(f);
	text = read_all(f);
	fclose(f);
	return text;
}

static char *document(void)
{
	FILE *f = fopen(DOCUMENT, "r");
	char *text = f ? read_all(f) : calloc(1, 1);

	if (f)
		fclose(f);
	return text;
}

/* Where the section stands; NULL: nowhere. *end is behind it. */
static char *find(char *text, const char *title, char **end)
{
	char heading[128];
	char *at = text;

	snprintf(heading, sizeof(heading), "# %s\n", title);
	while ((at = strstr(at, heading)) && at != text && at[-1] != '\n')
		at++;
	if (!at)
		return NULL;
	*end = strstr(at, "\n# ");
	*end = *end ? *end + 1 : at + strlen(at);
	return at;
}

static void replace(const char *title, const char *section)
{
	char *text = document(), *end = text + strlen(text);
	char *at = find(text, title, &end);
	FILE *f = fopen(DOCUMENT, "w");

	assert_non_null(f);
	if (!at)
		at = end;
	fwrite(text, 1, (size_t)(at - text), f);
	fprintf(f, "%s%s%s%s", !at || at == text || at[-1] == '\n' ? "" : "\n",
		at == end && at != text ? "\n" : "", section, *end ? "\n" : "");
	fputs(end, f);
	fclose(f);
	free(text);
}

void document_section(const char *title, void (*print)(FILE *f))
{
	char *section = printed(title, print), *text, *at, *end;
	size_t len = strlen(section);

	if (getenv("UPDATE_DOCS"))
		replace(title, section);
	text = document();
	at = find(text, title, &end);
	if (!at)
		fail_msg("%s: no section \"%s\"; print it with UPDATE_DOCS=1", DOCUMENT, title);
	/* But for the empty line that parts it from the next one. */
	if ((size_t)(end - at) != len + (*end ? 1 : 0) || strncmp(at, section, len))
		fail_msg("%s: \"%s\" is stale; print it again with UPDATE_DOCS=1", DOCUMENT, title);
	free(section);
	free(text);
}
