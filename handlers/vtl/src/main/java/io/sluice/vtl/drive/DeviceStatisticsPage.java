// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.kit.LogPage;
import io.sluice.handler.kit.LogParameters;
import java.nio.charset.StandardCharsets;

/** Device Statistics log page, 14h (SSC-5 8.2.7). */
record DeviceStatisticsPage(DriveUnit unit, DriveSettings settings, Prevention prevention) implements LogPage {
    private static final int LOADS = 0x00;
    private static final int CLEANINGS = 0x01;
    private static final int POWER_CYCLES = 0x0C;
    private static final int LOADS_SINCE_RESET = 0x0D;
    private static final int WRITE_FAILURES = 0x0E;
    private static final int READ_FAILURES = 0x0F;
    private static final int MANUFACTURERS_SERIAL = 0x40;
    private static final int SERIAL = 0x41;
    private static final int REMOVAL_PREVENTED = 0x80;

    @Override
    public int code() {
        return 0x14;
    }

    @Override
    public void write(LogParameters out) {
        long[] counters = unit.state.counters;
        byte[] serial = settings.serial().getBytes(StandardCharsets.US_ASCII);
        out.counter(LOADS, 4, counters[Counter.LOADS]).counter(CLEANINGS, 4, 0);
        out.counter(POWER_CYCLES, 4, counters[Counter.POWER_CYCLES]);
        out.counter(LOADS_SINCE_RESET, 4, counters[Counter.LOADS_SINCE_RESET]);
        out.counter(WRITE_FAILURES, 4, counters[Counter.WRITE_FAILED]);
        out.counter(READ_FAILURES, 4, counters[Counter.READ_FAILED]);
        out.list(MANUFACTURERS_SERIAL, LogParameters.ASCII_LIST, serial);
        out.list(SERIAL, LogParameters.ASCII_LIST, serial);
        out.counter(REMOVAL_PREVENTED, 1, prevention.isPrevented() ? 1 : 0);
    }

    @Override
    public void reset() {
        unit.state.counters[Counter.LOADS_SINCE_RESET] = 0;
    }
}
