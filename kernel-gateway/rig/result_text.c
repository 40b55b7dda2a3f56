/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "result_text.h"

#include "scsi/hex.h"
#include "scsi/name.h"
#include "scsi/sense_data.h"

void result_print(FILE *out, const struct sluice_rig_result *r)
{
	char status[NAME_TEXT], sense[SENSE_TEXT];

	if (r->aborted) {
		fputs("aborted\n", out);
		return;
	}
	fprintf(out, "status %02Xh %s\n", r->status,
		name_text(status_names, r->status, "status", status));
	if (r->residual_kind != SLUICE_RESIDUAL_NONE)
		fprintf(out, "residual %s %u\n",
			r->residual_kind == SLUICE_RESIDUAL_UNDER ? "underflow" : "overflow",
			r->residual);
	if (r->sense_len) {
		fprintf(out, "sense %s\n", sense_data_text(r->sense, r->sense_len, sense));
		hex_print(out, r->sense, r->sense_len, 0);
	}
}
