// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import io.sluice.handler.DeviceMeters;
import io.sluice.handler.kit.LogPage;
import io.sluice.handler.kit.LogParameters;
import java.util.concurrent.atomic.AtomicLong;

/** Commands that failed at the medium: log pages 02h and 03h (SPC-5 7.3.7), and meters. */
final class ErrorCounters {
    private static final int TOTAL_UNCORRECTED = 0x0006;
    private static final int COUNTER_BYTES = 8;

    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong writes = new AtomicLong();

    void readFailed() {
        reads.incrementAndGet();
    }

    void writeFailed() {
        writes.incrementAndGet();
    }

    void register(DeviceMeters meters) {
        meters.counter("medium.read.errors", "Reads that failed at the medium", reads::get);
        meters.counter("medium.write.errors", "Writes that failed at the medium", writes::get);
    }

    LogPage writeErrors() {
        return new Page(0x02, writes);
    }

    LogPage readErrors() {
        return new Page(0x03, reads);
    }

    private record Page(int code, AtomicLong uncorrected) implements LogPage {
        @Override
        public void write(LogParameters out) {
            out.counter(TOTAL_UNCORRECTED, COUNTER_BYTES, uncorrected.get());
        }

        @Override
        public void reset() {
            uncorrected.set(0);
        }
    }
}
