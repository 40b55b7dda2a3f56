// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* enum scsi_timeout_action: eh_timed_out() has an answer of its own, not the block layer's. */
#include <scsi/scsi_host.h>

enum scsi_timeout_action probe(struct scsi_cmnd *sc);
enum scsi_timeout_action probe(struct scsi_cmnd *sc)
{
	return SCSI_EH_RESET_TIMER;
}
