# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# `up`, `restart` and `down`.

readonly READY_SECONDS=${SLUICE_READY_SECONDS:-60} # for an emulated processor, longer
readonly DOWN_SECONDS=60

# Options of up, down and supervise: sets OPT_HOME, OPT_PORTAL, OPT_CONFIG, OPT_GATEWAY, OPT_DETACH, OPT_FORCE.
service_options() {
	OPT_HOME=$(home_default) OPT_PORTAL='' OPT_CONFIG='' OPT_GATEWAY='' OPT_DETACH='' OPT_FORCE=''
	while [ $# -gt 0 ]; do
		case $1 in
		--detach)
			OPT_DETACH=yes
			shift
			continue
			;;
		--force)
			OPT_FORCE=yes
			shift
			continue
			;;
		--home=* | --portal=* | --config=* | --gateway=*)
			set -- "${1%%=*}" "${1#*=}" "${@:2}"
			;;
		--home | --portal | --config | --gateway) ;;
		*) die "unknown option '$1' (./sluice help lists them)" ;;
		esac
		[ -n "${2:-}" ] || die "option $1 needs a value"
		case $1 in
		--home) OPT_HOME=$2 ;;
		--portal) OPT_PORTAL=$2 ;;
		--gateway)
			case $2 in daemon | module) ;; *) die "--gateway $2: choose daemon or module" ;; esac
			OPT_GATEWAY=$2
			;;
		--config)
			[ -r "$2" ] || die "configuration file $2: not there or not readable: give --config the path of a file"
			OPT_CONFIG=$(readlink -f "$2")
			;;
		esac
		shift 2
	done
}

service_up() {
	service_options "$@"
	home_prepare "$OPT_HOME"
	local pid
	if pid=$(supervisor_pid); then
		[ -s "$RUN/ready" ] || die "already starting (supervisor $pid); ./sluice status --home $STATE tells more"
		say "already up (supervisor $pid)"
		cat "$RUN/ready"
		return
	fi
	build_all
	stop_leftovers
	if wants_module; then module_prepare; fi
	rm -f "$RUN/ready" "$RUN"/ready-* "$RUN/handlers" "$RUN/failed"
	setsid "$ROOT/sluice" supervise --home "$STATE" ${OPT_PORTAL:+--portal "$OPT_PORTAL"} ${OPT_CONFIG:+--config "$OPT_CONFIG"} \
		${OPT_GATEWAY:+--gateway "$OPT_GATEWAY"} </dev/null >>"$LOG/supervisor.log" 2>&1 &
	SUPERVISOR=$!
	[ -n "$OPT_DETACH" ] || trap 'kill -TERM "$SUPERVISOR" 2>/dev/null' TERM INT HUP
	wait_ready
	cat "$RUN/ready"
	[ -n "$OPT_DETACH" ] && return
	say "running in the foreground; Ctrl-C ends it; logs are in $LOG"
	while kill -0 "$SUPERVISOR" 2>/dev/null; do wait "$SUPERVISOR"; done
	[ ! -s "$RUN/failed" ] || die "$(cat "$RUN/failed")"
}

# Returns when portals accept and all LUNs are served; ends the launcher with the reason when that does not happen.
wait_ready() {
	local until=$((SECONDS + READY_SECONDS))
	until handlers_ready; do
		if ! kill -0 "$SUPERVISOR" 2>/dev/null; then
			[ -s "$RUN/failed" ] && die "$(cat "$RUN/failed")"
			tail -n 15 "$LOG/supervisor.log" >&2
			die "the supervisor ended before Sluice was ready (the end of $LOG/supervisor.log is above)"
		fi
		if [ $SECONDS -ge $until ]; then
			kill -TERM "$SUPERVISOR"
			tail -n 15 "$LOG"/appliance*.log >&2
			die "not ready after $READY_SECONDS s (the end of what its processes logged in $LOG is above)"
		fi
		sleep 0.02
	done
}

# service_restart handlers [NAME...] [--home DIR]: of each in turn, another process with the same devices takes over; initiators see
# a pause.
service_restart() {
	[ "${1:-}" = handlers ] || die "restart '${1:-}': what is restarted while initiators wait are the handlers: ./sluice restart handlers"
	shift
	local names=() options=() supervisor name
	while [ $# -gt 0 ]; do
		case $1 in
		--*=*) options+=("$1") ;;
		--*)
			options+=("$1" "${2:-}")
			[ $# -lt 2 ] || shift
			;;
		*) names+=("$1") ;;
		esac
		shift
	done
	service_options "${options[@]}"
	[ -d "$OPT_HOME/run" ] || die "not running: $OPT_HOME holds no state; start it with ./sluice up --detach"
	home_prepare "$OPT_HOME"
	supervisor=$(supervisor_pid) || die "not running in $STATE: start it with ./sluice up --detach --home $STATE"
	exec 8>"$RUN/restart.lock"
	flock -n 8 || die "handlers in $STATE are just being restarted: try again when that is done"
	for name in "${names[@]}"; do
		handler_names | grep -qxF -- "$name" || die "no handler '$name': there are $(handler_names | paste -sd ' ')"
	done
	[ ${#names[@]} -gt 0 ] || mapfile -t names < <(handler_names)
	build_all
	for name in "${names[@]}"; do
		restart_handler "$name" "$supervisor"
	done
}

restart_handler() {
	local name=$1 supervisor=$2 old now until=$((SECONDS + READY_SECONDS))
	old=$(handler_pid "$name") || die "handler '$name' is just being started: try again when ./sluice status shows it"
	rm -f "$RUN/restart.failed"
	echo "$name" >"$RUN/restart"
	until [ -e "$RUN/$(handler_stem ready "$name")" ] && now=$(handler_pid "$name") && [ "$now" != "$old" ]; do
		[ ! -s "$RUN/restart.failed" ] || die "$(cat "$RUN/restart.failed")"
		# Again until it has heard: a signal just before it falls asleep does not wake it.
		[ ! -e "$RUN/restart" ] || kill -USR1 "$supervisor" 2>/dev/null
		kill -0 "$supervisor" 2>/dev/null || die "the supervisor has ended: see $LOG/supervisor.log"
		[ $SECONDS -lt $until ] || die "handler '$name' not restarted after $READY_SECONDS s: see $LOG/supervisor.log and $(handler_log "$name")"
		sleep 0.02
	done
	say "restarted: process $now serves as $name, $old has ended"
}

service_down() {
	service_options "$@"
	[ -d "$OPT_HOME/run" ] || {
		say "not running: $OPT_HOME holds no state"
		return
	}
	home_prepare "$OPT_HOME"
	local pid users
	if [ -z "$OPT_FORCE" ] && [ -L "$RUN/gateway.sock" ]; then
		users=$(module_users)
		[ -z "$users" ] || die "$(printf 'in use, nothing was stopped:\n%s\nunmount it first, or say --force' "$users")"
	fi
	if pid=$(supervisor_pid); then
		kill -TERM "$pid"
		wait_gone "$pid" $DOWN_SECONDS || die "the supervisor (process $pid) has not ended within $DOWN_SECONDS s: see $LOG/supervisor.log"
		say "stopped"
	elif [ -n "$(leftovers)" ]; then
		stop_leftovers
		say "stopped what a lost supervisor had left"
	else
		say "not running"
	fi
}

# leftovers: the gateway, the handlers and the watch over them whose supervisor was killed, gateway first.
leftovers() {
	local file
	gateway_pid
	pid_in "$RUN/watch.pid" "$RUN/gateway.sock await-hang"
	for file in "$RUN"/appliance*.pid; do
		pid_in "$file" "daemon --home $STATE"
	done
}

stop_leftovers() {
	local pid
	for pid in $(leftovers); do
		say "process $pid was left by a supervisor that is gone: stopping it"
		kill -TERM "$pid" 2>/dev/null
		wait_gone "$pid" 20 || kill -KILL "$pid" 2>/dev/null
	done
	module_unload
}

# wait_gone PID SECONDS: 0 once the process has ended, 1 when it has not in time.
wait_gone() {
	local until=$((SECONDS + $2))
	while kill -0 "$1" 2>/dev/null; do
		[ $SECONDS -lt $until ] || return 1
		sleep 0.02
	done
}
