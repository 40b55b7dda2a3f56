/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "sense_data.h"

#include <stdio.h>
#include <string.h>

#include "name.h"

/* SPC-5 4.4.2.4.2 */
static void parse_field(const uint8_t *specific, struct sense_data *out)
{
	if (!(specific[0] & 0x80) || out->key != 0x5)
		return;
	out->has_field = true;
	out->field_in_cdb = specific[0] & 0x40;
	out->field_bit = specific[0] & 0x08 ? specific[0] & 0x07 : -1;
	out->field_byte = (uint16_t)(specific[1] << 8 | specific[2]);
}

static void parse_descriptors(const uint8_t *sense, uint32_t len, struct sense_data *out)
{
	uint32_t end = len < 8u + sense[7] ? len : 8u + sense[7];

	for (uint32_t at = 8; at + 2 <= end; at += 2u + sense[at + 1]) {
		if (sense[at] == 0x02 && sense[at + 1] >= 6 && at + 7 <= end)
			parse_field(sense + at + 4, out);
	}
}

void sense_data_parse(const uint8_t *sense, uint32_t len, struct sense_data *out)
{
	uint8_t code = len ? sense[0] & 0x7f : 0;

	*out = (struct sense_data){ .field_bit = -1,
				    .descriptor = code == 0x72 || code == 0x73,
				    .deferred = code == 0x71 || code == 0x73 };
	if ((code == 0x70 || code == 0x71) && len >= 14) {
		out->valid = true;
		out->key = sense[2] & 0x0f;
		out->asc = sense[12];
		out->ascq = sense[13];
		if (len >= 18)
			parse_field(sense + 15, out);
	} else if (out->descriptor && len >= 8) {
		out->valid = true;
		out->key = sense[1] & 0x0f;
		out->asc = sense[2];
		out->ascq = sense[3];
		parse_descriptors(sense, len, out);
	}
}

/* SPC-5 annex F, as far as the gateway, its devices and people who test them meet them. */
const char *sense_code_text(uint8_t asc, uint8_t ascq)
{
	static const struct {
		uint16_t code;
		const char *text;
	} texts[] = {
		{ 0x0000, "NO ADDITIONAL SENSE INFORMATION" },
		{ 0x0001, "FILEMARK DETECTED" },
		{ 0x0002, "END-OF-PARTITION/MEDIUM DETECTED" },
		{ 0x0004, "BEGINNING-OF-PARTITION/MEDIUM DETECTED" },
		{ 0x0005, "END-OF-DATA DETECTED" },
		{ 0x0400, "LOGICAL UNIT NOT READY, CAUSE NOT REPORTABLE" },
		{ 0x0401, "LOGICAL UNIT IS IN PROCESS OF BECOMING READY" },
		{ 0x0402, "LOGICAL UNIT NOT READY, INITIALIZING COMMAND REQUIRED" },
		{ 0x0403, "LOGICAL UNIT NOT READY, MANUAL INTERVENTION REQUIRED" },
		{ 0x0800, "LOGICAL UNIT COMMUNICATION FAILURE" },
		{ 0x0801, "LOGICAL UNIT COMMUNICATION TIME-OUT" },
		{ 0x0c00, "WRITE ERROR" },
		{ 0x1100, "UNRECOVERED READ ERROR" },
		{ 0x1a00, "PARAMETER LIST LENGTH ERROR" },
		{ 0x1d00, "MISCOMPARE DURING VERIFY OPERATION" },
		{ 0x2000, "INVALID COMMAND OPERATION CODE" },
		{ 0x2100, "LOGICAL BLOCK ADDRESS OUT OF RANGE" },
		{ 0x2400, "INVALID FIELD IN CDB" },
		{ 0x2500, "LOGICAL UNIT NOT SUPPORTED" },
		{ 0x2600, "INVALID FIELD IN PARAMETER LIST" },
		{ 0x2700, "WRITE PROTECTED" },
		{ 0x2800, "NOT READY TO READY CHANGE, MEDIUM MAY HAVE CHANGED" },
		{ 0x2900, "POWER ON, RESET, OR BUS DEVICE RESET OCCURRED" },
		{ 0x2901, "POWER ON OCCURRED" },
		{ 0x2902, "SCSI BUS RESET OCCURRED" },
		{ 0x2903, "BUS DEVICE RESET FUNCTION OCCURRED" },
		{ 0x2904, "DEVICE INTERNAL RESET" },
		{ 0x2907, "I_T NEXUS LOSS OCCURRED" },
		{ 0x2a01, "MODE PARAMETERS CHANGED" },
		{ 0x2a02, "LOG PARAMETERS CHANGED" },
		{ 0x2a03, "RESERVATIONS PREEMPTED" },
		{ 0x2a09, "CAPACITY DATA HAS CHANGED" },
		{ 0x2e00, "INSUFFICIENT TIME FOR OPERATION" },
		{ 0x2e01, "COMMAND TIMEOUT BEFORE PROCESSING" },
		{ 0x2e02, "COMMAND TIMEOUT DURING PROCESSING" },
		{ 0x2f00, "COMMANDS CLEARED BY ANOTHER INITIATOR" },
		{ 0x3a00, "MEDIUM NOT PRESENT" },
		{ 0x3f01, "MICROCODE HAS BEEN CHANGED" },
		{ 0x3f03, "INQUIRY DATA HAS CHANGED" },
		{ 0x3f0e, "REPORTED LUNS DATA HAS CHANGED" },
		{ 0x4400, "INTERNAL TARGET FAILURE" },
		{ 0x4900, "INVALID MESSAGE ERROR" },
		{ 0x4b00, "DATA PHASE ERROR" },
		{ 0x4e00, "OVERLAPPED COMMANDS ATTEMPTED" },
		{ 0x5300, "MEDIA LOAD OR EJECT FAILED" },
	};
	uint16_t code = (uint16_t)(asc << 8 | ascq);

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (texts[i].code == code)
			return texts[i].text;
	}
	return "";
}

const char *sense_data_text(const uint8_t *sense, uint32_t len, char out[SENSE_TEXT])
{
	char key[NAME_TEXT], field[48] = "";
	struct sense_data s;

	sense_data_parse(sense, len, &s);
	if (!s.valid) {
		snprintf(out, SENSE_TEXT, len ? "%u bytes that are no sense data" : "no sense data",
			 len);
		return out;
	}
	if (s.has_field && s.field_bit >= 0)
		snprintf(field, sizeof(field), ", field %s byte %u bit %d",
			 s.field_in_cdb ? "CDB" : "parameter", s.field_byte, s.field_bit);
	else if (s.has_field)
		snprintf(field, sizeof(field), ", field %s byte %u",
			 s.field_in_cdb ? "CDB" : "parameter", s.field_byte);
	snprintf(out, SENSE_TEXT, "%s %02Xh/%02Xh %s%s, %s format%s",
		 name_text(sense_key_names, s.key, "key", key), s.asc, s.ascq,
		 sense_code_text(s.asc, s.ascq), field, s.descriptor ? "descriptor" : "fixed",
		 s.deferred ? ", deferred" : "");
	return out;
}
