// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * What the null handler's queue loop did since its start.
 *
 * @param allocatedBytes on the Java heap, by the loop's thread
 */
record HandlerCounts(long commands, long enters, long spins, long sleeps, long wakes, long allocatedBytes) {
    String line() {
        return LongStream.of(commands, enters, spins, sleeps, wakes, allocatedBytes)
                .mapToObj(Long::toString)
                .collect(Collectors.joining(" "));
    }

    static HandlerCounts parse(String line) {
        long[] n = Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
        return new HandlerCounts(n[0], n[1], n[2], n[3], n[4], n[5]);
    }

    HandlerCounts since(HandlerCounts before) {
        return new HandlerCounts(
                commands - before.commands,
                enters - before.enters,
                spins - before.spins,
                sleeps - before.sleeps,
                wakes - before.wakes,
                allocatedBytes - before.allocatedBytes);
    }
}
