# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The suite of handler death: two initiators (verify-load) write, read and compare on two disks, each of a handler process of its own, while these are killed, restarted
# and stopped. They may see a pause, and nothing else.
#
#   SLUICE_KILLS=100 SLUICE_RESTARTS=20 SLUICE_INTERRUPTIONS=20 SLUICE_STOPS=5 ./sluice test takeover
#
# The judge comes first before a judge itself: an old part of the disk put back behind everybody's back must make it fail.

readonly TAKEOVER_KILLS=${SLUICE_KILLS:-8} TAKEOVER_RESTARTS=${SLUICE_RESTARTS:-3}
readonly TAKEOVER_INTERRUPTIONS=${SLUICE_INTERRUPTIONS:-2} TAKEOVER_STOPS=${SLUICE_STOPS:-1}
readonly LOAD_DEPTH=${SLUICE_LOAD_DEPTH:-8}
readonly STOP_SECONDS=2
readonly SERVE_SECONDS=60 # for a new appliance to serve, on a machine that does other things
readonly TAKEOVER_TARGET=iqn.2026-11.io.sluice:takeover
VERIFY_LOAD=$ROOT/kernel-gateway/build/$VARIANT/verify-load

suite_takeover() {
	install_load_packages
	build_all
	gateway_make "$VARIANT" verify-load >&2 || return 1
	takeover_judge || return 1
	takeover_deaths || return 1
}

# ---- Sluice and the load ----

# takeover_begin: a Sluice with two disks in a home of its own, one through the page cache and one not, and the load on it; sets TAKEOVER_HOME, LOAD_IN, LOAD_PID, LOAD_LOG.
takeover_begin() {
	TAKEOVER_HOME=$(mktemp -d "${TMPDIR:-/tmp}/sluice-takeover.XXXXXX")
	takeover_configuration >"$TAKEOVER_HOME/sluice.toml"
	"$ROOT/sluice" up --detach --home "$TAKEOVER_HOME" --portal 127.0.0.1:0 >"$TAKEOVER_HOME/up.out" 2>&1 || {
		cat "$TAKEOVER_HOME/up.out" >&2
		return 1
	}
	local portal
	portal=$(sed -n 's/^portal //p' "$TAKEOVER_HOME/run/ready" | head -n 1)
	LOAD_LOG=$TAKEOVER_HOME/load.out
	mkfifo "$TAKEOVER_HOME/load.in"
	"$VERIFY_LOAD" --depth "$LOAD_DEPTH" \
		"iscsi://$portal/$TAKEOVER_TARGET/0" "iscsi://$portal/$TAKEOVER_TARGET/1" <"$TAKEOVER_HOME/load.in" >"$LOAD_LOG" 2>&1 &
	LOAD_PID=$!
	exec {LOAD_IN}>"$TAKEOVER_HOME/load.in"
	until grep -q '^running' "$LOAD_LOG"; do
		kill -0 "$LOAD_PID" 2>/dev/null || return 1
		sleep 0.02
	done
}

takeover_configuration() {
	cat <<-TOML
		[gateway]
		portals = ["127.0.0.1:0"]

		[[device]]
		name = "disk"
		type = "vdisk"
		path = "data/disk.img"
		size = "32MiB"

		[[device]]
		name = "direct"
		type = "vdisk"
		backend = "direct"
		path = "data/direct.img"
		size = "16MiB"
		handler = "second"

		[[target]]
		name = "$TAKEOVER_TARGET"

		    [[target.lun]]
		    lun = 0
		    device = "disk"

		    [[target.lun]]
		    lun = 1
		    device = "direct"
	TOML
}

# takeover_end: stops the load, which then reads every block, and Sluice. The status is the load's verdict; its output goes to stdout
# as far as `takeover_summary` does not make one line of many.
takeover_end() {
	local status
	exec {LOAD_IN}>&-
	wait "$LOAD_PID"
	status=$?
	takeover_summary <"$LOAD_LOG"
	"$ROOT/sluice" down --home "$TAKEOVER_HOME" >/dev/null 2>&1
	if grep -E 'ERROR: AddressSanitizer|runtime error:|WARNING: ThreadSanitizer|LeakSanitizer' "$TAKEOVER_HOME/log/sluiced.log"; then
		say "a sanitizer has something to say about the gateway"
		status=3
	fi
	if [ $status -eq "${1:-0}" ]; then
		rm -rf "$TAKEOVER_HOME"
	else
		say "the logs are in $TAKEOVER_HOME/log, the load's report is $LOAD_LOG"
	fi
	return $status
}

# Phases of one kind ("kill 1", "kill 2") become a line: how many, and the longest pause of all.
takeover_summary() {
	awk '
		/^(kill|restart|interruption|stop) [0-9]+:/ {
			for (i = 3; i <= NF; i++) {
				split($i, pair, "=")
				if (pair[1] == "longest_pause_ms") {
					sum[$1] += pair[2]
					if (pair[2] > longest[$1]) longest[$1] = pair[2]
				}
				if (pair[1] == "commands") commands[$1] += pair[2]
			}
			count[$1]++
			next
		}
		{ print }
		END {
			for (kind in count)
				printf "%s: %d times, longest pause %.0f ms, mean pause %.0f ms, %d commands\n",
					kind, count[kind], longest[kind], sum[kind] / count[kind], commands[kind]
		}' | cut -c1-240
}

load_phase() { echo "phase $1" >&"$LOAD_IN"; }

# await_handlers OLD...: until each handler is served by a living process that is none of these.
await_handlers() {
	await_handler '' "$@" && await_handler -second "$@"
}

# await_handler SUFFIX OLD...: the same of one.
await_handler() {
	local until=$((SECONDS + SERVE_SECONDS)) now suffix=$1
	shift
	while [ $SECONDS -lt $until ]; do
		now=$(cat "$TAKEOVER_HOME/run/appliance$suffix.pid" 2>/dev/null)
		[ -n "$now" ] && [[ " $* " != *" $now "* ]] && kill -0 "$now" 2>/dev/null && [ -e "$TAKEOVER_HOME/run/ready$suffix" ] && return
		sleep 0.02
	done
	say "no other process than $* serves as appliance$suffix after $SERVE_SECONDS s"
	tail -n 5 "$TAKEOVER_HOME/log/supervisor.log" "$TAKEOVER_HOME/log/appliance.log" >&2
	return 1
}

# A moment from 0.3 to 1.5 s.
random_moment() { sleep "$(awk -v r=$RANDOM 'BEGIN { printf "%.3f", 0.3 + 1.2 * r / 32768 }')"; }

# ---- what happens to the appliance ----

takeover_deaths() {
	local n old
	takeover_begin || return 1
	sleep 1
	load_phase "quiet"
	for ((n = 1; n <= TAKEOVER_KILLS; n++)); do
		old=$(handler_of_turn $n)
		kill -KILL "$old" || break
		await_handlers "$old" || break
		random_moment
		load_phase "kill $n"
	done
	for ((n = 1; n <= TAKEOVER_RESTARTS; n++)); do
		"$ROOT/sluice" restart handlers --home "$TAKEOVER_HOME" >>"$TAKEOVER_HOME/up.out" 2>&1 || {
			tail -n 5 "$TAKEOVER_HOME/up.out" >&2
			break
		}
		random_moment
		load_phase "restart $n"
	done
	for ((n = 1; n <= TAKEOVER_INTERRUPTIONS; n++)); do
		interrupt_a_restart || break
		random_moment
		load_phase "interruption $n"
	done
	for ((n = 1; n <= TAKEOVER_STOPS; n++)); do
		old=$(handler_of_turn $n)
		kill -STOP "$old" && sleep $STOP_SECONDS && kill -CONT "$old"
		random_moment
		load_phase "stop $n"
	done
	takeover_all_happened
	local happened=$?
	takeover_end 0 && [ $happened -eq 0 ]
}

# handler_of_turn N: the process of the one handler and of the other by turns.
handler_of_turn() {
	if (($1 % 2)); then
		cat "$TAKEOVER_HOME/run/appliance.pid"
	else
		cat "$TAKEOVER_HOME/run/appliance-second.pid"
	fi
}

# Kills the appliance that hands over, the one that takes over, or both, somewhere in a restart; whoever is left or comes next serves.
interrupt_a_restart() {
	local restart jvms victims=()
	"$ROOT/sluice" restart handlers --home "$TAKEOVER_HOME" >>"$TAKEOVER_HOME/up.out" 2>&1 &
	restart=$!
	random_moment
	mapfile -t jvms < <(pgrep -P "$(cat "$TAKEOVER_HOME/run/supervisor.pid")" java)
	# None for a moment between one that ended and one that begins; and any of them may end by itself meanwhile.
	case $((${#jvms[@]} ? RANDOM % 3 : 3)) in
	0) victims=("${jvms[0]}") ;;
	1) victims=("${jvms[-1]}") ;;
	2) victims=("${jvms[@]}") ;;
	esac
	kill -KILL "${victims[@]}" 2>/dev/null
	wait "$restart" # whether it calls that a restart is its own business
	await_handlers "${victims[@]}"
}

# A suite that stopped half-way must not pass for want of violations.
takeover_all_happened() {
	sleep 0.2
	local kind
	for kind in "kill $TAKEOVER_KILLS" "restart $TAKEOVER_RESTARTS" "interruption $TAKEOVER_INTERRUPTIONS" "stop $TAKEOVER_STOPS"; do
		[ "${kind##* }" -eq 0 ] || grep -q "^$kind:" "$LOAD_LOG" || {
			say "only a part of it happened: there is no \"$kind\""
			return 1
		}
	done
}

# ---- the judge ----

# Puts an old state of some blocks back into the disk's file while the load runs: that is a lost write, and the load must say so.
takeover_judge() {
	local image report status
	takeover_begin || return 1
	image=$TAKEOVER_HOME/data/disk.img
	sleep 0.7
	cp "$image" "$TAKEOVER_HOME/old.img"
	sleep 0.7
	dd if="$TAKEOVER_HOME/old.img" of="$image" bs=1M count=8 conv=notrunc status=none
	sleep 0.3
	report=$(mktemp)
	takeover_end 1 >"$report" 2>&1
	status=$?
	if [ $status -eq 1 ] && grep -q 'an older write came back' "$report"; then
		say "planted: $(tail -n 1 "$report")"
		rm -f "$report"
		return
	fi
	cat "$report" >&2
	rm -f "$report"
	say "old data were put into the disk behind the initiators' backs, and the load did not find them"
	return 1
}
