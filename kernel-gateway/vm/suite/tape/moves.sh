# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
# MOVES random commands of mtx against a model: what was where is in AT, by the places' names, slots 1 and up (mail slots behind the others)
# and drives d0 and up; SOURCE is the slot that a cartridge was in last, mail slots not counted (SMC-3 6.11.5).
# Each tenth time, and at the end, mtx status has to say the same.

declare -A AT=() SOURCE=()
COMMAND=() SLOTS=0 STORAGE=0 DRIVES=0

# seen: mtx status in the model's words, a line for each place that has a cartridge.
seen() {
	library status | sed -n -e 's/^Data Transfer Element \([0-9]*\):Full (Storage Element \([0-9]*\) Loaded):VolumeTag = \([^ ]*\) *$/d\1 \3 \2/p' \
		-e 's/^ *Storage Element \([0-9]*\)[^:]*:Full *:VolumeTag=\([^ ]*\) *$/\1 \2/p' | sort
}

# told_source PLACE: the slot that mtx names for the cartridge in a drive. 1 when something else is in it, or it is another drive's, too: then mtx
# makes an empty one up.
told_source() {
	local slot=${SOURCE[${AT[$1]}]} other
	[ -z "${AT[$slot]:-}" ] || return 1
	for other in "${!AT[@]}"; do
		[[ $other != d* || $other == "$1" || ${SOURCE[${AT[$other]}]} != "$slot" ]] || return 1
	done
	echo "$slot"
}

modelled() {
	local place
	for place in "${!AT[@]}"; do
		case $place in
		d*) echo "$place ${AT[$place]} $(told_source "$place" || echo '?')" ;;
		*) echo "$place ${AT[$place]}" ;;
		esac
	done | sort
}

# learn: the model begins with what is there.
learn() {
	local place barcode from head
	head=$(library status | head -n 1)
	[[ $head =~ :([0-9]+)\ Drives,\ ([0-9]+)\ Slots\ \(\ ([0-9]+)\ Import ]] || return 1
	DRIVES=${BASH_REMATCH[1]} SLOTS=${BASH_REMATCH[2]} STORAGE=$((SLOTS - BASH_REMATCH[3]))
	while read -r place barcode from; do
		settle "$barcode" "$place"
		[ -z "$from" ] || SOURCE[$barcode]=$from
	done < <(seen)
}

# plan: sets COMMAND, and LEGAL and the model's change of it.
plan() {
	local a=$((RANDOM % SLOTS + 1)) b=$((RANDOM % SLOTS + 1)) d=$((RANDOM % DRIVES)) full=("${!AT[@]}")
	# Mostly from where something is.
	[ $((RANDOM % 8)) -eq 0 ] || a=${full[RANDOM % ${#full[@]}]}
	[ "$a" != "$b" ] || b=$((a % SLOTS + 1)) # to itself: mtx refuses what SMC-3 does not
	LEGAL=yes
	case $a:$((RANDOM % 4)) in
	d*:[01]) # back where it came from
		d=${a#d} b=${SOURCE[${AT[$a]}]}
		COMMAND=(unload "$b" "$d")
		;;
	d*)
		d=${a#d}
		COMMAND=(unload "$b" "$d")
		;;
	*:0)
		COMMAND=(exchange "$a" "$b")
		exchange_planned "$a" "$b"
		return
		;;
	*:1)
		COMMAND=(transfer "$a" "$b")
		move_planned "$a" "$b"
		return
		;;
	*)
		COMMAND=(load "$a" "$d")
		move_planned "$a" "d$d"
		return
		;;
	esac
	move_planned "d$d" "$b"
}

move_planned() {
	local barcode=${AT[$1]:-}
	if [ -z "$barcode" ] || [ -n "${AT[$2]:-}" ]; then
		LEGAL=''
		return
	fi
	unset "AT[$1]"
	settle "$barcode" "$2"
}

# settle BARCODE PLACE
settle() {
	AT[$2]=$1
	[[ $2 == d* ]] || [ "$2" -gt $STORAGE ] || SOURCE[$1]=$2
}

exchange_planned() {
	local one=${AT[$1]:-} other=${AT[$2]:-}
	if [ -z "$one" ] || [ -z "$other" ]; then
		LEGAL=''
		return
	fi
	settle "$other" "$1"
	settle "$one" "$2"
}

# equal: but for what mtx makes up.
equal() {
	local up=() place
	for place in "${!AT[@]}"; do
		if [[ $place == d* ]] && ! told_source "$place" >/dev/null; then up+=(-e "s/^\\($place [^ ]*\\) .*/\\1 ?/"); fi
	done
	diff <(modelled) <(seen | sed -e '' "${up[@]}")
}

# play N: that many; returns 1 at the first that differs, having said what led there.
play() {
	local n last=()
	RANDOM=$SEED
	for ((n = 1; n <= $1; n++)); do
		plan
		last+=("${COMMAND[*]}${LEGAL:+, legal}")
		[ ${#last[@]} -le 12 ] || last=("${last[@]:1}")
		if library "${COMMAND[@]}" >/run/mtx 2>&1; then
			[ -n "$LEGAL" ] || break
			MOVED=$((MOVED + 1))
		else
			[ -z "$LEGAL" ] || break
			REFUSED_MOVES=$((REFUSED_MOVES + 1))
		fi
		if [ $((n % 10)) -eq 0 ] || [ "$n" -eq "$1" ]; then equal || break; fi
	done
	[ "$n" -gt "$1" ] && return
	printf '%s\n' "seed $SEED, move $n; the last were:" "${last[@]}" "mtx said:"
	cat /run/mtx
	return 1
}

take_out 1
take_out 2
learn
MOVED=0 REFUSED_MOVES=0
started=$SECONDS
check "the model begins with ${#AT[@]} cartridges, $DRIVES drives, $STORAGE slots and $((SLOTS - STORAGE)) mail slots" equal
# shellcheck disable=SC2153 # MOVES is host.sh's
check "$MOVES random commands of mtx leave the library as the model has it" play "$MOVES"
echo "         $MOVED moved, $REFUSED_MOVES refused, in $((SECONDS - started)) s"
check "each cartridge is known to the operator" ask sluice tape list
