/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "script.h"

#include <stddef.h>

bool script_match_add(struct script_match *m, const struct cdb_field *field, uint64_t value)
{
	if (m->n_fields == SCRIPT_FIELDS)
		return false;
	m->fields[m->n_fields].byte = field->byte;
	m->fields[m->n_fields].shift = field->shift;
	m->fields[m->n_fields].bits = field->bits;
	m->fields[m->n_fields].value = value;
	m->n_fields++;
	return true;
}

bool script_matches(const struct script_match *m, const uint8_t *cdb, uint32_t cdb_len)
{
	if (m->opcode >= 0 && cdb[0] != m->opcode)
		return false;
	for (uint32_t i = 0; i < m->n_fields; i++) {
		struct cdb_field f = { NULL, m->fields[i].byte, m->fields[i].shift,
				       m->fields[i].bits };

		if (f.byte + (f.bits + f.shift + 7u) / 8u > cdb_len ||
		    cdb_field_get(cdb, &f) != m->fields[i].value)
			return false;
	}
	return true;
}
