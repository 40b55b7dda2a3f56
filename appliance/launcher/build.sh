# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Builds what is missing or stale: sluiced by make, the appliance by Maven, and the AOT cache of its classes by a training run.

readonly MODULES=$ROOT/appliance/target/modules
readonly TESTKIT=$ROOT/handler-testkit/target/classpath
readonly JAVA_STAMP=$ROOT/appliance/target/built.stamp
readonly AOT_CACHE=$ROOT/appliance/target/sluice.aot
readonly AOT_STAMP=$ROOT/appliance/target/aot.stamp
SLUICED=$ROOT/kernel-gateway/build/$VARIANT/sluiced

# SLUICE_BUILT=yes: whoever called has built, and to look again is slow (a guest that has the sources over 9p).
build_all() {
	find_jdk
	[ -z "${SLUICE_BUILT:-}" ] || return 0
	build_gateway
	build_java
	build_aot_cache
}

build_gateway() {
	gateway_fresh && return
	install_gateway_packages
	say "building sluiced ($VARIANT)"
	make -s -j"$(nproc)" -C "$ROOT/kernel-gateway" "VARIANT=$VARIANT" all >&2 ||
		die "building sluiced failed (make -C kernel-gateway VARIANT=$VARIANT)"
	[ -x "$SLUICED" ] || die "make succeeded, but $SLUICED is not there"
	touch "$SLUICED" # what is newer, and nothing was made of it, is no reason to look again
}

# No make run when nothing changed: a find is faster than make and its dependency files.
gateway_fresh() {
	[ -x "$SLUICED" ] && [ -z "$(find "$ROOT/kernel-gateway/core" "$ROOT/kernel-gateway/control" "$ROOT/kernel-gateway/daemon" "$ROOT/kernel-gateway/fabric" \
		"$ROOT/kernel-gateway/rig" "$ROOT/kernel-gateway/include" "$ROOT/kernel-gateway/Makefile" -newer "$SLUICED" -print -quit)" ]
}

# maven ARGUMENT...: with the JDK found, quiet about Maven's own libraries, and without the colour resets that Debian's Maven prints
# even when it is told to use no colour. Its status survives the pipe: pipefail is on.
maven() {
	MAVEN_OPTS="--sun-misc-unsafe-memory-access=allow ${MAVEN_OPTS:-}" mvn -B -ntp -Dstyle.color=never -f "$ROOT/pom.xml" "$@" 2>&1 |
		sed -u 's/\x1b\[[0-9;]*m//g'
}

build_java() {
	java_fresh && return
	install_java_packages
	say "building the appliance"
	rm -f "$JAVA_STAMP"
	local started
	started=$(mktemp)
	renew_modules
	maven -q package -DskipTests -pl appliance -am >&2 || {
		rm -f "$started"
		die "building the appliance failed (its messages are above)"
	}
	# The stamp is as old as the build's start: what was edited meanwhile counts as newer.
	mv "$started" "$JAVA_STAMP"
}

# What runs keeps the files it has open, and a build overwrites in place: it gets copies to overwrite.
renew_modules() {
	[ -d "$MODULES" ] || return 0
	cp -a "$MODULES" "$MODULES.new" && rm -rf "$MODULES" && mv "$MODULES.new" "$MODULES"
}

java_fresh() {
	[ -f "$JAVA_STAMP" ] && [ -d "$MODULES" ] && [ -z "$(find "$ROOT/pom.xml" "$ROOT/handler-api" "$ROOT/handlers" "$ROOT/appliance" \
		-name target -prune -o -name test -prune -o -newer "$JAVA_STAMP" \
		\( -name '*.java' -o -name pom.xml -o -path '*/resources/*' \) -print -quit)" ]
}

# print_api [--tests]: the class path of a plugin's author. A JAR each, so that a shell expands nothing.
print_api() {
	local want=${1:-}
	[ -z "$want" ] || [ "$want" = --tests ] || die "unknown option '$want': api takes --tests or nothing"
	find_jdk
	build_java
	if [ -n "$want" ]; then
		testkit_fresh || build_testkit
		class_path "$TESTKIT"/*.jar
	else
		class_path "$MODULES"/sluice-handler-api-*.jar "$MODULES"/jspecify-*.jar "$MODULES"/micrometer-core-*.jar
	fi
}

class_path() {
	local IFS=:
	echo "$*"
}

build_testkit() {
	say "building the contract suite"
	rm -rf "$TESTKIT"
	maven -q package -DskipTests -pl handler-testkit -am >&2 || die "building handler-testkit failed (its messages are above)"
	touch "$TESTKIT/.built"
}

testkit_fresh() {
	local stamp=$TESTKIT/.built
	[ -f "$stamp" ] && [ -z "$(find "$ROOT/pom.xml" "$ROOT/handler-api" "$ROOT/handler-testkit" -name target -prune -o -newer "$stamp" \
		\( -path '*/main/*.java' -o -name pom.xml \) -print -quit)" ]
}

# The cache belongs to one JDK, one set of options and one build of the jars. Without it, or with a stale one, everything works, only slower.
build_aot_cache() {
	local stamp
	stamp=$(aot_identity)
	[ -f "$AOT_STAMP" ] && [ "$(cat "$AOT_STAMP")" = "$stamp" ] && return
	say "training the appliance's AOT cache (once per build; it makes later starts quick)"
	rm -f "$AOT_CACHE" "$AOT_STAMP"
	local home
	home=$(mktemp -d "${TMPDIR:-/tmp}/sluice-train.XXXXXX")
	if train "$home" && [ -s "$AOT_CACHE" ]; then
		echo "$stamp" >"$AOT_STAMP"
	else
		say "no AOT cache (see $ROOT/appliance/target/training.log); starts take a little longer"
		# Do not try again on each start: only after the next build.
		echo "$stamp" >"$AOT_STAMP"
	fi
	cat "$home/supervisor.log" "$home/log/appliance.log" >"$ROOT/appliance/target/training.log" 2>/dev/null
	rm -rf "$home"
}

aot_identity() {
	echo "$JAVA_HOME $(stat -c %Y "$JAVA_HOME/release" "$JAVA_STAMP" | tr '\n' ' ')${JVM_OPTIONS[*]}"
}

# A run of both processes that serves, answers its own status and ends by itself: its classes are what a start needs.
train() {
	SLUICE_AOT_OUTPUT=$AOT_CACHE "$ROOT/sluice" supervise --home "$1" --portal 127.0.0.1:0 >"$1/supervisor.log" 2>&1
}
