// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.HotPath;
import io.sluice.vtl.medium.Partition;

/**
 * The zones before the end of the partition (SSC-5 4.2.4), in bytes of capacity used. The end is where the capacity is used up, or
 * the storage below a thin cartridge, whichever comes first.
 *
 * <pre>
 *   0                                programmable      early warning      end
 *   |------------------------------------|-----------------|------------------|
 *                                         PEWS megabytes     a 64th of the capacity, 64 MiB to 1 GiB, a quarter at most
 * </pre>
 */
final class Zones {
    private static final long MEGABYTE = 1_000_000;
    private static final long SHORTEST = 64L << 20;
    private static final long LONGEST = 1L << 30;

    private int programmed;

    /** PEWS of the Device Configuration Extension page: megabytes, 0 for none. */
    void program(int megabytes) {
        programmed = megabytes;
    }

    @HotPath
    boolean isProgrammed() {
        return programmed != 0;
    }

    /** From so many bytes on, every command that writes warns. */
    @HotPath
    long earlyWarning(Partition medium) {
        long capacity = medium.capacity();
        long end = Math.min(capacity, medium.used(medium.objects()) + medium.room());
        return Math.max(0, end - Math.min(Math.clamp(capacity / 64, SHORTEST, LONGEST), capacity / 4));
    }

    /** Where the zone begins that the initiator asked for. */
    @HotPath
    long programmableEarlyWarning(Partition medium) {
        return Math.max(0, earlyWarning(medium) - programmed * MEGABYTE);
    }

    /** EOP: at or behind early warning. */
    boolean isPastEarlyWarning(Partition medium, long position) {
        return medium.used(position) >= earlyWarning(medium);
    }

    /** BPEW: in the programmable early warning zone, which reaches to the end. */
    boolean isPastProgrammable(Partition medium, long position) {
        return isProgrammed() && medium.used(position) >= programmableEarlyWarning(medium);
    }
}
