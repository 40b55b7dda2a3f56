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
check "sg_read_attr or an error that is clear" fails 9 sg_read_attr "$(drive 1)" # READ ATTRIBUTE is not there: invalid opcode
check "block limits" shows '00 ff ff ff 00 01' sg_raw -r 6 "$(drive 1)" 05 00 00 00 00 00
take_out 1
