// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.kit.LogPage;
import io.sluice.handler.kit.LogParameters;
import io.sluice.vtl.medium.Partition;

/** Sequential Access Device log page, 0Ch (SSC-5 8.2.3): bytes both ways, and megabytes of native capacity while loaded. */
record SequentialAccessPage(DriveUnit unit) implements LogPage {
    private static final long MEGABYTE = 1_000_000;
    private static final int CLEANING_REQUESTED = 0x100;

    @Override
    public int code() {
        return 0x0C;
    }

    @Override
    public void write(LogParameters out) {
        long[] counters = unit.state.counters;
        for (int i = 0; i < 4; i++) {
            out.counter(i, 8, counters[Counter.FROM_INITIATOR + i]);
        }
        Partition medium = unit.loaded();
        if (medium != null) {
            long warning = unit.zones.earlyWarning(medium);
            out.counter(4, 4, medium.used(medium.objects()) / MEGABYTE);
            out.counter(5, 4, warning / MEGABYTE);
            out.counter(6, 4, (medium.capacity() - warning) / MEGABYTE);
            out.counter(7, 4, medium.used(unit.state.position) / MEGABYTE);
        }
        out.counter(CLEANING_REQUESTED, 4, 0);
    }

    @Override
    public void reset() {
        for (int i = 0; i < 4; i++) {
            unit.state.counters[Counter.FROM_INITIATOR + i] = 0;
        }
    }
}
