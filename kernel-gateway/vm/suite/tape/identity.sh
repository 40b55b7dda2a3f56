# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
# What the devices say they are: lsscsi and sg_* tools on the changer and the drives, with a cartridge and without.

# all_pages DEVICE: each vital product data page that page 00 lists decodes.
all_pages() {
	local page pages
	read -ra pages <<<"$(sg_raw -b -r 255 "$1" 12 01 00 00 ff 00 2>/dev/null | od -An -v -w255 -tx1)"
	[ ${#pages[@]} -gt 5 ] || return 1
	for page in "${pages[@]:4}"; do
		sg_vpd --page="0x$page" "$1" || return 1
	done
}

# answer DEVICE LENGTH CDB...: what it answers, as text.
answer() {
	sg_raw -b -r "$2" "$1" "${@:3}" 2>/dev/null | tr -c '[:print:]' '.'
	echo
}

# padded WIDTH TEXT: with spaces behind it.
padded() { printf "%-$1s" "$2"; }

# attributes: WRITE ATTRIBUTE's list: application vendor, user medium text label.
attributes() {
	printf '\0\0\0\262\10\0\1\0\10%s\10\3\2\0\240%s' "$(padded 8 SLUICE)" "$(padded 160 'a tape of ours')"
}

# looks_for TEMPLATE: SEND VOLUME TAG, all elements, and what REQUEST VOLUME ELEMENT ADDRESS then has, as text.
looks_for() {
	{
		printf '%s' "$1"
		head -c $((40 - ${#1})) /dev/zero
	} >/run/template
	sg_raw -s 40 -i /run/template "$(changer)" b6 00 00 00 00 05 00 00 00 28 00 00 || return 1
	answer "$(changer)" 1024 b5 10 00 00 ff ff 00 00 04 00 00 00
}

describe() {
	local name=$1 device=$2
	check "$name: INQUIRY" shows "$3" sg_inq "$device"
	check "$name: its serial number" shows "$4" sg_vpd --page=sn "$device"
	check "$name: vital product data" sg_vpd -a "$device"
	check "$name: each page that is listed decodes" all_pages "$device"
	check "$name: REPORT LUNS names three" shows 'Lun list length = 24 ' sg_luns --decode "$device"
	check "$name: log pages" sg_logs -a "$device"
	check "$name: mode pages" sg_modes -a "$device"
	check "$name: operation codes" shows "$5" sg_opcodes "$device"
	check "$name: TEST UNIT READY" fails "$6" sg_turs "$device"
	check "$name: REQUEST SENSE" sg_requests "$device"
	check "$name: self-test" sg_senddiag -t "$device"
}

lsscsi -g
check "lsscsi lists the changer" shows 'mediumx +IBM +03584L32 .*/dev/sch' lsscsi
check "and the drives" shows 'tape +IBM +ULT3580-TD8 .*/dev/st' lsscsi
serial=$(ask sluice library show | sed -n 's/^serial  *//p')
describe changer "$(changer)" 'Product identification: 03584L32' "Unit serial number: $serial" 'Move medium' 0
for n in 1 2; do
	describe "drive $n, empty" "$(drive $n)" 'Product identification: ULT3580-TD8' "Unit serial number: ${serial%??}0$n" 'Write filemarks\(6\)' 2
done
check "VTL001L8 goes into drive 1" in_drive VTL001L8
describe "drive 1, loaded" "$(drive 1)" 'Product identification: ULT3580-TD8' "Unit serial number: ${serial%??}01" 'Write\(6\)' 0
check "mtx knows what it is" shows "^Product Type: Medium Changer" library inquiry
check "READ ELEMENT STATUS with DVCID names drive 1" shows "ULT3580-TD8 +${serial%??}01" answer "$(changer)" 188 b8 14 01 01 00 02 01 00 10 00 00 00
check "densities: the drive's" shows 'U-732.*U-832' answer "$(drive 1)" 1024 44 00 00 00 00 00 00 04 00 00
check "densities: the cartridge's" shows 'U-832' answer "$(drive 1)" 1024 44 01 00 00 00 00 00 04 00 00
check "attributes: the cartridge is Sluice's" shows 'Medium manufacturer: SLUICE' sg_read_attr "$(drive 1)"
check "  its bar code" shows 'Volume identifier: VTL001L8 ' sg_read_attr "$(drive 1)"
check "  loaded once" shows 'Load count: 1$' sg_read_attr "$(drive 1)"
check "  by this drive" shows "at last load: IBM     ${serial%??}01" sg_read_attr "$(drive 1)"
check "  12 TB in MiB" shows 'Maximum capacity in partition \[MiB\]: 11444091$' sg_read_attr "$(drive 1)"
check "  one partition" shows 'Number of partitions available: 1' sg_read_attr --sa=pl "$(drive 1)"
check "  some that could be there are not" shows 'Application name' sg_read_attr --sa=sa "$(drive 1)"
attributes >/run/attributes
check "a host writes two" sg_raw -s 182 -i /run/attributes "$(drive 1)" 8d 00 00 00 00 00 00 00 00 00 00 00 00 b6 00 00
check "half an attribute is refused" fails 5 sg_raw -s 180 -i /run/attributes "$(drive 1)" 8d 00 00 00 00 00 00 00 00 00 00 00 00 b4 00 00
check "SET CAPACITY to a half" sg_raw "$(drive 1)" 0b 00 00 80 00 00
check "  which the medium says" shows 'Maximum capacity in partition \[MiB\]: 5722133$' sg_read_attr "$(drive 1)"
take_out 1
check "it comes back" in_drive VTL001L8
check "  with what the host wrote" shows 'User medium text label: a tape of ours' sg_read_attr "$(drive 1)"
check "  and half of its capacity" shows 'Maximum capacity in partition \[MiB\]: 5722133$' sg_read_attr "$(drive 1)"
check "  loaded twice" shows 'Load count: 2$' sg_read_attr "$(drive 1)"
check "SET CAPACITY to all" sg_raw "$(drive 1)" 0b 00 00 ff ff 00
check "  which the medium says" shows 'Maximum capacity in partition \[MiB\]: 11444091$' sg_read_attr "$(drive 1)"
check "a cartridge is found by its bar code" shows 'VTL003L8' looks_for VTL003L8
check "  by a template" shows 'VTL001L8.*VTL002L8.*VTL008L8' looks_for 'VTL*'
check "  and no other" fails 1 shows 'VTL001L8' looks_for 'VTL00?L9'
check "block limits" shows '00 ff ff ff 00 01' sg_raw -r 6 "$(drive 1)" 05 00 00 00 00 00
take_out 1
