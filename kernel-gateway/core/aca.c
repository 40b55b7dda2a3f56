/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "aca.h"
#include "control_mode.h"
#include "opcode.h"
#include "sense.h"

#define SL_PROUT_PREEMPT_AND_ABORT 0x05
#define SL_CONTROL_NACA		   (1U << 2)

/*
 * SAM-6 5.10.4, 5.10.5; docs/state-tables.md prints it. With TST 001b no command finds
 * another nexus's condition, for it is in another task set.
 */
/* clang-format off */
const u8 sl_aca_verdicts[SL_ACA_CONDITIONS][SL_ACA_KINDS] = {
	/*			  ACA			ACA, NACA		PREEMPT AND ABORT	plain			NACA */
	[SL_ACA_NONE]	      = { SL_ACA_INVALID,	SL_ACA_INVALID,		SL_ACA_ENTERS,		SL_ACA_ENTERS,		SL_ACA_ENTERS },
	[SL_ACA_OWN]	      = { SL_ACA_PASSES,	SL_ACA_PASSES,		SL_ACA_ACTIVE,		SL_ACA_ACTIVE,		SL_ACA_ACTIVE },
	[SL_ACA_OWN_TAKEN]    = { SL_ACA_ACTIVE,	SL_ACA_ACTIVE,		SL_ACA_ACTIVE,		SL_ACA_ACTIVE,		SL_ACA_ACTIVE },
	[SL_ACA_OTHER]	      = { SL_ACA_BUSY,		SL_ACA_ACTIVE,		SL_ACA_PASSES,		SL_ACA_BUSY,		SL_ACA_ACTIVE },
};
/* clang-format on */

/* SAM-6 5.2, SPC-5 4.2: where the CONTROL byte stands; 0: nowhere that we know. */
static u16 control_byte(const struct sl_cmd *cmd)
{
	static const u8 at[8] = { 5, 9, 9, 0, 15, 11, 0, 0 };
	u8 group = cmd->cdb[0] >> 5;

	if (cmd->cdb[0] == SL_OP_VARIABLE_LENGTH_CDB || cmd->cdb[0] == SL_OP_EXTENDED_CDB)
		return 1;
	return at[group] < cmd->cdb_len ? at[group] : 0;
}

bool sl_aca_wanted(const struct sl_cmd *cmd)
{
	u16 control = control_byte(cmd);

	return control && (cmd->cdb[control] & SL_CONTROL_NACA);
}

static enum sl_aca_condition condition_of(const struct sl_cmd *cmd, u32 faulted)
{
	const struct sl_itl *itl = cmd->core.itl;

	if (!faulted)
		return SL_ACA_NONE;
	if (faulted != cmd->nexus->id)
		return SL_ACA_OTHER;
	return itl->aca_commands || (sl_control_mode(itl->dev) & SLUICE_CONTROL_MODE_TMF_ONLY) ?
		       SL_ACA_OWN_TAKEN :
		       SL_ACA_OWN;
}

static enum sl_aca_kind kind_of(const struct sl_cmd *cmd)
{
	bool naca = sl_aca_wanted(cmd);

	if (cmd->attribute == SLUICE_ATTR_ACA)
		return naca ? SL_ACA_KIND_ACA_NACA : SL_ACA_KIND_ACA;
	if (cmd->cdb[0] == SL_OP_PERSISTENT_RESERVE_OUT &&
	    (cmd->cdb[1] & 0x1f) == SL_PROUT_PREEMPT_AND_ABORT)
		return SL_ACA_KIND_PREEMPT;
	return naca ? SL_ACA_KIND_NACA : SL_ACA_KIND_PLAIN;
}

bool sl_aca_refuses(struct sl_cmd *cmd)
{
	u32 faulted = sl_load_acquire(&cmd->core.set->faulted);

	switch (sl_aca_verdicts[condition_of(cmd, faulted)][kind_of(cmd)]) {
	case SL_ACA_PASSES:
		cmd->core.passes_aca = 1;
		cmd->core.itl->aca_commands += cmd->attribute == SLUICE_ATTR_ACA;
		return false;
	case SL_ACA_ACTIVE:
		sl_status_only(cmd, SL_STATUS_ACA_ACTIVE);
		return true;
	case SL_ACA_BUSY:
		sl_status_only(cmd, SL_STATUS_BUSY);
		return true;
	case SL_ACA_INVALID:
		sl_sense_check(cmd, SL_KEY_ILLEGAL_REQUEST, SL_ASC_INVALID_MESSAGE);
		return true;
	default:
		return false;
	}
}

/*
 * Where nobody would meet it, or could clear it, none is established, and who ends there clears
 * none that is in effect elsewhere: TST changed, the LUN or the nexus is going.
 */
static bool matters(const struct sl_cmd *cmd)
{
	struct sl_itl *itl = cmd->core.itl;

	return cmd->core.set == sl_task_set_of(itl) && !itl->nexus->closing &&
	       sl_nexus_itl(itl->nexus, itl->lun) == itl;
}

void sl_aca_command_ends(struct sl_cmd *cmd, struct sl_work *w)
{
	struct sl_itl *itl = cmd->core.itl;
	bool recovers = cmd->core.passes_aca && cmd->attribute == SLUICE_ATTR_ACA;

	itl->aca_commands -= recovers;
	if (cmd->status != SL_STATUS_CHECK_CONDITION || !matters(cmd))
		return;
	if (sl_aca_wanted(cmd)) {
		/* Of one that is in effect nothing changes, also if it is another nexus's. */
		sl_task_set_block(cmd->core.set, itl->nexus->id);
	} else if (recovers) {
		/* SAM-6 5.10.6: an ACA command with NACA=0 that ends so clears it. */
		sl_aca_clear(itl, w);
	}
}

void sl_aca_clear(struct sl_itl *itl, struct sl_work *w)
{
	sl_task_set_unblock(&itl->own, itl->nexus->id, w);
	sl_task_set_unblock(&itl->dev->set, itl->nexus->id, w);
}

void sl_aca_clear_all(struct sl_device *dev, struct sl_work *w)
{
	struct sl_list *pos;

	sl_task_set_unblock(&dev->set, 0, w);
	sl_spin_lock(&dev->itl_lock);
	sl_list_for_each(pos, &dev->itls)
		sl_task_set_unblock(&sl_entry(pos, struct sl_itl, of_device)->own, 0, w);
	sl_spin_unlock(&dev->itl_lock);
}
