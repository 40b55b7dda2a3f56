#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The appliance's devices behind the kernel's own target: libiscsi's conformance tests on the default disk, a tape library through
# tcm_loop.
#   host.sh [JOB]      JOB, a folder for logs, stays behind; without it they are kept only when something failed
# The build has to be there (`./sluice vm` sees to it), and JAVA_HOME; the module is built here, for the guest's kernel.
SUITE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=SCRIPTDIR/../../module.sh
. "$SUITE/../../module.sh"
module_suite "$SUITE" "${1:-}" --memory 3072 --seconds 1200
