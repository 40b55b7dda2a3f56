/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A command's end, for people. */
#ifndef SLUICE_RIG_RESULT_TEXT_H
#define SLUICE_RIG_RESULT_TEXT_H

#include <stdio.h>

#include "sluice/abi.h"

/* Status, residual, sense: one line each where there is one. */
void result_print(FILE *out, const struct sluice_rig_result *result);

#endif /* SLUICE_RIG_RESULT_TEXT_H */
