// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.kit.LogPage;
import io.sluice.handler.kit.LogParameters;

/**
 * Data Compression log page, 1Bh (SSC-5 8.2.10), and IBM's older 32h with the same parameters: ratios in hundredths, and each
 * number of bytes as megabytes and what is left of one.
 */
record CompressionPage(DriveUnit unit, int code) implements LogPage {
    private static final int READ_RATIO = 0x00;
    private static final int WRITE_RATIO = 0x01;
    private static final int TO_INITIATOR = 0x02;
    private static final int FROM_MEDIUM = 0x04;
    private static final int FROM_INITIATOR = 0x06;
    private static final int TO_MEDIUM = 0x08;
    private static final int ENABLED = 0x100;
    private static final int STANDARD = 0x1B;
    private static final long MEGABYTE = 1_000_000;
    private static final long LARGEST_RATIO = 0xFFFF;

    /** Hundredths; 0 if nothing is on the medium. */
    static long ratio(long bytes, long onMedium) {
        return onMedium == 0 ? 0 : Math.min(LARGEST_RATIO, Math.round(100.0 * bytes / onMedium));
    }

    @Override
    public void write(LogParameters out) {
        long[] counters = unit.state.counters;
        long toInitiator = counters[Counter.COMPRESSION_TO_INITIATOR];
        long fromMedium = counters[Counter.COMPRESSION_FROM_MEDIUM];
        long fromInitiator = counters[Counter.COMPRESSION_FROM_INITIATOR];
        long toMedium = counters[Counter.COMPRESSION_TO_MEDIUM];
        out.counter(READ_RATIO, 2, ratio(toInitiator, fromMedium));
        out.counter(WRITE_RATIO, 2, ratio(fromInitiator, toMedium));
        bytes(out, TO_INITIATOR, toInitiator);
        bytes(out, FROM_MEDIUM, fromMedium);
        bytes(out, FROM_INITIATOR, fromInitiator);
        bytes(out, TO_MEDIUM, toMedium);
        if (code == STANDARD) {
            out.counter(ENABLED, 1, unit.compresses() ? 1 : 0);
        }
    }

    private static void bytes(LogParameters out, int parameter, long bytes) {
        out.counter(parameter, 4, bytes / MEGABYTE).counter(parameter + 1, 4, bytes % MEGABYTE);
    }

    @Override
    public void reset() {
        for (int i = 0; i < 4; i++) {
            unit.state.counters[Counter.COMPRESSION_FROM_INITIATOR + i] = 0;
        }
    }
}
