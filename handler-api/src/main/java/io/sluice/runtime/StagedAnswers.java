// SPDX-License-Identifier: Apache-2.0
package io.sluice.runtime;

import io.sluice.handler.HotPath;
import org.jspecify.annotations.Nullable;

/**
 * Answers that are staged and not counted yet, as runs of commands of one kind that were taken together: a batch is mostly one
 * run, and is counted at once. One loop's.
 */
final class StagedAnswers {
    private final CommandCounters[] counters;
    /** Opcode, status and direction. */
    private final int[] kinds;

    private final long[] takenNanos;
    private final long[] bytes;
    private final int[] lengths;
    /** Runs in the arrays; the newest is in the fields below. */
    private int runs;

    private @Nullable CommandCounters newest;
    private int newestKind;
    private long newestTakenNanos;
    private long newestBytes;
    private int newestLength;

    /** @param capacity answers that can be staged at most */
    StagedAnswers(int capacity) {
        counters = new CommandCounters[capacity];
        kinds = new int[capacity];
        takenNanos = new long[capacity];
        bytes = new long[capacity];
        lengths = new int[capacity];
    }

    @HotPath
    void add(CommandCounters countedBy, int opcode, int status, int direction, long dataLength, long taken) {
        int kind = opcode << 16 | status << 8 | direction;
        if (newest != countedBy || newestKind != kind || newestTakenNanos != taken) {
            closeRun();
            newest = countedBy;
            newestKind = kind;
            newestTakenNanos = taken;
        }
        newestBytes += dataLength;
        newestLength++;
    }

    @HotPath
    private void closeRun() {
        CommandCounters countedBy = newest;
        if (countedBy == null) {
            return;
        }
        counters[runs] = countedBy;
        kinds[runs] = newestKind;
        takenNanos[runs] = newestTakenNanos;
        bytes[runs] = newestBytes;
        lengths[runs] = newestLength;
        runs++;
        newest = null;
        newestBytes = 0;
        newestLength = 0;
    }

    @HotPath
    boolean isEmpty() {
        return newest == null;
    }

    /** All of them, before they are published. */
    @HotPath
    void count(long nowNanos) {
        closeRun();
        for (int run = 0; run < runs; run++) {
            int kind = kinds[run];
            counters[run].ended(
                    lengths[run], kind >>> 16, kind >>> 8 & 0xFF, kind & 0xFF, bytes[run], nowNanos - takenNanos[run]);
        }
        runs = 0;
    }
}
