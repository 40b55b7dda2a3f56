#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# `./sluice bench module`: a null device in Java at sluice.ko against TCMU with tcmu-runner, in one boot of a guest.
#   host.sh [--write]     --write puts the table into bench/README.md
# ROUNDS (9) interleaved runs of SECONDS_EACH (3) s. The build has to be there.
BENCH=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=SCRIPTDIR/../../kernel-gateway/vm/module.sh
. "$BENCH/../../kernel-gateway/vm/module.sh"

RESULT=$(mktemp -d)
module_suite "$BENCH" "$RESULT" --memory 3072 --seconds 1200
status=$?
module_finish
trap - EXIT
README=$BENCH/../README.md
if [ "${1:-}" = --write ] && [ -s "$RESULT/table.log" ]; then
	[ "$(grep -Ec '^<!-- /?module -->$' "$README")" -eq 2 ] ||
		vm_die "$README: the marks <!-- module --> and <!-- /module --> are missing; put them back"
	awk -v table="$RESULT/table.log" '
		/^<!-- \/module -->$/ { inside = 0 }
		!inside { print }
		/^<!-- module -->$/ { inside = 1; while ((getline line <table) > 0) print line }' "$README" >"$RESULT/README.md" &&
		cat "$RESULT/README.md" >"$README"
fi
rm -rf "$RESULT"
exit $status
