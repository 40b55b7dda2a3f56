# SPDX-License-Identifier: Apache-2.0
#
# Judges which lines of kernel-gateway/core are reached.
#
#   awk -f coverage.awk unreached.txt GCOV
#
# GCOV is what `llvm-cov gcov -t` says of all objects; a header's lines are in it once for each object
# that includes it. unreached.txt has paragraphs: a reason, each line of it after "# ", then the lines
# that it is for, as "file.c:function: text of the line". With "~ " before it a line may be reached or not.

function trimmed(text) {
	gsub(/^[ \t]+|[ \t]+$/, "", text)
	return text
}

FILENAME != last_file {
	last_file = FILENAME
	files++
}

files == 1 && /^#/ {
	reasoned = 1
	next
}

files == 1 && NF == 0 {
	reasoned = 0
	next
}

files == 1 {
	if (!reasoned) {
		print "unreached.txt:" FNR ": no reason (\"# ...\") is given for: " $0
		wrong++
	}
	if (sub(/^~ /, ""))
		either[$0] = 1
	named[$0] = FNR
	next
}

/^ *-: +0:/ {
	if (/:0:Source:|: +0:Source:/) {
		file = $0
		sub(/.*Source:/, "", file)
		ours = sub(/^core\//, "", file)
		name = ""
	}
	next
}

ours {
	split($0, part, ":")
	count = trimmed(part[1])
	number = trimmed(part[2]) + 0
	text = $0
	sub(/^[^:]*:[^:]*:/, "", text)
	# A function begins in the first column, with its name before the first bracket.
	if (text ~ /^[a-z].*\(/ && text !~ /;$/) {
		name = text
		sub(/\(.*/, "", name)
		sub(/.*[ *]/, "", name)
	}
	if (count == "-")
		next
	at = file SUBSEP number
	if (!(at in reached)) {
		reached[at] = 0
		order[++n] = at
		called[at] = file ":" name ": " trimmed(text)
	}
	if (count !~ /^#/)
		reached[at] = 1
}

END {
	for (i = 1; i <= n; i++) {
		split(order[i], place, SUBSEP)
		all[place[1]]++
		if (reached[order[i]]) {
			hit[place[1]]++
			hits++
			continue
		}
		line = called[order[i]]
		if (line in named) {
			excused[line] = 1
			known++
		} else {
			print "not reached: core/" place[1] ":" place[2] ": " line
			wrong++
		}
	}
	for (line in named) {
		if (!(line in excused) && !(line in either)) {
			print "unreached.txt:" named[line] ": reached, or gone: " line
			wrong++
		}
	}
	for (file in all)
		printf "%6.1f%% %5d of %5d lines of core/%s\n", 100 * hit[file] / all[file], hit[file], all[file], file | "sort -n"
	close("sort -n")
	printf "%d of %d lines of core/ reached, %d named as unreachable\n", hits, n, known
	exit wrong > 0
}
