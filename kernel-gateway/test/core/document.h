/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * docs/state-tables.md, section by section: each is printed by the test of what it shows.
 * A section is what stands from its heading of the first level to the next one.
 */
#ifndef SLUICE_TEST_CORE_DOCUMENT_H
#define SLUICE_TEST_CORE_DOCUMENT_H

#include <stdio.h>

/*
 * Fails when the document's section is missing or is not what `print` says. With UPDATE_DOCS
 * set, it is printed anew first, in its place or at the end. `print` leaves the heading out.
 */
void document_section(const char *title, void (*print)(FILE *f));

#endif /* SLUICE_TEST_CORE_DOCUMENT_H */
