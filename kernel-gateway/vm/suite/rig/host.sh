#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Every scenario of the rig, on sluice.ko in a guest.
#   host.sh [JOB]      JOB, a folder for logs, stays behind; without it they are kept only when something failed
SUITE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=SCRIPTDIR/../../module.sh
. "$SUITE/../../module.sh"
module_suite "$SUITE" "${1:-}" --memory 3072 --seconds 2400
