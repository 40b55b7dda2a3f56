// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

/** Kinds of storage; the configuration's {@code backend} names one in lower case. */
enum Backend {
    /** A file or block device through the page cache. */
    FILE,
    /** The same without the page cache (O_DIRECT). */
    DIRECT,
    /** Reads zeros, discards writes. */
    NULL,
    /** Memory; its content ends with the process. */
    RAM;

    boolean hasPath() {
        return this == FILE || this == DIRECT;
    }
}
