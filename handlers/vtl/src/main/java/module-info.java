// SPDX-License-Identifier: Apache-2.0
/** The virtual tape library: drives, media changer and the cartridge store; a plugin like anybody's. */
module io.sluice.vtl {
    requires com.github.luben.zstd_jni;
    requires io.sluice.posix;
    requires transitive io.sluice.handler;
    requires org.jspecify;
    requires org.slf4j;

    exports io.sluice.vtl.changer;
    exports io.sluice.vtl.drive;
    exports io.sluice.vtl.library;
    exports io.sluice.vtl.medium;
    exports io.sluice.vtl.store;

    provides io.sluice.handler.DeviceGroupProvider with
            io.sluice.vtl.operation.LibraryGroupProvider;
    provides io.sluice.handler.DeviceProvider with
            io.sluice.vtl.changer.ChangerProvider,
            io.sluice.vtl.drive.TapeDriveProvider;
}
