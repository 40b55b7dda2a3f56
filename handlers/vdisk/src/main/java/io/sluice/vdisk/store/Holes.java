// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk.store;

import io.sluice.posix.NativeFile;
import java.io.IOException;

/** Finds a file's holes (lseek(2), SEEK_HOLE and SEEK_DATA). */
final class Holes {
    private Holes() {}

    static Extent extentAt(NativeFile file, long offset, long size) throws IOException {
        long data = file.nextData(offset);
        if (data < 0 || data >= size) {
            return new Extent(offset, size - offset, false);
        }
        if (data > offset) {
            return new Extent(offset, data - offset, false);
        }
        long hole = file.nextHole(offset);
        // A write between the two calls can fill the hole that was there; then the data reaches at least to its end.
        long end = hole < 0 ? size : Math.min(Math.max(hole, offset + 1), size);
        return new Extent(offset, end - offset, true);
    }
}
