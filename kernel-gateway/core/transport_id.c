/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "transport_id.h"

#include "byte_order.h"

#define PROTOCOL_ISCSI 0x05U
#define FORMAT_PORT    0x40U
#define SEPARATOR      ",i,0x"

u32 sl_initiator_name_len(const char *initiator_port)
{
	const char *separator = strstr(initiator_port, SEPARATOR);

	return separator ? (u32)(separator - initiator_port) : (u32)strlen(initiator_port);
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* The session identifier behind the separator: hexadecimal digits, some; lowered. */
static bool identifier_ok(char *id)
{
	u32 n = 0;

	for (; id[n]; n++) {
		if (!is_hex(id[n]))
			return false;
		if (id[n] >= 'A' && id[n] <= 'F')
			id[n] = (char)(id[n] - 'A' + 'a');
	}
	return n >= 1 && n <= 12;
}

bool sl_transport_id_parse(const u8 *id, u32 len, struct sl_transport_id *out)
{
	u32 text, name_len;

	if (len < SL_TRANSPORT_ID_MIN || (id[0] & 0x0f) != PROTOCOL_ISCSI || (id[0] & 0x30) ||
	    (id[0] & 0x80))
		return false;
	/* ADDITIONAL LENGTH: at least 20, a multiple of four. */
	text = sl_get_be16(id + 2);
	if (text < SL_TRANSPORT_ID_MIN - 4 || text % 4 || text > len - 4)
		return false;
	name_len = (u32)strnlen((const char *)id + 4, text);
	if (name_len == 0 || name_len == text || name_len >= sizeof(out->name))
		return false;
	memset(out->name, 0, sizeof(out->name));
	memcpy(out->name, id + 4, name_len);
	out->bytes = 4 + text;
	out->port = id[0] & FORMAT_PORT;
	name_len = sl_initiator_name_len(out->name);
	if (!out->port)
		return !out->name[name_len];
	return name_len > 0 && out->name[name_len] &&
	       identifier_ok(out->name + name_len + strlen(SEPARATOR));
}

u32 sl_transport_id_build(const char *initiator_port, u8 *out)
{
	u32 len = (u32)strlen(initiator_port);
	u32 text = sl_max(SL_TRANSPORT_ID_MIN - 4, (len + 4) & ~3U);

	memset(out, 0, 4 + text);
	out[0] = PROTOCOL_ISCSI;
	if (initiator_port[sl_initiator_name_len(initiator_port)])
		out[0] |= FORMAT_PORT;
	sl_put_be16(out + 2, (u16)text);
	memcpy(out + 4, initiator_port, len);
	return 4 + text;
}
