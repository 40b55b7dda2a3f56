# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# `up`, `restart` and `down`.

readonly READY_SECONDS=60
readonly DOWN_SECONDS=60

# Options of up, down and supervise: sets OPT_HOME, OPT_PORTAL, OPT_CONFIG, OPT_DETACH.
service_options() {
	OPT_HOME=$(home_default) OPT_PORTAL='' OPT_CONFIG='' OPT_DETACH=''
	while [ $# -gt 0 ]; do
		case $1 in
		--detach)
			OPT_DETACH=yes
			shift
			continue
			;;
		--home=* | --portal=* | --config=*)
			set -- "${1%%=*}" "${1#*=}" "${@:2}"
			;;
		--home | --portal | --config) ;;
		*) die "unknown option '$1' (./sluice help lists them)" ;;
		esac
		[ -n "${2:-}" ] || die "option $1 needs a value"
		case $1 in
		--home) OPT_HOME=$2 ;;
		--portal) OPT_PORTAL=$2 ;;
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
	rm -f "$RUN/ready" "$RUN/failed"
	setsid "$ROOT/sluice" supervise --home "$STATE" ${OPT_PORTAL:+--portal "$OPT_PORTAL"} ${OPT_CONFIG:+--config "$OPT_CONFIG"} \
		</dev/null >>"$LOG/supervisor.log" 2>&1 &
	SUPERVISOR=$!
	[ -n "$OPT_DETACH" ] || trap 'kill -TERM "$SUPERVISOR" 2>/dev/null' TERM INT HUP
	wait_ready
	cat "$RUN/ready"
	[ -n "$OPT_DETACH" ] && return
	say "running in the foreground; Ctrl-C ends it; logs are in $LOG"
	while kill -0 "$SUPERVISOR" 2>/dev/null; do wait "$SUPERVISOR"; done
	[ ! -s "$RUN/failed" ] || die "$(cat "$RUN/failed")"
}

# Returns when portals accept and LUNs are served; ends the launcher with the reason when that does not happen.
wait_ready() {
	local until=$((SECONDS + READY_SECONDS))
	until [ -s "$RUN/ready" ]; do
		if ! kill -0 "$SUPERVISOR" 2>/dev/null; then
			[ -s "$RUN/failed" ] && die "$(cat "$RUN/failed")"
			tail -n 15 "$LOG/supervisor.log" >&2
			die "the supervisor ended before Sluice was ready (the end of $LOG/supervisor.log is above)"
		fi
		if [ $SECONDS -ge $until ]; then
			kill -TERM "$SUPERVISOR"
			tail -n 15 "$LOG/appliance.log" >&2
			die "not ready after $READY_SECONDS s (the end of $LOG/appliance.log is above)"
		fi
		sleep 0.02
	done
}

# service_restart handlers [--home DIR]: another process with the same devices takes over; initiators see a pause.
service_restart() {
	[ "${1:-}" = handlers ] || die "restart '${1:-}': what is restarted while initiators wait are the handlers: ./sluice restart handlers"
	shift
	service_options "$@"
	[ -d "$OPT_HOME/run" ] || die "not running: $OPT_HOME holds no state; start it with ./sluice up --detach"
	home_prepare "$OPT_HOME"
	local supervisor old now until=$((SECONDS + READY_SECONDS))
	supervisor=$(supervisor_pid) || die "not running in $STATE: start it with ./sluice up --detach --home $STATE"
	old=$(appliance_pid) || die "the appliance is just being started: try again when ./sluice status answers"
	build_all
	rm -f "$RUN/restart.failed"
	kill -USR1 "$supervisor"
	until [ -s "$RUN/ready" ] && now=$(appliance_pid) && [ "$now" != "$old" ]; do
		[ ! -s "$RUN/restart.failed" ] || die "$(cat "$RUN/restart.failed")"
		kill -0 "$supervisor" 2>/dev/null || die "the supervisor has ended: see $LOG/supervisor.log"
		[ $SECONDS -lt $until ] || die "not restarted after $READY_SECONDS s: see $LOG/supervisor.log and $LOG/appliance.log"
		sleep 0.02
	done
	say "restarted: process $now serves, $old has ended"
}

service_down() {
	service_options "$@"
	[ -d "$OPT_HOME/run" ] || {
		say "not running: $OPT_HOME holds no state"
		return
	}
	home_prepare "$OPT_HOME"
	local pid
	if pid=$(supervisor_pid); then
		kill -TERM "$pid"
		wait_gone "$pid" $DOWN_SECONDS || die "the supervisor (process $pid) has not ended within $DOWN_SECONDS s: see $LOG/supervisor.log"
		say "stopped"
	elif gateway_pid >/dev/null || appliance_pid >/dev/null; then
		stop_leftovers
		say "stopped what a lost supervisor had left"
	else
		say "not running"
	fi
}

# stop_leftovers: ends a gateway and an appliance whose supervisor was killed, gateway first.
stop_leftovers() {
	local pid
	for pid in $(gateway_pid) $(appliance_pid); do
		say "process $pid was left by a supervisor that is gone: stopping it"
		kill -TERM "$pid" 2>/dev/null
		wait_gone "$pid" 20 || kill -KILL "$pid" 2>/dev/null
	done
}

# wait_gone PID SECONDS: 0 once the process has ended, 1 when it has not in time.
wait_gone() {
	local until=$((SECONDS + $2))
	while kill -0 "$1" 2>/dev/null; do
		[ $SECONDS -lt $until ] || return 1
		sleep 0.02
	done
}
