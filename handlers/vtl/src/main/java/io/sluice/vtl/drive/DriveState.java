// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.HotPath;

/**
 * What a successor must know of the drive, as the command in hand has it; {@link StateFile} has it as the last one that ended left
 * it. One thread at a time.
 */
final class DriveState {
    /** BUFFERED MODE 1: GOOD for a WRITE when the data are in the object buffer (SSC-5 8.3.1). */
    static final int BUFFERED = 1;

    /** {@link io.sluice.handler.ScsiCommand#sequence} of the last command that ended; 0 for none. */
    long sequence;
    /** The logical object in front of which the drive stands. */
    long position;

    LoadState load = LoadState.EMPTY;
    /** Names the mount, see {@link io.sluice.vtl.medium.CartridgeStore#mount}. */
    long mountHigh;

    long mountLow;
    /** TapeAlert flags that are up: flag n is bit 64 - n. */
    long alerts;
    /** Those that were raised since the cartridge came in, lowered again or not. */
    long raised;
    /** BLOCK LENGTH of the mode parameter block descriptor: bytes of a fixed block; 0 without. */
    int blockLength;

    int bufferedMode = BUFFERED;
    /** Milliseconds that SET TIMESTAMP put between the initiators' clock and this machine's. */
    long clockOffsetMillis;
    /** TIMESTAMP ORIGIN (SPC-5 6.38). */
    int clockOrigin;
    /** The last command that overwrote objects or came with another medium: what was read before it cannot be read again. */
    long replacedBy;

    final long[] counters = new long[Counter.SIZE];

    /** What the mode parameter header and block descriptor are after power on and reset. */
    void resetModes() {
        blockLength = 0;
        bufferedMode = BUFFERED;
    }

    @HotPath
    void count(int counter, long by) {
        counters[counter] += by;
    }
}
