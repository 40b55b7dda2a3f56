// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.DeviceMeters;

/**
 * What a drive counts, for who watches it. They are the numbers of the log pages, so LOG SELECT and a power on set the counters back, which
 * a collector takes for a restart.
 */
final class DriveMeters {
    private DriveMeters() {}

    static void register(DeviceMeters meters, DriveUnit unit) {
        counter(meters, unit, "tape.written.bytes", "Bytes that initiators wrote", Counter.FROM_INITIATOR);
        counter(meters, unit, "tape.read.bytes", "Bytes that initiators read", Counter.TO_INITIATOR);
        counter(meters, unit, "medium.written.bytes", "Bytes written to media, as compressed", Counter.TO_MEDIUM);
        counter(meters, unit, "medium.read.bytes", "Bytes read from media, as compressed", Counter.FROM_MEDIUM);
        counter(meters, unit, "medium.write.errors", "Writes that failed at the medium", Counter.WRITE_FAILED);
        counter(meters, unit, "medium.read.errors", "Reads that failed at the medium", Counter.READ_FAILED);
        counter(meters, unit, "tape.loads", "Cartridges loaded", Counter.LOADS);
        meters.gauge("tape.position", "Logical object that the drive stands in front of", () -> unit.state.position);
        meters.gauge("tape.loaded", "1 if a medium is accessible", () -> unit.state.load == LoadState.LOADED ? 1 : 0);
        meters.gauge("tape.alerts", "TapeAlert flags that are up", () -> Long.bitCount(unit.state.alerts));
    }

    private static void counter(DeviceMeters meters, DriveUnit unit, String name, String description, int counter) {
        meters.counter(name, description, () -> unit.state.counters[counter]);
    }
}
