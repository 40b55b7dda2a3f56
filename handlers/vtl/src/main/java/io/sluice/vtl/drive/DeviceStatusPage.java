// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.kit.LogPage;
import io.sluice.handler.kit.LogParameters;

/** DT Device Status log page, 11h (SSC-5 8.2.4): what a library's robot would ask. */
record DeviceStatusPage(DriveUnit unit, Prevention prevention) implements LogPage {
    private static final int PREVENTED = 0x80;
    private static final int COMPRESSES = 0x10;
    private static final int WRITE_PROTECTED = 0x08;
    private static final int INITIALIZED = 0x01;
    private static final int ROBOT_MAY = 0x20;
    private static final int PRESENT = 0x10;
    private static final int SEATED = 0x04;
    private static final int THREADED = 0x02;
    private static final int MOUNTED = 0x01;
    private static final int POLL_MILLIS = 100;

    @Override
    public int code() {
        return 0x11;
    }

    @Override
    public void write(LogParameters out) {
        LoadState load = unit.state.load;
        boolean loaded = unit.loaded() != null;
        int first = (prevention.isPrevented() ? PREVENTED : 0)
                | (unit.compresses() ? COMPRESSES : 0)
                | (loaded && unit.isWriteProtected() ? WRITE_PROTECTED : 0)
                | INITIALIZED;
        int second = (load == LoadState.EMPTY || load == LoadState.EJECTED ? ROBOT_MAY : 0)
                | (load != LoadState.EMPTY ? PRESENT : 0)
                | (load == LoadState.HELD || load == LoadState.LOADED ? SEATED : 0)
                | (loaded ? THREADED | MOUNTED : 0);
        out.list(0, LogParameters.BINARY_LIST, new byte[] {(byte) first, (byte) second, 0, 0});
        out.list(1, LogParameters.BINARY_LIST, new byte[] {0, POLL_MILLIS});
    }
}
