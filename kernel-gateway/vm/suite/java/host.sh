#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The appliance at sluice.ko in a guest: `sluice up --gateway module`, with the JDK and the checkout of the host.
#   host.sh [JOB]      JOB, a folder for logs, stays behind; without it they are kept only when something failed
#   PARTS="devices files fio" host.sh    these only; guest.sh lists them
#   KILLS=100 host.sh                    so often, instead of ten times, the JVM is killed
# The build has to be there (`./sluice vm` sees to it); the module is built here, for the guest's kernel.
SUITE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=SCRIPTDIR/../../module.sh
. "$SUITE/../../module.sh"
# The next JVM takes half a minute here.
module_suite "$SUITE" "${1:-}" --memory 4096 --seconds $((1500 + ${KILLS:-10} * 30))
