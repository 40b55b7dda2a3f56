#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The default tape library against what people use with tape libraries: Linux' own initiator, st, ch and sg, mtx, mt, tar, cpio, dump.
#   host.sh [JOB]      JOB, a folder for logs, stays behind; without it they are kept only when something failed
# The build has to be there (`./sluice vm` sees to it). SLUICE_TAPE_PARTS: only these of the parts that guest.sh lists;
# SLUICE_TAPE_MOVES: random moves of mtx (1000).
SUITE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=SCRIPTDIR/../../served.sh
. "$SUITE/../../served.sh"

# shellcheck source=SCRIPTDIR/answers.sh
. "$SUITE/answers.sh"

serve "Sluice starts with its default configuration"
served_guest "$SUITE" --memory 2048 --seconds 3600 -- TRANSPORT=iscsi "PARTS=${SLUICE_TAPE_PARTS:-}" "MOVES=${SLUICE_TAPE_MOVES:-1000}" \
	"SEED=${SLUICE_TAPE_SEED:-$RANDOM}"
