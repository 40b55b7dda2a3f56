# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The gateway's libFuzzer targets (kernel-gateway/test/fuzz), with ASan and UBSan:
#
#   corpus   each target over its committed corpus: what was found once stays found
#   fuzz     for real, MINUTES in all split over the targets; what crashes is kept and named

readonly FUZZ_DIR=$ROOT/kernel-gateway/build/fuzz
readonly CORPORA=$ROOT/kernel-gateway/test/fuzz/corpus
FUZZ_MINUTES=10

suite_corpus() {
	build_fuzzers || return 1
	each_target replay
}

suite_fuzz() {
	build_fuzzers || return 1
	say "fuzzing for $FUZZ_MINUTES minutes in all; what is learnt is in $FUZZ_DIR/corpus"
	each_target explore
}

build_fuzzers() {
	install_fuzz_packages
	gateway_make fuzz fuzzers
}

# each_target FUNCTION: with binary, name and number of targets. Ends with the line that counts.
each_target() {
	local binary name passed=0 failed=0 targets=("$FUZZ_DIR"/test/fuzz/*_fuzz)
	mkdir -p "$FUZZ_DIR/artifacts"
	for binary in "${targets[@]}"; do
		name=$(basename "$binary" _fuzz)
		if "$1" "$binary" "$name" ${#targets[@]}; then
			passed=$((passed + 1))
		else
			failed=$((failed + 1))
		fi
	done
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ]
}

replay() {
	run_target "$2" "$1" -runs=0 "$CORPORA/$2"
}

explore() {
	local dictionary=$CORPORA/../$2.dict
	[ -f "$dictionary" ] || dictionary=$CORPORA/../fuzz.dict
	mkdir -p "$FUZZ_DIR/corpus/$2"
	run_target "$2" nice -n 19 "$1" "-max_total_time=$((FUZZ_MINUTES * 60 / $3))" -max_len=4096 -print_final_stats=1 \
		-timeout=20 "-dict=$dictionary" "$FUZZ_DIR/corpus/$2" "$CORPORA/$2"
}

# run_target NAME COMMAND...: its last line if it passes; the report and the artefact's name if not.
run_target() {
	local name=$1 log="$FUZZ_DIR/$1.log" artifacts="$FUZZ_DIR/artifacts/$1-"
	shift
	if "$@" "-artifact_prefix=$artifacts" >"$log" 2>&1; then
		echo "$name: $(sed -n 's/^#[0-9]*\tDONE *//p' "$log" | tail -n 1), $(grep '^Done' "$log")"
		return
	fi
	grep -E 'ERROR|SUMMARY|Assertion|runtime error|^ +#[0-9]+ .* in ' "$log" | head -n 30
	echo "$name: FAILED, the whole report is in $log"
	sed -n 's/.*Test unit written to /  input: /p' "$log"
	return 1
}
