#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Random calls to /dev/sluice, while a verified load runs on another device: for the debug kernel.
#   host.sh [JOB]      JOB, a folder for logs, stays behind; without it they are kept only when something failed
# SLUICE_VM_MINUTES: how long (2). The build has to be there (`./sluice vm` sees to it); the module is built here.
SUITE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=SCRIPTDIR/../../module.sh
. "$SUITE/../../module.sh"
MINUTES=${SLUICE_VM_MINUTES:-2}
module_suite "$SUITE" "${1:-}" --seconds $((MINUTES * 60 + 240))
