/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "abi_dump.h"

int main(void)
{
	abi_dump(stdout);
	return fflush(stdout) == 0 ? 0 : 1;
}
