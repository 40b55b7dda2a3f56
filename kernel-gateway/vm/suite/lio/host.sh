#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The backend "sluice" of the kernel's own target (sluice_lio.ko), through tcm_loop.
#   host.sh [JOB]      JOB, a folder for logs, stays behind; without it they are kept only when something failed
# The build has to be there (`./sluice vm` sees to it); the module is built here, for the guest's kernel.
SUITE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=SCRIPTDIR/../../module.sh
. "$SUITE/../../module.sh"
# Allocations for its commands may fail, where the kernel can make them: 6.1 takes that from nobody later.
module_suite "$SUITE" "${1:-}" --seconds 600 --append slub_debug=A,lio_task
