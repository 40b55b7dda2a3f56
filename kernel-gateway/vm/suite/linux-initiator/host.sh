#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Linux' own iSCSI initiator against a running Sluice.
#   host.sh [JOB]      JOB, a folder for logs, stays behind; without it they are kept only when something failed
# The build has to be there (`./sluice vm` sees to it). SLUICE_VM_IMAGE_MIB: the size of the image that is copied (128): an emulated
# processor needs minutes for 512, most of it in the guest's TCP.
SUITE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=SCRIPTDIR/../../served.sh
. "$SUITE/../../served.sh"
IMAGE_MIB=${SLUICE_VM_IMAGE_MIB:-128}

# The questions that guest.sh asks.
answer_image_sha256() { head -c "$1M" "$JOB/image" | sha256sum | cut -d ' ' -f 1; }
answer_disk_sha256() { head -c "$1M" "$STATE/data/disk.img" | sha256sum | cut -d ' ' -f 1; }
answer_disk_allocated_kib() { du -k "$STATE/data/disk.img" | cut -f 1; }
answer_resize() { "$SLUICE" disk resize disk "$1" --home "$STATE"; }
answer_kill() { kill -KILL "$(cat "$STATE/run/$1.pid")"; }
answer_ready() { [ -s "$STATE/run/ready" ]; }

serve "Sluice starts" --config "$SUITE/sluice.toml"
head -c "${IMAGE_MIB}M" /dev/urandom >"$JOB/image"
served_guest "$SUITE" --seconds 600 --
