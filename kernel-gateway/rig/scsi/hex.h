/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Bytes as hex digits, and back. */
#ifndef SLUICE_RIG_SCSI_HEX_H
#define SLUICE_RIG_SCSI_HEX_H

#include <stdint.h>
#include <stdio.h>

/* Sixteen a line, with offsets counted from `base` and the printable characters. */
void hex_print(FILE *out, const uint8_t *bytes, uint32_t len, uint64_t base);
/* Hex digits, blanks and colons between bytes allowed; how many bytes, or -1. */
int hex_parse(const char *text, uint8_t *out, int room);

#endif /* SLUICE_RIG_SCSI_HEX_H */
