# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The home directory: sluice.toml, data/ (disks), devices/ (what devices save), plugins/, log/, run/ (pids, sockets, readiness).

# The longest path of a Unix socket is 107 bytes (sun_path); the longest name below HOME is run/gateway.sock.
readonly HOME_LONGEST=90

# home_default: where state lives unless --home says otherwise.
home_default() { echo "${SLUICE_HOME:-$HOME/.sluice}"; }

# home_prepare DIR: makes what is missing in it, and sets STATE, RUN and LOG.
home_prepare() {
	umask 027
	mkdir -p "$1" || die "cannot make the home directory $1: choose another with --home DIR"
	STATE=$(cd "$1" && pwd -P) || die "cannot enter the home directory $1: choose another with --home DIR"
	[ ${#STATE} -le $HOME_LONGEST ] ||
		die "home directory $STATE: longer than $HOME_LONGEST bytes, too long for the sockets in it: choose a shorter --home DIR"
	RUN=$STATE/run
	LOG=$STATE/log
	mkdir -p "$RUN" "$LOG" "$STATE/data" "$STATE/devices" "$STATE/plugins" ||
		die "cannot write to $STATE: give $(id -un) write permission, or choose another with --home DIR"
	[ -e "$STATE/sluice.toml" ] || home_first_start
}

# The configuration may come to hold CHAP secrets, so only its owner reads it.
home_first_start() {
	install -m 0600 "$ROOT/appliance/config/sluice.toml" "$STATE/sluice.toml" || die "cannot write $STATE/sluice.toml"
	local sample=$STATE/data/readme.img
	if [ ! -e "$sample" ]; then
		{ cp "$ROOT/appliance/config/readme.txt" "$sample" && truncate -s 1M "$sample"; } || die "cannot write $sample"
	fi
}

# pid_in FILE PATTERN: prints the process of a pid file if it lives and its command line holds PATTERN (pids are used again).
pid_in() {
	local pid
	pid=$(cat "$1" 2>/dev/null) || return 1
	[ -n "$pid" ] && [ -r "/proc/$pid/cmdline" ] && tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qF -- "$2" && echo "$pid"
}

supervisor_pid() { pid_in "$RUN/supervisor.pid" "supervise --home $STATE"; }
# Of sluiced, or of the module's keeper.
gateway_pid() { pid_in "$RUN/sluiced.pid" "$RUN/gateway.sock" || pid_in "$RUN/sluiced.pid" "keep-module --home $STATE"; }

# handler_stem PLAIN NAME: how the files of a handler process begin; the main one's have the plain names.
handler_stem() { [ "$2" = main ] && echo "$1" || echo "$1-$2"; }
handler_log() { echo "$LOG/$(handler_stem appliance "$1").log"; }
handler_pid() { pid_in "$RUN/$(handler_stem appliance "$1").pid" "daemon --home $STATE"; }

# handler_names: of this run, the main one first.
handler_names() {
	echo main
	cat "$RUN/handlers" 2>/dev/null
}

# handlers_ready: LUNs are served, by all of them.
handlers_ready() {
	local name
	[ -s "$RUN/ready" ] || return 1
	while read -r name; do
		[ -e "$RUN/$(handler_stem ready "$name")" ] || return 1
	done < <(handler_names)
}
