// SPDX-License-Identifier: Apache-2.0
/** The SCSI disk: a plugin like anybody's. */
module io.sluice.vdisk {
    requires io.sluice.posix;
    requires transitive io.sluice.handler;
    requires org.jspecify;
    requires org.slf4j;

    exports io.sluice.vdisk;

    provides io.sluice.handler.DeviceProvider with
            io.sluice.vdisk.VdiskProvider;
}
