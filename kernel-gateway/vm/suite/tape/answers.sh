# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
# Where Sluice runs: what the parts ask of it and of its operator. SLUICE is the launcher, STATE its home, JOB where the image of a cartridge goes.

answer_sluice() { "$SLUICE" "$@" --home "$STATE"; }
answer_export() { "$SLUICE" tape export "$1" "$JOB/image.tap" --home "$STATE"; }
answer_import() { "$SLUICE" tape import "$1" "$JOB/image.tap" --home "$STATE"; }
answer_handler() { cat "$STATE/run/appliance.pid"; }
answer_kill() { kill -KILL "$(cat "$STATE/run/appliance.pid")"; }
answer_ready() { [ -s "$STATE/run/ready" ]; }
