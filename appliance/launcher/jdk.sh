# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Finds a JDK 25 or newer: JAVA_HOME first, then whatever lies under /usr/lib/jvm, the newest wins.

readonly JDK_WANTED=25

# Prints the feature release of the JDK in directory $1, or nothing when there is none. Reads its `release` file: starting a JVM to
# ask would cost more than the rest of the launcher.
jdk_feature() {
	[ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 0
	sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

# Sets JAVA_HOME, installing a JDK on Debian 13 when there is none.
find_jdk() {
	local feature
	if [ -n "${JAVA_HOME:-}" ]; then
		feature=$(jdk_feature "$JAVA_HOME")
		if [ "${feature:-0}" -ge $JDK_WANTED ]; then
			export JAVA_HOME
			return
		fi
	fi
	if ! jdk_search; then
		jdk_install
		jdk_search || die "a JDK was installed, but there is none of version $JDK_WANTED or newer under /usr/lib/jvm"
	fi
	export JAVA_HOME
}

jdk_search() {
	local best=0 feature candidate
	for candidate in /usr/lib/jvm/*/; do
		candidate=${candidate%/}
		[ -L "$candidate" ] && continue
		feature=$(jdk_feature "$candidate")
		if [ "${feature:-0}" -ge $JDK_WANTED ] && [ "$feature" -gt "$best" ]; then
			best=$feature
			JAVA_HOME=$candidate
		fi
	done
	[ "$best" -gt 0 ]
}

jdk_install() {
	local release
	release=$(. /etc/os-release 2>/dev/null && echo "${ID:-}:${VERSION_ID:-}")
	case $release in
	debian:1[3-9] | debian:[2-9][0-9])
		install_packages openjdk-25-jdk-headless
		;;
	*)
		die "no JDK $JDK_WANTED or newer in JAVA_HOME (${JAVA_HOME:-not set}) or under /usr/lib/jvm, and Debian 12 does not package one.
  Get a JDK 25 for Linux (for example Eclipse Temurin from adoptium.net, .tar.gz or their Debian packages),
  unpack it below /usr/lib/jvm (any folder name), or anywhere with JAVA_HOME pointing to it; then run this again."
		;;
	esac
}
