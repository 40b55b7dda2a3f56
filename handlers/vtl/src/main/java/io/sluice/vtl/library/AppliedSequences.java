// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

import java.util.Arrays;

/**
 * Sequence numbers of the changer's commands that the inventory has seen, the last {@value #CAPACITY} of them: far more than the commands
 * of one device that can be without an answer when its process dies. Threads: guarded by who owns it.
 */
final class AppliedSequences {
    static final int CAPACITY = 1024;

    private final long[] ring = new long[CAPACITY];
    private int next;

    void add(long sequence) {
        if (sequence != 0) {
            ring[next] = sequence;
            next = (next + 1) % CAPACITY;
        }
    }

    boolean contains(long sequence) {
        for (long one : ring) {
            if (one == sequence && one != 0) {
                return true;
            }
        }
        return false;
    }

    /** Oldest first; zeros are none. */
    long[] toArray() {
        long[] all = new long[CAPACITY];
        for (int i = 0; i < CAPACITY; i++) {
            all[i] = ring[(next + i) % CAPACITY];
        }
        return all;
    }

    boolean isEmpty() {
        return ring[(next + CAPACITY - 1) % CAPACITY] == 0;
    }

    void clear() {
        Arrays.fill(ring, 0);
        next = 0;
    }
}
