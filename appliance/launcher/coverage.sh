# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# `test coverage`: which lines of kernel-gateway/core its unit tests, the simulation and the fuzzers' corpora
# reach. A line that none of them reaches is named, with its reason, in kernel-gateway/test/unreached.txt, and
# none that is reached: coverage.awk judges.

readonly COVERAGE_DIR=$ROOT/kernel-gateway/build/coverage
readonly UNREACHED=$ROOT/kernel-gateway/test/unreached.txt
readonly COVERAGE_WORLDS=30 # of the simulation, 25,000 commands each

suite_coverage() {
	local test
	install_c_test_packages
	install_fuzz_packages
	# Counters fit the objects of one build only.
	rm -rf "$COVERAGE_DIR"
	gateway_make coverage core-tests || return 1
	: >"$COVERAGE_DIR/run.log"
	for test in "$COVERAGE_DIR"/test/core/*_test; do
		count_run "$test" || return 1
	done
	WORLDS=$COVERAGE_WORLDS count_run "$COVERAGE_DIR/test/sim/simulation_test" || return 1
	for test in "$COVERAGE_DIR"/test/fuzz/*_fuzz; do
		count_run "$test" -runs=0 "$CORPORA/$(basename "$test" _fuzz)" || return 1
	done
	count_lines && awk -f "$LAUNCHER/coverage.awk" "$UNREACHED" "$COVERAGE_DIR/lines.gcov"
}

# From the gateway's folder, where tests find the documents that they check.
count_run() {
	(cd "$ROOT/kernel-gateway" && timeout 600 "$@") >>"$COVERAGE_DIR/run.log" 2>&1 && return
	tail -n 20 "$COVERAGE_DIR/run.log" >&2
	say "$(basename "$1") failed; what all printed is in $COVERAGE_DIR/run.log"
	return 1
}

count_lines() {
	local counters
	for counters in "$COVERAGE_DIR"/core/*.gcda; do
		(cd "$ROOT/kernel-gateway" && llvm-cov gcov -t -o build/coverage/core "build/coverage/core/$(basename "$counters")") || return 1
	done >"$COVERAGE_DIR/lines.gcov"
}
