/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "abi_dump.h"

/* `make check` runs in kernel-gateway/. */
#define HEADER "include/sluice/abi.h"

static char *dump_text(void)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	abi_dump(out);
	assert_int_equal(fclose(out), 0);
	return text;
}

/* Is there a line that starts with name and a blank? */
static int has_line(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, name, len) == 0 && line[len] == ' ')
			return 1;
	}
	return 0;
}

/* The word at `at`; returns what follows it. */
static const char *word(const char *at, char *out, size_t room)
{
	size_t n = 0;

	while ((isalnum((unsigned char)*at) || *at == '_') && n + 1 < room)
		out[n++] = *at++;
	out[n] = '\0';
	return at;
}

/* The constant that a header line defines: "#define NAME value" or "\tNAME = value". */
static int defined_constant(const char *line, char *name, size_t room)
{
	const char *rest;

	if (strncmp(line, "#define ", 8) == 0)
		line += 8;
	else if (*line++ != '\t')
		return 0;
	if (strncmp(line, "SLUICE_", 7) != 0)
		return 0;
	rest = word(line, name, room);
	/* An include guard has no value. */
	while (*rest == ' ' || *rest == '\t')
		rest++;
	return *rest && *rest != '\n' && *rest != '*';
}

static void should_print_every_constant_of_the_header(void **state)
{
	FILE *header = fopen(HEADER, "r");
	char *text = dump_text(), line[512], name[128];
	int found = 0;

	assert_non_null(header);
	while (fgets(line, sizeof(line), header)) {
		if (!defined_constant(line, name, sizeof(name)))
			continue;
		if (!has_line(text, name))
			fail_msg("%s is not in test/abi/abi_constants.h", name);
		found++;
	}
	assert_in_range(found, 80, 1000);
	fclose(header);
	free(text);
}

static void should_print_every_structure_of_the_header(void **state)
{
	FILE *header = fopen(HEADER, "r");
	char *text = dump_text(), line[512], name[128];
	int found = 0;

	assert_non_null(header);
	while (fgets(line, sizeof(line), header)) {
		if (strncmp(line, "struct ", 7) != 0 || !strchr(line, '{'))
			continue;
		word(line + 7, name, sizeof(name) - 8);
		strcat(name, ".size");
		if (!has_line(text, name))
			fail_msg("%s is not in core/abi_fields.h", name);
		found++;
	}
	assert_in_range(found, 30, 1000);
	fclose(header);
	free(text);
}

static void should_print_known_values(void **state)
{
	char *text = dump_text();

	assert_non_null(strstr(text, "SLUICE_MAX_BUFFER 16777216\n"));
	assert_non_null(strstr(text, "SLUICE_MAGIC 72133749332792659\n"));
	assert_non_null(strstr(text, "sluice_desc.size 128\n"));
	assert_non_null(strstr(text, "sluice_control.pool_bytes.offset 152\n"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(should_print_every_constant_of_the_header),
		cmocka_unit_test(should_print_every_structure_of_the_header),
		cmocka_unit_test(should_print_known_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
