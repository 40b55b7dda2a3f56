# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
# In the guest: what the kernel complains of. With the debug kernel that is what KASAN, lockdep, UBSAN, kmemleak and its other detectors see;
# a stock one has a few of them.

# Every report of theirs has one of these lines, most of them a stack.
readonly KERNEL_COMPLAINTS='BUG|WARNING|Oops|Call Trace|general protection|hung task|blocked for more than|soft lockup|rcu.*stall|possible .*deadlock|UBSAN|KASAN|kmemleak: [0-9]|ODEBUG|double free|trying to register non-static key|locking correctness validator'

# kernel_silent: succeeds when the kernel has complained of nothing since the start (or the last kernel_heard), and lockdep still looks:
# at its first complaint it turns itself off.
kernel_silent() {
	dmesg | tail -n "+$((${KERNEL_HEARD:-0} + 1))" >/run/dmesg
	fails 1 grep -E "$KERNEL_COMPLAINTS" /run/dmesg || return 1
	[ ! -e /proc/lockdep_stats ] || shows 'debug_locks: +1$' cat /proc/lockdep_stats
}

# kernel_heard: what the kernel has said so far was expected.
kernel_heard() { KERNEL_HEARD=$(dmesg | wc -l); }

# unloads SECONDS MODULE: within that time. Where its functions were is kept for nothing_leaked: leaks show only when it is gone.
unloads() {
	grep '\[sluice' /proc/kallsyms | sort >>/run/symbols
	soon "$1" rmmod "$2"
}

# with_names: backtraces with the names of a module's functions that is gone.
with_names() {
	awk '
		# Addresses have one width: they compare as words do.
		FNR == NR { at[++n] = $1; name[n] = $3; next }
		$2 ~ /^0xffffffff[0-9a-f]+$/ {
			found = ""
			for (i = 1; i <= n && at[i] <= substr($2, 3); i++) found = name[i]
			if (found != "") $0 = "    " $1 " " found " [sluice, unloaded]"
		}
		{ print }' /run/symbols "$1"
}

# nothing_leaked: succeeds when kmemleak finds nothing, or is not in this kernel. It looks twice, for it sees an object that has just
# been moved as lost, too.
nothing_leaked() {
	local leaks=/sys/kernel/debug/kmemleak
	[ -w $leaks ] || return 0
	echo scan >$leaks
	sleep 6
	echo scan >$leaks
	cat $leaks >/run/leaks
	[ -s /run/leaks ] || return 0
	touch /run/symbols
	with_names /run/leaks >/run/leaks.named
	echo "$(grep -c '^unreferenced' /run/leaks) objects, $(grep -c 'sluice, unloaded' /run/leaks.named) frames of theirs are ours"
	cat /run/leaks.named
	return 1
}
