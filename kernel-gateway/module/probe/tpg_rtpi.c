// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The relative target port identifier is the portal group's, no longer the LUN's. */
#include <target/target_core_base.h>

u16 probe(struct se_portal_group *tpg);
u16 probe(struct se_portal_group *tpg)
{
	return tpg->tpg_rtpi;
}
