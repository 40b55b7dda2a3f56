# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# `rig`: scenarios, with the appliance as the real handler of those that ask for one (docs/rig.md).

run_rig() {
	build_all
	exec "$ROOT/kernel-gateway/build/$VARIANT/sluice-rig" run --real-handler "exec '$ROOT/sluice' rig-handler" "$@"
}

# What `handler NAME real "TOML"` starts: an appliance whose home is the scenario's directory and whose gateway is the rig's.
rig_handler() {
	local home=${SLUICE_RIG_DIRECTORY:?is set by sluice-rig run} gateway=(--portal 127.0.0.1:0)
	[ ! -c "$SLUICE_SOCKET" ] || gateway=(--gateway module)
	find_jdk
	mkdir -p "$home/run"
	printf '%s\n' "$SLUICE_RIG_CONFIG" >"$home/sluice.toml"
	ln -sfn "$SLUICE_SOCKET" "$home/run/gateway.sock"
	[ -z "${SLUICE_RIG_PLUGINS:-}" ] || ln -sfn "$SLUICE_RIG_PLUGINS" "$home/plugins"
	exec "$JAVA_HOME/bin/java" "$(jvm_aot_option)" "${JVM_OPTIONS[@]}" -p "$MODULES" -m "$APPLIANCE" \
		daemon --home "$home" "${gateway[@]}"
}
