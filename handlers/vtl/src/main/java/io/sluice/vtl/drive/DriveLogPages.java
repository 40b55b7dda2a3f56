// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.DeviceContext;
import io.sluice.handler.kit.LogPages;
import io.sluice.handler.kit.LogParameters;
import io.sluice.vtl.medium.Partition;

/** Log pages of a drive (SSC-5 8.2, and IBM's 31h and 32h): only what is counted, so a parameter that is not here is not known. */
final class DriveLogPages {
    private static final int ERROR_BYTES = 0x05;
    private static final int ERRORS_UNCORRECTED = 0x06;
    private static final long MEBIBYTE = 1L << 20;

    private DriveLogPages() {}

    static LogPages open(DeviceContext context, DriveUnit unit, DriveSettings settings, Prevention prevention) {
        return new LogPages(
                context,
                errors(unit, 0x02, Counter.ERROR_PAGE_WRITTEN, Counter.ERROR_PAGE_WRITE_FAILED),
                errors(unit, 0x03, Counter.ERROR_PAGE_READ, Counter.ERROR_PAGE_READ_FAILED),
                new SequentialAccessPage(unit),
                new DeviceStatusPage(unit, prevention),
                CountedPage.of(0x12, out -> out.counter(0, 8, unit.alerts.all())),
                new DeviceStatisticsPage(unit, settings, prevention),
                new VolumeStatisticsPage(unit),
                new CompressionPage(unit, 0x1B),
                CountedPage.of(0x2E, out -> alerts(out, unit.alerts)),
                CountedPage.of(0x31, out -> capacity(out, unit)),
                new CompressionPage(unit, 0x32));
    }

    private static CountedPage errors(DriveUnit unit, int code, int bytes, int failed) {
        long[] counters = unit.state.counters;
        return new CountedPage(
                code,
                out -> {
                    for (int corrected = 0; corrected < ERROR_BYTES; corrected++) {
                        out.counter(corrected, 4, 0);
                    }
                    out.counter(ERROR_BYTES, 8, counters[bytes]);
                    out.counter(ERRORS_UNCORRECTED, 4, counters[failed]);
                },
                () -> {
                    counters[bytes] = 0;
                    counters[failed] = 0;
                });
    }

    /** TapeAlert: who has read the flags has lowered them (SSC-5 4.2.20). */
    private static void alerts(LogParameters out, TapeAlerts alerts) {
        for (int flag = 1; flag <= TapeAlerts.FLAGS; flag++) {
            out.counter(flag, 1, alerts.isUp(flag) ? 1 : 0);
        }
        alerts.clear();
    }

    /** Tape capacity (IBM): MiB that remain and that there are, partition 0 and 1. */
    private static void capacity(LogParameters out, DriveUnit unit) {
        Partition medium = unit.loaded();
        long all = medium == null ? 0 : medium.capacity();
        long used = medium == null ? 0 : medium.used(medium.objects());
        out.counter(1, 4, Math.max(0, all - used) / MEBIBYTE).counter(2, 4, 0);
        out.counter(3, 4, all / MEBIBYTE).counter(4, 4, 0);
    }
}
