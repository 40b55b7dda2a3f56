/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Sense data taken apart (SPC-5 4.4). */
#ifndef SLUICE_RIG_SCSI_SENSE_DATA_H
#define SLUICE_RIG_SCSI_SENSE_DATA_H

#include <stdbool.h>
#include <stdint.h>

struct sense_data {
	bool valid;		/* a response code of 70h to 73h, and long enough for its key and codes */
	bool descriptor;	/* 72h, 73h; else fixed */
	bool deferred;		/* 71h, 73h */
	uint8_t key, asc, ascq;
	bool has_field;		/* SKSV with ILLEGAL REQUEST: the field pointer */
	bool field_in_cdb;	/* C/D; else in the parameter list */
	uint16_t field_byte;
	int field_bit;		/* -1: BPV is 0 */
};

void sense_data_parse(const uint8_t *sense, uint32_t len, struct sense_data *out);
/* T10's text of an additional sense code, or "". */
const char *sense_code_text(uint8_t asc, uint8_t ascq);
/* "ILLEGAL REQUEST 24h/00h INVALID FIELD IN CDB, field CDB byte 2 bit 7, fixed format" */
#define SENSE_TEXT 192
const char *sense_data_text(const uint8_t *sense, uint32_t len, char out[SENSE_TEXT]);

#endif /* SLUICE_RIG_SCSI_SENSE_DATA_H */
