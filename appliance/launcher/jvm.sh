# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# How the appliance's JVM is started: as the daemon, and as the client behind `status`, `config` and `disk`.

# A small heap and the serial collector: in steady state a command allocates nothing, so there is nothing for a concurrent collector
# to do, and this one starts quickest and holds the least memory. RAM disks and rings lie outside of the heap. Tests run with
# --illegal-native-access=deny, too; here it would keep the module graph out of the AOT cache.
# shellcheck disable=SC2054 # the comma belongs to the option
JVM_OPTIONS=(
	-XX:+UseSerialGC -Xms48m -Xmx256m -XX:MaxDirectMemorySize=1t -XX:-UsePerfData -XX:+ExitOnOutOfMemoryError
	'-Xlog:aot*=off' '-Xlog:cds*=off'
	--sun-misc-unsafe-memory-access=deny
	--enable-native-access=io.sluice.handler,io.sluice.posix,com.github.luben.zstd_jni
)
readonly APPLIANCE=io.sluice.appliance/io.sluice.appliance.Main

# Prints the AOT option, one word: the cache when there is one; SLUICE_AOT_OUTPUT names one to be made.
jvm_aot_option() {
	if [ -n "${SLUICE_AOT_OUTPUT:-}" ]; then
		echo "-XX:AOTCacheOutput=$SLUICE_AOT_OUTPUT"
	elif [ -s "$AOT_CACHE" ]; then
		echo "-XX:AOTCache=$AOT_CACHE"
	else
		echo -XX:+IgnoreUnrecognizedVMOptions
	fi
}

# appliance_command WORD...: runs a client command; options may stand anywhere.
appliance_command() {
	find_jdk
	[ -n "${SLUICE_BUILT:-}" ] || build_java
	exec "$JAVA_HOME/bin/java" "$(jvm_aot_option)" "${JVM_OPTIONS[@]}" -p "$MODULES" -m "$APPLIANCE" "$@"
}
