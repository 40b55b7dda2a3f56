# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The supervisor's handler processes, by name: `main`, and those of run/handlers. Each is the appliance's JVM with its own devices,
# log, pid file and admin socket. Arrays hold no entry for what is not there.

declare -A PID=() NEXT=()          # who serves, and who is to take over from it
declare -A TIMER=() DELAY_MS=()    # the back-off that runs, and how long the next one is
declare -A SINCE=() LOG_MARK=()    # of the last start: SECONDS, and the length of the log
HANDLERS=(main)
STARTED='' # each of them has served
readonly BACKOFF_MS=100 BACKOFF_LIMIT_MS=30000
readonly GATEWAY_KEY=% # the gateway's, where arrays have handlers' names; no handler has this one

# called NAME: for logs.
called() {
	case $1 in
	main) echo appliance ;;
	"$GATEWAY_KEY") echo "gateway and handlers" ;;
	*) echo "handler $1" ;;
	esac
}

# read_handlers: the main process has written them before the gateway's arguments.
read_handlers() {
	mapfile -t HANDLERS <"$RUN/handlers"
	HANDLERS=(main "${HANDLERS[@]}")
}

start_handler() {
	rm -f "$RUN/$(handler_stem ready "$1")"
	spawn_handler "$1"
	PID[$1]=$SPAWNED
	remember_pid "$(handler_stem appliance "$1")" "$SPAWNED"
	note "$(called "$1") started, process $SPAWNED"
}

# spawn_handler NAME [OPTION...]: sets SPAWNED.
spawn_handler() {
	local name=$1 log aot
	log=$(handler_log "$name")
	aot=$(jvm_aot_option)
	if [ "$name" = main ]; then
		shift
	else
		set -- --handler "$@"
	fi
	LOG_MARK[$name]=$(stat -c %s "$log" 2>/dev/null || echo 0)
	SINCE[$name]=$SECONDS
	"$JAVA_HOME/bin/java" "$aot" "${JVM_OPTIONS[@]}" -XX:ErrorFile="$LOG/hs_err_%p.log" -p "$MODULES" -m "$APPLIANCE" \
		daemon --home "$STATE" ${OPT_PORTAL:+--portal "$OPT_PORTAL"} ${OPT_CONFIG:+--config "$OPT_CONFIG"} \
		${OPT_GATEWAY:+--gateway "$OPT_GATEWAY"} "$@" \
		</dev/null >>"$log" 2>&1 9>&- &
	SPAWNED=$!
}

# handler_said NAME LINES: the end of what the last one that was started has logged.
handler_said() { tail -c "+$((${LOG_MARK[$1]} + 1))" "$(handler_log "$1")" | tail -n "$2"; }

# child_ended PID STATUS: one of the arrays' processes.
child_ended() {
	local name
	for name in "${!TIMER[@]}"; do
		if [ "${TIMER[$name]}" = "$1" ]; then
			unset "TIMER[$name]"
			return
		fi
	done
	for name in "${HANDLERS[@]}"; do
		if [ "${NEXT[$name]:-}" = "$1" ]; then
			next_died "$name" "$2"
			return
		fi
		if [ "${PID[$name]:-}" = "$1" ]; then
			handler_died "$name" "$2"
			return
		fi
	done
}

handler_died() {
	local name=$1 served=''
	note "$(called "$name") (process ${PID[$name]}) ended with status $2"
	unset "PID[$name]"
	if [ -n "${NEXT[$name]:-}" ]; then
		promote_next "$name"
		return
	fi
	[ -e "$RUN/$(handler_stem ready "$name")" ] && served=yes
	rm -f "$RUN/$(handler_stem ready "$name")" "$RUN/$(handler_stem appliance "$name").pid"
	[ -z "$STOPPING" ] || return 0
	if ! first_start_over && [ ! -e "$RUN/$(handler_stem served "$name")" ]; then
		fail "$(printf 'the %s did not start (status %s):\n%s' "$(called "$name")" "$2" "$(handler_said "$name" 25)")"
		return 0
	fi
	# When the gateway went first, that is what has to be dealt with.
	if [ -n "$GATEWAY" ] && ! kill -0 "$GATEWAY" 2>/dev/null; then
		gateway_died unknown
		return 0
	fi
	# Who had served goes on at once: initiators wait, and a command that kills its handler is given up by the gateway.
	if [ -n "$served" ] || [ $((SECONDS - ${SINCE[$name]})) -ge "$HEALTHY_SECONDS" ]; then
		unset "DELAY_MS[$name]"
		return 0
	fi
	back_off "$name"
}

# From the moment on at which each has served, nobody's failure is another one's.
first_start_over() {
	local name
	[ -z "$STARTED" ] || return 0
	for name in "${HANDLERS[@]}"; do
		[ -e "$RUN/$(handler_stem served "$name")" ] || return 1
	done
	STARTED=yes
}

# back_off NAME: it is not started before the sleeper ends; everybody else goes on.
back_off() {
	local ms=${DELAY_MS[$1]:-$BACKOFF_MS}
	note "next start of $(called "$1") in $ms ms"
	sleep "$((ms / 1000)).$(printf %03d $((ms % 1000)))" 9>&- &
	TIMER[$1]=$!
	DELAY_MS[$1]=$((ms * 2 > BACKOFF_LIMIT_MS ? BACKOFF_LIMIT_MS : ms * 2))
}

# begin_restart: of those named in run/restart, one a line. Its absence tells `restart` that the signal has been heard.
begin_restart() {
	local name names=()
	[ -z "$STOPPING" ] || return 0
	[ -e "$RUN/restart" ] || return 0
	mapfile -t names <"$RUN/restart"
	rm -f "$RUN/restart"
	for name in "${names[@]}"; do
		if [ -n "${PID[$name]:-}" ] && [ -z "${NEXT[$name]:-}" ]; then
			spawn_handler "$name" --take-over
			NEXT[$name]=$SPAWNED
			note "process $SPAWNED is to take over from ${PID[$name]}"
		fi
	done
}

# The one that takes over is there; the former has let go.
promote_next() {
	PID[$1]=${NEXT[$1]}
	unset "NEXT[$1]"
	remember_pid "$(handler_stem appliance "$1")" "${PID[$1]}"
	note "process ${PID[$1]} has taken over"
}

next_died() {
	note "process ${NEXT[$1]}, which was to take over, ended with status $2"
	unset "NEXT[$1]"
	{
		echo "the $(called "$1") that was to take over did not start (status $2); the former one serves on:"
		handler_said "$1" 15
	} >"$RUN/restart.failed"
}

# end_handlers SECONDS: all are asked at once, and one that is stopped (SIGSTOP) goes on, so that it hears it.
end_handlers() {
	local pid until=$((SECONDS + $1)) left
	for pid in "${PID[@]}" "${NEXT[@]}" "${TIMER[@]}"; do
		kill -TERM "$pid" 2>/dev/null && kill -CONT "$pid" 2>/dev/null
	done
	for pid in "${PID[@]}" "${NEXT[@]}"; do
		left=$((until - SECONDS))
		end_child "$pid" "a handler" $((left > 0 ? left : 0))
	done
	PID=() NEXT=() TIMER=()
	rm -f "$RUN"/appliance*.pid
}
