// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store.format;

import java.io.IOException;

/** Version and feature bits, which the head of every part has, and what to do about those of tomorrow. */
public final class Features {
    public static final int VERSION = 1;
    /** Several partitions; reserved. */
    public static final int PARTITIONS = 0x1;
    /** Blocks are encrypted; reserved. */
    public static final int ENCRYPTION = 0x2;
    /** Written once; reserved. */
    public static final int WORM = 0x4;

    private static final int KNOWN = 0;

    private Features() {}

    /** Refuses what this version would read wrongly. */
    static void check(String what, long version, long incompatible) throws IOException {
        if (version != VERSION) {
            throw new IOException(what + " has format version " + version + " and this release knows " + VERSION
                    + ": use the release that wrote it, or a newer one");
        }
        if ((incompatible & ~KNOWN) != 0) {
            throw new IOException(what + " needs format features 0x" + Long.toHexString(incompatible & ~KNOWN)
                    + " that this release does not know: use the release that wrote it, or a newer one");
        }
    }
}
