// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.kit.LogPage;
import io.sluice.handler.kit.LogParameters;
import io.sluice.vtl.medium.Cartridge;
import io.sluice.vtl.medium.Partition;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Volume Statistics log page, 17h (SSC-5 8.2.9), of this mount; what a volume has seen in its whole life would have to be kept
 * with it. Capacities are in megabytes, by partition.
 */
record VolumeStatisticsPage(DriveUnit unit) implements LogPage {
    private static final int PAGE_VALID = 0x00;
    private static final int THREADS = 0x01;
    private static final int MOUNT_WRITE_FAILURES = 0x0C;
    private static final int MOUNT_READ_FAILURES = 0x0D;
    private static final int MOUNT_MEGABYTES_WRITTEN = 0x0E;
    private static final int MOUNT_MEGABYTES_READ = 0x0F;
    private static final int WRITE_RATIO = 0x12;
    private static final int READ_RATIO = 0x13;
    private static final int CAPACITY = 0x16;
    private static final int USED = 0x17;
    private static final int BARCODE = 0x42;
    private static final int WRITE_PROTECT = 0x80;
    private static final int WORM = 0x81;
    private static final int PARTITION_CAPACITY = 0x202;
    private static final int PARTITION_USED = 0x203;
    private static final int PARTITION_REMAINING = 0x204;
    private static final int RECORD_BYTES = 7;
    private static final int BARCODE_BYTES = 32;
    private static final long MEGABYTE = 1_000_000;

    @Override
    public int code() {
        return 0x17;
    }

    @Override
    public void write(LogParameters out) {
        Partition medium = unit.loaded();
        Cartridge cartridge = unit.cartridge();
        if (medium == null || cartridge == null) {
            out.counter(PAGE_VALID, 1, 0);
            return;
        }
        long[] counters = unit.state.counters;
        out.counter(PAGE_VALID, 1, 1).counter(THREADS, 4, counters[Counter.THREADS]);
        out.counter(MOUNT_WRITE_FAILURES, 2, counters[Counter.MOUNT_WRITE_FAILED]);
        out.counter(MOUNT_READ_FAILURES, 2, counters[Counter.MOUNT_READ_FAILED]);
        out.counter(MOUNT_MEGABYTES_WRITTEN, 4, counters[Counter.MOUNT_WRITTEN] / MEGABYTE);
        out.counter(MOUNT_MEGABYTES_READ, 4, counters[Counter.MOUNT_READ] / MEGABYTE);
        out.counter(
                WRITE_RATIO,
                2,
                CompressionPage.ratio(counters[Counter.MOUNT_WRITTEN], counters[Counter.MOUNT_TO_MEDIUM]));
        out.counter(
                READ_RATIO,
                2,
                CompressionPage.ratio(counters[Counter.MOUNT_READ], counters[Counter.MOUNT_FROM_MEDIUM]));
        long used = medium.used(medium.objects());
        long left = Math.max(0, unit.zones.earlyWarning(medium) - used);
        out.counter(CAPACITY, 4, medium.capacity() / MEGABYTE).counter(USED, 4, used / MEGABYTE);
        byte[] barcode = new byte[BARCODE_BYTES];
        Arrays.fill(barcode, (byte) ' ');
        byte[] label = cartridge.label().barcode().getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(label, 0, barcode, 0, label.length);
        out.list(BARCODE, LogParameters.ASCII_LIST, barcode);
        out.counter(WRITE_PROTECT, 1, unit.isWriteProtected() ? 1 : 0).counter(WORM, 1, 0);
        partition(out, PARTITION_CAPACITY, medium.capacity());
        partition(out, PARTITION_USED, used);
        partition(out, PARTITION_REMAINING, left);
    }

    private static void partition(LogParameters out, int code, long bytes) {
        long megabytes = bytes / MEGABYTE;
        out.list(code, LogParameters.BINARY_LIST, new byte[] {
            RECORD_BYTES,
            0,
            0,
            0,
            (byte) (megabytes >> 24),
            (byte) (megabytes >> 16),
            (byte) (megabytes >> 8),
            (byte) megabytes
        });
    }
}
