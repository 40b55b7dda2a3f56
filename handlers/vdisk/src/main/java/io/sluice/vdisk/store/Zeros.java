// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk.store;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Zeros to copy from: unlike {@code asSlice(...).fill(0)} this makes no object. */
final class Zeros {
    static final int BYTES = 1 << 20;
    /** Aligned for O_DIRECT. */
    static final MemorySegment SEGMENT = Arena.global().allocate(BYTES, 4096);

    private Zeros() {}

    static void fill(MemorySegment data, long at, long length) {
        for (long done = 0; done < length; ) {
            long n = Math.min(BYTES, length - done);
            MemorySegment.copy(SEGMENT, 0, data, at + done, n);
            done += n;
        }
    }

    /** Writes zeros the slow way, for stores whose medium has no quicker one. */
    static long write(BlockStore store, long offset, long length) {
        for (long done = 0; done < length; ) {
            int n = (int) Math.min(BYTES, length - done);
            long outcome = store.write(offset + done, SEGMENT, 0, n, false);
            if (!Outcome.isOk(outcome)) {
                return Outcome.after(done, outcome);
            }
            done += n;
        }
        return Outcome.OK;
    }
}
