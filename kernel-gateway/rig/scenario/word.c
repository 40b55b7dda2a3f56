/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A line's words: blanks part them, quotes keep them together, # ends the line. */
#include <string.h>

#include "parser.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool is_key(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

/* The key's length if `text` starts as key=; else 0. */
static size_t key_length(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && is_key(text[n]))
		n++;
	return n > 0 && n < len && text[n] == '=' ? n : 0;
}

/* Where the word ends; quotes are dropped on the way into `out`. SIZE_MAX: no closing quote. */
static size_t copy_word(const char *line, size_t at, size_t len, char *out, bool *quoted,
			bool *colon)
{
	bool inside = false;

	*quoted = false;
	*colon = false;
	for (; at < len && (inside || !is_blank(line[at])); at++) {
		if (line[at] == '"') {
			inside = !inside;
			*quoted = true;
			*colon = false;
			continue;
		}
		*colon = line[at] == ':' && !inside;
		*out++ = line[at];
	}
	if (*colon)
		out--;
	*out = '\0';
	return inside ? SIZE_MAX : at;
}

static bool add_word(struct parser *p, const char *line, size_t *at, size_t len)
{
	char *text = arena_alloc(p->arena, len - *at + 1);
	struct word *w = &p->words[p->n_words];
	size_t key = line[*at] == '"' ? 0 : key_length(line + *at, len - *at);

	if (p->n_words == PARSER_WORDS) {
		parser_complain(p, "more than %d words: make two statements of it", PARSER_WORDS);
		return false;
	}
	*w = (struct word){ .text = text };
	*at = copy_word(line, *at, len, text, &w->quoted, &w->colon);
	if (*at == SIZE_MAX) {
		parser_complain(p, "a quotation mark is not closed: add \" behind the last word");
		return false;
	}
	if (key) {
		w->key = arena_text(p->arena, text, key);
		w->value = text + key + 1;
	}
	p->n_words++;
	return true;
}

bool parser_split(struct parser *p, const char *line, size_t len)
{
	size_t at = 0;

	p->n_words = 0;
	p->at = 0;
	if (memchr(line, '\0', len)) {
		parser_complain(p, "a NUL byte: scenario files are plain text");
		return false;
	}
	for (;;) {
		while (at < len && is_blank(line[at]))
			at++;
		if (at == len || line[at] == '#')
			return true;
		if (!add_word(p, line, &at, len))
			return false;
	}
}

struct word *parser_peek(struct parser *p)
{
	return p->at < p->n_words ? &p->words[p->at] : NULL;
}

struct word *parser_next(struct parser *p)
{
	return p->at < p->n_words ? &p->words[p->at++] : NULL;
}

bool parser_accept(struct parser *p, const char *text)
{
	struct word *w = parser_peek(p);

	if (!w || w->quoted || strcmp(w->text, text) != 0)
		return false;
	p->at++;
	return true;
}

const char *parser_take(struct parser *p, const char *what)
{
	struct word *w = parser_peek(p);

	if (!w || w->key) {
		parser_complain(p, "%s is missing%s%s", what, w ? " before " : "",
				w ? w->text : "");
		return "";
	}
	p->at++;
	return w->text;
}

struct word *parser_option(struct parser *p)
{
	struct word *w = parser_peek(p);

	return w && w->key ? parser_next(p) : NULL;
}

void parser_end(struct parser *p)
{
	struct word *w = parser_peek(p);

	if (w)
		parser_complain(p, "\"%s\" is too much here: see the statement in docs/rig.md",
				w->text);
}
