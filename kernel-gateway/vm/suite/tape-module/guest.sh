#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# In the guest: the parts of suite tape, on the devices that sluice.ko makes.
TRANSPORT=module exec bash "$VM/suite/tape/guest.sh"
