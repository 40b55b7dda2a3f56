// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.cli;

/** Exit statuses, as {@code sysexits.h} has them where it has any. */
public final class ExitStatus {
    public static final int OK = 0;
    public static final int FAILED = 1;
    /** The command line is wrong; picocli's own value. */
    public static final int USAGE = 2;
    /** `status`: nothing runs here (the value that init scripts use for it). */
    public static final int NOT_RUNNING = 3;
    /** The gateway or a portal is not to be had. */
    public static final int UNAVAILABLE = 69;
    /** An error in the program. */
    public static final int INTERNAL = 70;
    /** The gateway went away; started again, it may work. */
    public static final int GATEWAY_LOST = 75;
    /** The configuration is wrong. */
    public static final int CONFIGURATION = 78;

    private ExitStatus() {}
}
