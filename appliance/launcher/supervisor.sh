# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The supervisor: parent of the gateway and of the handler processes (handlers.sh), one shell that sleeps in `wait`.
#
#   a handler dies   -> started again, at once if it had served, else after a back-off of its own; the gateway keeps targets, LUNs,
#                       initiators and, for the grace period, its devices' commands; the other handlers do not notice
#   a handler hangs  -> hang.sh kills it, and then it has died
#   SIGUSR1          -> `restart handlers`: beside each that run/restart names another one starts, and takes over when it is ready to
#   gateway dies     -> the handlers end by themselves (their ring is gone); all are started again after a back-off
#   anyone dies before the first readiness of all -> nothing is retried: `up` reports why
#   the gateway dies quickly five times    -> everything stops, with the reason in run/failed
#
# The main handler (the appliance) reads the configuration first and writes run/handlers, the names of the others, run/hang_timeout and
# run/gateway.args, the gateway's command line (of which kind, run/gateway.kind says); so a configuration that is wrong is found before anything runs, and no second
# reader of the file exists.

readonly HEALTHY_SECONDS=30     # who lived that long is restarted at once again
readonly GATEWAY_DEATHS=5
readonly LOG_BYTES=$((8 << 20)) # per file; one older file is kept
readonly LOG_LOOK_SECONDS=30

supervise() {
	service_options "$@"
	find_jdk
	home_prepare "$OPT_HOME"
	exec 9>"$RUN/lock"
	flock -n 9 || die "another supervisor serves $STATE"
	STOPPING='' RESTARTING='' DEATHS=0 GATEWAY='' TICKER='' WATCH='' HANG_TIMEOUT=0
	trap 'STOPPING=yes' TERM INT HUP
	trap 'RESTARTING=yes' USR1
	echo $$ >"$RUN/supervisor.pid"
	rm -f "$RUN/failed" "$RUN/restart.failed" "$RUN/restart"
	forget_run
	while [ -z "$STOPPING" ]; do
		start_missing || break
		await_death
		if [ -n "$RESTARTING" ]; then
			RESTARTING=''
			begin_restart
		fi
	done
	stop_all
	forget_run
	rm -f "$RUN/supervisor.pid"
	[ ! -s "$RUN/failed" ]
}

# What the processes of a run have written for each other.
forget_run() {
	rm -f "$RUN/gateway.args" "$RUN/gateway.kind" "$RUN/handlers" "$RUN/hang_timeout" "$RUN/portals" "$RUN/ready" "$RUN"/ready-* "$RUN/served" "$RUN"/served-*
}

# remember_pid NAME PID: whole or not at all, for who reads it at that moment.
remember_pid() { echo "$2" >"$RUN/$1.pid.new" && mv -f "$RUN/$1.pid.new" "$RUN/$1.pid"; }

note() { printf '%s supervisor: %s\n' "$(date +%FT%T%z)" "$*" >&2; }

# fail REASON: what `up` shows; the supervisor then ends.
fail() {
	note "$*"
	printf '%s\n' "$*" >"$RUN/failed"
	STOPPING=yes
}

start_missing() {
	if [ -z "$TICKER" ]; then
		bound_logs
		sleep $LOG_LOOK_SECONDS 9>&- &
		TICKER=$!
	fi
	start_processes
	if [ -n "$GATEWAY" ] && [ -z "$WATCH" ] && [ "$HANG_TIMEOUT" -gt 0 ]; then
		watch_hangs "$HANG_TIMEOUT" 9>&- &
		WATCH=$!
	fi
	if [ -n "${SLUICE_AOT_OUTPUT:-}" ] && [ -z "$STOPPING" ]; then
		until [ -s "$RUN/ready" ] || ! kill -0 "${PID[main]:-}" 2>/dev/null; do sleep 0.05; done
		STOPPING=yes # a training run ends once it serves
	fi
	[ -z "$STOPPING" ]
}

# The main handler, the gateway, the other handlers, in this order; but for those whose back-off runs.
start_processes() {
	local name
	[ -z "${TIMER[$GATEWAY_KEY]:-}" ] || return 0
	if [ -z "${PID[main]:-}" ] && [ -z "${TIMER[main]:-}" ]; then
		[ -n "$GATEWAY" ] || rm -f "$RUN/gateway.args"
		start_handler main
	fi
	[ -n "$GATEWAY" ] || start_gateway
	[ -n "$GATEWAY" ] || return 0
	for name in "${HANDLERS[@]}"; do
		[ -n "${PID[$name]:-}" ] || [ -n "${TIMER[$name]:-}" ] || start_handler "$name"
	done
}

# Waits for the command line that the main handler writes; starts nothing when that one ends instead.
start_gateway() {
	until [ -s "$RUN/gateway.args" ]; do
		[ -n "${PID[main]:-}" ] && kill -0 "${PID[main]}" 2>/dev/null && [ -z "$STOPPING" ] || return 0
		sleep 0.01
	done
	read_handlers
	HANG_TIMEOUT=$(cat "$RUN/hang_timeout")
	local arguments
	mapfile -t arguments <"$RUN/gateway.args"
	GATEWAY_MARK=$(stat -c %s "$LOG/sluiced.log" 2>/dev/null || echo 0)
	[ ! -L "$RUN/gateway.sock" ] || rm -f "$RUN/gateway.sock" # of a keeper that was killed
	local command=("$SLUICED" --socket "$RUN/gateway.sock")
	[ "$(cat "$RUN/gateway.kind")" = daemon ] || command=("$ROOT/sluice" keep-module --home "$STATE")
	# Nexuses and logical units by the thousand in a few large pages: a third of what random access to them costs (bench/README.md).
	GLIBC_TUNABLES=${GLIBC_TUNABLES:+$GLIBC_TUNABLES:}glibc.malloc.hugetlb=1 \
		"${command[@]}" "${arguments[@]}" </dev/null >>"$LOG/sluiced.log" 2>&1 9>&- &
	GATEWAY=$!
	GATEWAY_SINCE=$SECONDS
	remember_pid sluiced "$GATEWAY"
	note "gateway started, process $GATEWAY (${command[*]} ${arguments[*]})"
}

# Sleeps until a child ends, or a signal came, and deals with it.
await_death() {
	local dead='' status pid
	# Of children that end together, bash's `wait -n` tells of one, and forgets the others: they are no jobs any more.
	for pid in "${PID[@]}" "${NEXT[@]}" "${TIMER[@]}" $GATEWAY $TICKER $WATCH; do
		if ! kill -0 "$pid" 2>/dev/null; then
			wait "$pid" 2>/dev/null
			bury "$pid" $?
			return
		fi
	done
	# shellcheck disable=SC2086
	wait -n -p dead "${PID[@]}" "${NEXT[@]}" "${TIMER[@]}" $GATEWAY $TICKER $WATCH
	status=$?
	bury "${dead:-}" $status
}

# bury PID STATUS: deals with the end of a child.
bury() {
	local dead=$1 status=$2
	case $dead in
	'') ;; # a signal
	"$TICKER") TICKER='' ;;
	"$WATCH") WATCH='' ;;
	"$GATEWAY") gateway_died "$status" ;;
	*) child_ended "$dead" "$status" ;;
	esac
}

gateway_died() {
	note "gateway (process $GATEWAY) ended with status $1"
	GATEWAY=''
	rm -f "$RUN/sluiced.pid" "$RUN/ready" "$RUN"/ready-*
	[ -z "$STOPPING" ] || return 0
	local tail
	tail=$(tail -c "+$((GATEWAY_MARK + 1))" "$LOG/sluiced.log" | tail -n 15)
	if ! first_start_over; then
		fail "$(printf 'the gateway did not start (status %s):\n%s' "$1" "$tail")"
		return
	fi
	if [ $((SECONDS - GATEWAY_SINCE)) -ge $HEALTHY_SECONDS ]; then
		DEATHS=0
		unset "DELAY_MS[$GATEWAY_KEY]"
	fi
	DEATHS=$((DEATHS + 1))
	if [ $DEATHS -ge $GATEWAY_DEATHS ]; then
		fail "$(printf 'the gateway died %s times within seconds (last status %s); stopped. The end of its log:\n%s' $DEATHS "$1" "$tail")"
		return
	fi
	end_handlers 20
	back_off "$GATEWAY_KEY"
}

# The gateway goes first: it tells the initiators and lets commands end while their devices still serve; then the devices are closed.
stop_all() {
	[ -z "$WATCH" ] || kill "$WATCH" 2>/dev/null
	end_child "$GATEWAY" gateway 15
	end_handlers 30
	module_unload
	[ -z "$TICKER" ] || kill "$TICKER" 2>/dev/null
	rm -f "$RUN/sluiced.pid"
}

end_child() {
	[ -n "$1" ] && kill -TERM "$1" 2>/dev/null || return 0
	if wait_gone "$1" "$3"; then
		note "$2 (process $1) stopped"
	else
		note "$2 (process $1) has not ended within $3 s: killed"
		kill -KILL "$1" 2>/dev/null
	fi
}

# All processes append, so copying and truncating loses at most the lines of a moment, and neither has to be told.
bound_logs() {
	local file
	for file in "$LOG"/appliance*.log "$LOG/sluiced.log" "$LOG/supervisor.log"; do
		if [ "$(stat -c %s "$file" 2>/dev/null || echo 0)" -gt $LOG_BYTES ]; then
			cp -f "$file" "$file.1" && : >"$file"
		fi
	done
}
