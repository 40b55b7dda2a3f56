// SPDX-License-Identifier: Apache-2.0
/** What a device author sees (SPI, SCSI vocabulary, device-server kit) and the ring runtime below it. */
@SuppressWarnings("module") // the friends of runtime and ring are compiled later
module io.sluice.handler {
    requires org.jctools.core.jdk11;
    requires transitive micrometer.core;
    requires org.slf4j;
    requires transitive org.jspecify;

    exports io.sluice.scsi;
    exports io.sluice.handler;
    exports io.sluice.handler.kit;
    exports io.sluice.handler.testing;
    exports io.sluice.ring to
            io.sluice.bench;
    exports io.sluice.runtime to
            io.sluice.appliance,
            io.sluice.bench;

    uses io.sluice.handler.DeviceGroupProvider;
    uses io.sluice.handler.DeviceProvider;
}
