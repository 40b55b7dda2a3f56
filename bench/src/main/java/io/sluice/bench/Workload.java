// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

/**
 * What an initiator does in one run.
 *
 * @param name column of the table
 * @param depth commands in flight
 * @param blockBytes bytes per command, a multiple of 512
 * @param random random rather than sequential addresses
 * @param write writes rather than reads
 */
record Workload(String name, int depth, int blockBytes, boolean random, boolean write) {
    /** At the ring, without data. */
    static Workload ring(int depth) {
        return new Workload("depth " + depth, depth, 0, false, false);
    }

    static Workload randomRead4k(int depth) {
        return new Workload("4 KiB random read, depth " + depth, depth, 4096, true, false);
    }

    static Workload randomWrite4k(int depth) {
        return new Workload("4 KiB random write, depth " + depth, depth, 4096, true, true);
    }

    static Workload tapeWrite64k(int depth) {
        return new Workload("64 KiB tape write, depth " + depth, depth, 64 << 10, false, true);
    }

    static Workload tapeRead64k(int depth) {
        return new Workload("64 KiB tape read, depth " + depth, depth, 64 << 10, false, false);
    }

    static Workload sequentialRead256k(int depth) {
        return new Workload("256 KiB sequential read, depth " + depth, depth, 256 << 10, false, false);
    }

    static Workload sequentialWrite256k(int depth) {
        return new Workload("256 KiB sequential write, depth " + depth, depth, 256 << 10, false, true);
    }
}
