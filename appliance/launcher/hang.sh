# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The watch over handlers that hang: a subshell of the supervisor, asleep in `sluice-rig await-hang`. What has stalled is the gateway's
# judgement (SESSION_INFO, docs/ring-abi.md 5): a device that works for long, or one of several that answers nothing, is no hang.
#
#   a handler has stalled for hang_timeout -> its threads into its log -> SIGKILL; the supervisor sees it die as any other,
#                                             and the next one takes its devices' commands over
#
# SIGKILL and no SIGTERM: who is asked to end closes its devices, and their commands with them.

SLUICE_RIG=$ROOT/kernel-gateway/build/$VARIANT/sluice-rig
readonly DUMP_SECONDS=3
readonly DEATH_SECONDS=10

ask_gateway() { "$SLUICE_RIG" --socket "$RUN/gateway.sock" "$@" 2>/dev/null; }

# watch_hangs SECONDS: until the gateway or the supervisor is gone. Whoever sleeps for it ends with it: the module has no connection
# whose end would tell him, and stays loaded while he has its device open.
watch_hangs() {
	local bound=$1 pid let_be=() found=$RUN/hung sleeper=''
	trap 'kill "$sleeper" 2>/dev/null; exit' TERM
	while kill -0 $$ 2>/dev/null && kill -0 "$GATEWAY" 2>/dev/null; do
		"$SLUICE_RIG" --socket "$RUN/gateway.sock" await-hang "$bound" "${let_be[@]}" >"$found" 2>/dev/null &
		sleeper=$!
		remember_pid watch $sleeper
		if wait $sleeper; then
			kill -0 $$ 2>/dev/null || return # nobody would start another one
			pid=$(cat "$found")
			replace_hung "$pid" "$bound" || let_be+=("$pid")
		else
			sleep 1 # it does not accept yet, or not any more
		fi
	done
}

# replace_hung PID SECONDS: 1 when nothing can be done about that process, now and later.
replace_hung() {
	local pid=$1 bound=$2 name
	if ! name=$(name_of_process "$pid"); then
		[ "$(field_of_stat "$pid" 2)" != $$ ] || {
			sleep 1 # one that takes over, and is not named yet
			return 0
		}
		note "process $pid has stalled for $bound s; it is none of this supervisor's: left alone"
		return 1
	fi
	note "$(called "$name") (process $pid) hangs: it has let commands or events lie for $bound s; $(session_facts "$pid")"
	dump_threads "$name" "$pid"
	if ! ask_gateway hung "$bound" | grep -qx "$pid"; then
		note "$(called "$name") (process $pid) goes on: left alone"
		return 0
	fi
	[ "$(handler_pid "$name")" = "$pid" ] || return 0
	note "$(called "$name") (process $pid) is killed, so that another one takes over"
	kill -KILL "$pid" 2>/dev/null
	wait_gone "$pid" $DEATH_SECONDS && return 0
	note "$(called "$name") (process $pid) does not die: a thread of it waits in the kernel, see $(handler_log "$name")"
	kernel_view "$pid" >>"$(handler_log "$name")"
	return 1
}

name_of_process() {
	local name
	while read -r name; do
		[ "$(handler_pid "$name")" = "$1" ] && echo "$name" && return
	done < <(handler_names)
	return 1
}

# field_of_stat PID N: of /proc/PID/stat, counted behind the name, which may hold anything: 1 state, 2 parent.
field_of_stat() {
	local stat
	stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
	stat=${stat##*) }
	cut -d ' ' -f "$2" <<<"$stat"
}

# session_facts PID: what the gateway knows of its commands.
session_facts() { ask_gateway sessions | grep -A 1 "process $1," | tail -n 1 | sed 's/^ *//'; }

# dump_threads NAME PID: a JVM writes its stacks when it hears SIGQUIT, and goes on. Who cannot gets the kernel's view of its threads.
dump_threads() {
	local name=$1 pid=$2 log mark until
	log=$(handler_log "$name")
	mark=$(stat -c %s "$log" 2>/dev/null || echo 0)
	note "$(called "$name") (process $pid) is asked for a thread dump (SIGQUIT) in $log"
	kill -QUIT "$pid" 2>/dev/null
	if [ "$(field_of_stat "$pid" 1)" != T ]; then
		until=$((SECONDS + DUMP_SECONDS))
		while [ $SECONDS -le $until ]; do
			tail -c "+$((mark + 1))" "$log" | grep -q '^JNI global refs' && return
			sleep 0.1
		done
		note "$(called "$name") (process $pid) gives no thread dump"
	else
		note "$(called "$name") (process $pid) gives no thread dump: it is stopped (SIGSTOP, or a debugger)"
	fi
	kernel_view "$pid" >>"$log"
}

# kernel_view PID: name, state and place in the kernel of each thread.
kernel_view() {
	local task
	echo "supervisor: threads of process $1 as the kernel sees them:"
	for task in "/proc/$1/task"/*; do
		printf '  %-16s %s %s\n' "$(cat "$task/comm")" "$(field_of_stat "$1/task/${task##*/}" 1)" "$(cat "$task/wchan")"
	done 2>/dev/null
}
