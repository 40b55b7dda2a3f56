#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The default tape library at sluice.ko, in a guest, against what suite tape plays over iSCSI.
#   host.sh [JOB]      JOB, a folder for logs, stays behind; without it they are kept only when something failed
# The build has to be there (`./sluice vm` sees to it); the module is built here, for the guest's kernel. SLUICE_TAPE_PARTS, SLUICE_TAPE_MOVES and
# SLUICE_TAPE_SEED as for suite tape.
SUITE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=SCRIPTDIR/../../module.sh
. "$SUITE/../../module.sh"
export PARTS=${SLUICE_TAPE_PARTS:-} MOVES=${SLUICE_TAPE_MOVES:-1000} SEED=${SLUICE_TAPE_SEED:-$RANDOM}
module_suite "$SUITE" "${1:-}" --memory 4096 --seconds 7200
