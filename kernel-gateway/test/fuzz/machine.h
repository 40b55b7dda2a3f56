/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* machine_fuzz: the core as a state machine; what becomes of the bytes behind each step's name. */
#ifndef SLUICE_FUZZ_MACHINE_H
#define SLUICE_FUZZ_MACHINE_H

#include "ring_world.h"

/* machine_command.c: a command arrives, of a nexus that is open. */
void machine_submit(struct input *in);
/* PERSISTENT RESERVE OUT, with a parameter list that mostly makes sense. */
void machine_reserve(struct input *in);
/* An address of a logical unit, in any of its formats. */
void machine_lun(uint8_t lun[8], struct input *in);
/* A nexus that may submit, or NULL. */
struct sl_nexus *machine_nexus(uint32_t i);

/* machine_configuration.c: the control plane. */
void machine_configure(struct input *in);
/* All that it tells of itself. */
void machine_look(struct input *in);

#endif /* SLUICE_FUZZ_MACHINE_H */
