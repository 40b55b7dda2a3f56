# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The supervisor: parent of the two processes, one shell that sleeps in `wait`.
#
#   appliance dies   -> started again, at once if it had served, else after a back-off; the gateway keeps targets, LUNs, initiators
#                       and, for the grace period, their commands
#   SIGUSR1          -> `restart handlers`: another appliance starts beside the one that serves, and takes over when it is ready to
#   gateway dies     -> the appliance ends by itself (its ring is gone); both are started again after a back-off
#   either dies before the first readiness -> nothing is retried: `up` reports why
#   the gateway dies quickly five times    -> everything stops, with the reason in run/failed
#
# The appliance reads the configuration first and writes run/gateway.args, the gateway's command line; so a configuration
# that is wrong is found before anything runs, and no second reader of the file exists.

readonly BACKOFF_MS=100 BACKOFF_LIMIT_MS=30000
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
	STOPPING='' RESTARTING='' DELAY_MS=$BACKOFF_MS DEATHS=0 JVM='' NEXT='' GATEWAY='' TICKER=''
	trap 'STOPPING=yes' TERM INT HUP
	trap 'RESTARTING=yes' USR1
	echo $$ >"$RUN/supervisor.pid"
	rm -f "$RUN/failed" "$RUN/restart.failed" "$RUN/portals" "$RUN/served"
	while [ -z "$STOPPING" ]; do
		start_missing || break
		await_death
		[ -z "$RESTARTING" ] || begin_restart
	done
	stop_both
	rm -f "$RUN/supervisor.pid" "$RUN/ready" "$RUN/gateway.args" "$RUN/portals" "$RUN/served"
	[ ! -s "$RUN/failed" ]
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
	[ -n "$JVM" ] || start_appliance
	[ -n "$GATEWAY" ] || start_gateway
	if [ -n "${SLUICE_AOT_OUTPUT:-}" ] && [ -z "$STOPPING" ]; then
		until [ -s "$RUN/ready" ] || ! kill -0 "$JVM" 2>/dev/null; do sleep 0.05; done
		STOPPING=yes # a training run ends once it serves
	fi
	[ -z "$STOPPING" ]
}

start_appliance() {
	rm -f "$RUN/ready"
	[ -n "$GATEWAY" ] || rm -f "$RUN/gateway.args"
	spawn_appliance
	JVM=$SPAWNED
	remember_pid appliance "$JVM"
	note "appliance started, process $JVM"
}

# spawn_appliance [OPTION...]: sets SPAWNED.
spawn_appliance() {
	LOG_MARK=$(stat -c %s "$LOG/appliance.log" 2>/dev/null || echo 0)
	"$JAVA_HOME/bin/java" "$(jvm_aot_option)" "${JVM_OPTIONS[@]}" -XX:ErrorFile="$LOG/hs_err_%p.log" -p "$MODULES" -m "$APPLIANCE" \
		daemon --home "$STATE" ${OPT_PORTAL:+--portal "$OPT_PORTAL"} ${OPT_CONFIG:+--config "$OPT_CONFIG"} "$@" \
		</dev/null >>"$LOG/appliance.log" 2>&1 9>&- &
	SPAWNED=$!
	JVM_SINCE=$SECONDS
}

begin_restart() {
	RESTARTING=''
	[ -n "$JVM" ] && [ -z "$NEXT" ] && [ -z "$STOPPING" ] || return 0
	spawn_appliance --take-over
	NEXT=$SPAWNED
	note "process $NEXT is to take over from $JVM"
}

# The one that takes over is there; the former has let go.
promote_next() {
	JVM=$NEXT NEXT=''
	remember_pid appliance "$JVM"
	note "process $JVM has taken over"
}

next_died() {
	note "process $NEXT, which was to take over, ended with status $1"
	NEXT=''
	{
		echo "the appliance that was to take over did not start (status $1); the former one serves on:"
		tail -c "+$((LOG_MARK + 1))" "$LOG/appliance.log" | tail -n 15
	} >"$RUN/restart.failed"
}

# Waits for the command line that the appliance writes; starts nothing when the appliance ends instead.
start_gateway() {
	until [ -s "$RUN/gateway.args" ]; do
		kill -0 "$JVM" 2>/dev/null && [ -z "$STOPPING" ] || return 0
		sleep 0.01
	done
	local arguments
	mapfile -t arguments <"$RUN/gateway.args"
	GATEWAY_MARK=$(stat -c %s "$LOG/sluiced.log" 2>/dev/null || echo 0)
	"$SLUICED" --socket "$RUN/gateway.sock" "${arguments[@]}" </dev/null >>"$LOG/sluiced.log" 2>&1 9>&- &
	GATEWAY=$!
	GATEWAY_SINCE=$SECONDS
	remember_pid sluiced "$GATEWAY"
	note "gateway started, process $GATEWAY ($SLUICED ${arguments[*]})"
}

# Sleeps until a child ends, or a signal came, and deals with it.
await_death() {
	local dead='' status pid
	# Of children that end together, bash's `wait -n` tells of one, and forgets the others: they are no jobs any more.
	for pid in $JVM $NEXT $GATEWAY; do
		if ! kill -0 "$pid" 2>/dev/null; then
			wait "$pid" 2>/dev/null
			bury "$pid" $?
			return
		fi
	done
	# shellcheck disable=SC2086
	wait -n -p dead $JVM $NEXT $GATEWAY $TICKER
	status=$?
	bury "${dead:-}" $status
}

# bury PID STATUS: deals with the end of a child.
bury() {
	local dead=$1 status=$2
	case $dead in
	'') ;; # a signal
	"$TICKER") TICKER='' ;;
	"$NEXT") next_died "$status" ;;
	"$JVM") appliance_died "$status" ;;
	"$GATEWAY") gateway_died "$status" ;;
	esac
}

appliance_died() {
	note "appliance (process $JVM) ended with status $1"
	JVM=''
	if [ -n "$NEXT" ]; then
		promote_next
		return
	fi
	local served=''
	[ -e "$RUN/ready" ] && served=yes
	rm -f "$RUN/ready" "$RUN/appliance.pid"
	[ -n "$STOPPING" ] && return
	if [ ! -e "$RUN/served" ]; then
		fail "$(printf 'the appliance did not start (status %s):\n%s' "$1" "$(tail -c "+$((LOG_MARK + 1))" "$LOG/appliance.log" | tail -n 25)")"
		return
	fi
	# When the gateway went first, that is what has to be dealt with.
	if ! kill -0 "$GATEWAY" 2>/dev/null; then
		gateway_died unknown
		return
	fi
	# Who had served goes on at once: initiators wait, and a command that kills its handler is given up by the gateway.
	if [ -n "$served" ] || [ $((SECONDS - JVM_SINCE)) -ge $HEALTHY_SECONDS ]; then
		DELAY_MS=$BACKOFF_MS
		return
	fi
	back_off
}

gateway_died() {
	note "gateway (process $GATEWAY) ended with status $1"
	GATEWAY=''
	rm -f "$RUN/sluiced.pid" "$RUN/ready"
	[ -n "$STOPPING" ] && return
	local tail
	tail=$(tail -c "+$((GATEWAY_MARK + 1))" "$LOG/sluiced.log" | tail -n 15)
	if [ ! -e "$RUN/served" ]; then
		fail "$(printf 'the gateway (sluiced) did not start (status %s):\n%s' "$1" "$tail")"
		return
	fi
	if [ $((SECONDS - GATEWAY_SINCE)) -ge $HEALTHY_SECONDS ]; then
		DEATHS=0 DELAY_MS=$BACKOFF_MS
	fi
	DEATHS=$((DEATHS + 1))
	if [ $DEATHS -ge $GATEWAY_DEATHS ]; then
		fail "$(printf 'the gateway (sluiced) died %s times within seconds (last status %s); stopped. The end of its log:\n%s' $DEATHS "$1" "$tail")"
		return
	fi
	end_child "$NEXT" "appliance that was to take over" 20
	end_child "$JVM" appliance 20
	JVM='' NEXT=''
	back_off
}

back_off() {
	note "next start in $DELAY_MS ms"
	sleep "$((DELAY_MS / 1000)).$(printf %03d $((DELAY_MS % 1000)))" 9>&- &
	wait $!
	DELAY_MS=$((DELAY_MS * 2 > BACKOFF_LIMIT_MS ? BACKOFF_LIMIT_MS : DELAY_MS * 2))
}

# The gateway goes first: it tells the initiators and lets commands end while their devices still serve; then the devices are closed.
stop_both() {
	end_child "$GATEWAY" gateway 15
	end_child "$NEXT" "appliance that was to take over" 30
	end_child "$JVM" appliance 30
	[ -z "$TICKER" ] || kill "$TICKER" 2>/dev/null
	rm -f "$RUN/sluiced.pid" "$RUN/appliance.pid"
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

# Both processes append, so copying and truncating loses at most the lines of a moment, and neither has to be told.
bound_logs() {
	local file
	for file in "$LOG/appliance.log" "$LOG/sluiced.log" "$LOG/supervisor.log"; do
		if [ "$(stat -c %s "$file" 2>/dev/null || echo 0)" -gt $LOG_BYTES ]; then
			cp -f "$file" "$file.1" && : >"$file"
		fi
	done
}
