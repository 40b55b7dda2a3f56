# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# `test` and `bench`. Each suite installs what it needs and lets its runners print their own summaries.
#
#   c      the gateway's unit tests, ABI checks and simulation     java   every Java module: gates, tests, architecture
#   abi    C dump = Java layouts                                   sim    the seeded simulation, 10 million commands
#   asan   c, rig and e2e with AddressSanitizer and UBSan          tsan   c and e2e with ThreadSanitizer, 2 loops, 2 queues
#   e2e    real initiators against the two real processes          lint   shellcheck, clang-format
#   rig    every scenario of kernel-gateway/rig/scenarios
#   corpus the fuzzers' corpora (fuzzing.sh)                       fuzz [MINUTES]   only when named
#   coverage   lines of the gateway's core that tests reach (coverage.sh)   only when named
#   hostile [ATTACKS]   a handler that lies, beside one that does not, with ASan and UBSan
#   soak [MILLIONS]     the simulation with other seeds each time, a thousand million commands   only when named
#   powercut [MILLIONS]   power cuts of a cartridge's store, other lives each time, ten million states   only when named
#   planted   defects planted in the core, each of which the simulation must notice   only when named
#   takeover  handlers killed, restarted and stopped under a verifying load (takeover.sh)
#   vm     Linux' own initiator, in a virtual machine (vm.sh)      unit   = c java

readonly ALL_SUITES=(lint c rig java abi sim corpus hostile e2e takeover asan tsan vm)
readonly SIM_MILLIONS=10 # commands of suite sim
readonly WORLD_COMMANDS=50000
SOAK_MILLIONS=1000
POWERCUT_MILLIONS=10

HOSTILE_ATTACKS=1000000

# How make, cmocka, the rig, the virtual machine's suites, sanitizers, Surefire and Maven name a failure.
readonly FAILURE_LINES='^make.*\*\*\*|\[ +(ERROR|LINE|FAILED) +\]|^not ok|^FAIL |FAILED|Sanitizer|runtime error:|replay with SEED|^\[ERROR\]|error:'

# set_size SUITE NUMBER: what a number behind a suite's name means.
set_size() {
	# shellcheck disable=SC2034 # fuzzing.sh uses FUZZ_MINUTES
	case $1 in
	fuzz) FUZZ_MINUTES=$2 ;;
	hostile) HOSTILE_ATTACKS=$2 ;;
	soak) SOAK_MILLIONS=$2 ;;
	powercut) POWERCUT_MILLIONS=$2 ;;
	*) die "$2 behind '$1': only fuzz [MINUTES], hostile [ATTACKS], soak and powercut [MILLIONS] take a number" ;;
	esac
}

run_suites() {
	[ $# -gt 0 ] || set -- "${ALL_SUITES[@]}"
	local suite started previous='' failed=() logs=$ROOT/target/suites
	for suite in "$@"; do
		[[ $suite =~ ^[1-9][0-9]*$ ]] && set_size "$previous" "$suite" && continue
		previous=$suite
		declare -F "suite_$suite" >/dev/null || die "unknown suite '$suite': choose from unit fuzz soak powercut planted coverage ${ALL_SUITES[*]}"
	done
	mkdir -p "$logs" || die "cannot make $logs"
	for suite in "$@"; do
		[[ $suite =~ ^[0-9]+$ ]] && continue
		started=$SECONDS
		say "=== $suite"
		# Its status survives the pipe: pipefail is on.
		if ("suite_$suite") 2>&1 | tee "$logs/$suite.log"; then
			say "=== $suite: passed in $((SECONDS - started)) s"
		else
			say "=== $suite: FAILED after $((SECONDS - started)) s"
			failed+=("$suite")
		fi
	done
	[ ${#failed[@]} -eq 0 ] && return
	for suite in "${failed[@]}"; do
		show_failures "$suite" "$logs/$suite.log"
	done
	die "failed suites: ${failed[*]}"
}

# Whoever sees only the end of a long run's output sees why it failed: what the runners say of failures, and how the suite ended.
show_failures() {
	say "=== $1 failed; all it printed is in $2"
	grep -n -E "$FAILURE_LINES" "$2" | head -n 60 >&2
	say "=== the end of it"
	tail -n 25 "$2" >&2
}

suite_unit() {
	suite_c
	suite_java
}

suite_lint() {
	install_lint_packages
	(cd "$ROOT" && shellcheck -x sluice appliance/launcher/*.sh .ci/run \
		kernel-gateway/test/sim/planted.sh kernel-gateway/vm/boot.sh kernel-gateway/vm/guest/* kernel-gateway/vm/suite/*/*.sh) || return 1
	[ ! -f "$ROOT/.clang-format" ] && [ ! -f "$ROOT/kernel-gateway/.clang-format" ] || gateway_make release format-check || return 1
}

gateway_make() {
	make -j"$(nproc)" -C "$ROOT/kernel-gateway" "VARIANT=$1" "${@:2}"
}

suite_c() {
	install_c_test_packages
	gateway_make release check || return 1
}

# With a gateway and initiators at hand, so that no test of the runtime against them is skipped.
suite_java() {
	find_jdk
	install_java_packages
	install_c_test_packages
	install_initiator_packages
	gateway_make release all || return 1
	maven verify || return 1
}

# The Java test runs the C program that prints the ABI and compares.
suite_abi() {
	find_jdk
	install_java_packages
	install_c_test_packages
	gateway_make release all || return 1
	maven test -pl handler-api -Dtest=AbiLayoutTest || return 1
}

suite_sim() { simulate 1 "$SIM_MILLIONS"; }

# Worlds that nobody has seen: they begin at the present second.
suite_soak() { simulate "$(date +%s)" "$SOAK_MILLIONS"; }

# A failure names its seed: -Dsluice.crashSeed=N begins there.
suite_powercut() {
	find_jdk
	install_java_packages
	# One execution of Surefire: `test` has another, for tests that need a JVM of their own.
	maven test-compile surefire:test@default-test -pl handlers/vtl -am -Dtest=PowerCutTest -Dsurefire.failIfNoSpecifiedTests=false \
		"-Dsluice.crashStates=${POWERCUT_MILLIONS}000000" "-Dsluice.crashSeed=$(date +%s)" || return 1
}

suite_planted() {
	install_c_test_packages
	gateway_make release tests || return 1
	"$ROOT/kernel-gateway/test/sim/planted.sh" || return 1
}

# simulate FIRST MILLIONS: so many commands, from world FIRST on, over all processors.
simulate() {
	install_c_test_packages
	gateway_make release tests || return 1
	local test=$ROOT/kernel-gateway/build/release/test/sim/simulation_test
	local share=$(($2 * 1000000 / WORLD_COMMANDS / $(nproc))) pids=() result=0 pid i
	for ((i = 0; i < $(nproc); i++)); do
		# Large pages: a world makes and drops pools of 32 MiB all the time.
		GLIBC_TUNABLES=glibc.malloc.hugetlb=1 COMMANDS=$WORLD_COMMANDS FIRST=$(($1 + i * share)) WORLDS=$share "$test" &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || result=1
	done
	return $result
}

# SEED=N in the environment decides the same attacks again.
suite_hostile() {
	install_c_test_packages
	gateway_make asan tests || return 1
	HOSTILE_OPS=$HOSTILE_ATTACKS "$ROOT/kernel-gateway/build/asan/test/hostile/hostile_test" || return 1
}

suite_rig() {
	run_scenarios release || return 1
}

# run_scenarios VARIANT: each against a gateway of that variant, of its own.
run_scenarios() {
	SLUICE_VARIANT=$1 "$ROOT/sluice" rig "$ROOT/kernel-gateway/rig/scenarios"
}

suite_e2e() { end_to_end release 1 || return 1; }

suite_asan() {
	install_c_test_packages
	gateway_make asan check || return 1
	run_scenarios asan || return 1
	end_to_end asan 1 || return 1
}

suite_tsan() {
	install_c_test_packages
	gateway_make tsan check || return 1
	end_to_end tsan 2 || return 1
}

# end_to_end VARIANT LOOPS: what an initiator sees, through a gateway of that variant with so many event loops. What is about the
# launcher takes minutes and is the same with any gateway: only with the released one.
end_to_end() {
	local excluded=launcher
	[ "$1" = release ] && excluded=''
	find_jdk
	install_initiator_packages
	SLUICE_VARIANT=$1 "$ROOT/sluice" build || return 1
	SLUICE_VARIANT=$1 SLUICE_LOOPS=$2 maven test -pl appliance -am -Dsluice.groups=e2e -Dsluice.excludedGroups="$excluded" || return 1
}

suite_vm() { run_vm; }

run_bench() {
	[ $# -gt 0 ] || set -- iscsi
	if [ "$1" = module ]; then
		install_vm_packages
		install_packages tcmu-runner dbus
		build_all
		shift
		exec "$ROOT/bench/module/host.sh" "$@"
	fi
	install_bench_packages
	build_all
	gateway_make release -s benchmarks || die "building the loads failed (make -C kernel-gateway benchmarks)"
	maven -q package -DskipTests -pl bench -am >&2 || die "building the benchmarks failed (its messages are above)"
	# Handlers that a benchmark starts run with the appliance's own options.
	exec "$JAVA_HOME/bin/java" --enable-native-access=io.sluice.posix,com.github.luben.zstd_jni \
		"-Dsluice.bench.jvm=${JVM_OPTIONS[*]}" -p "$ROOT/bench/target/modules" -m io.sluice.bench/io.sluice.bench.BenchMain "$@"
}
