// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import io.sluice.handler.HotPath;

/** Those mode parameters that reads and writes look at, as fields that cost one load. */
final class CacheAndProtection {
    private volatile boolean writeCacheEnabled;
    private volatile boolean readCacheDisabled;
    private volatile boolean softwareWriteProtected;

    /** WCE of the Caching mode page (SBC-4 6.5.6). */
    @HotPath
    boolean isWriteCacheEnabled() {
        return writeCacheEnabled;
    }

    /** RCD of the Caching mode page. */
    @HotPath
    boolean isReadCacheDisabled() {
        return readCacheDisabled;
    }

    /** SWP of the Control mode page (SPC-5 7.5.10). */
    @HotPath
    boolean isSoftwareWriteProtected() {
        return softwareWriteProtected;
    }

    void set(boolean wce, boolean rcd, boolean swp) {
        writeCacheEnabled = wce;
        readCacheDisabled = rcd;
        softwareWriteProtected = swp;
    }
}
