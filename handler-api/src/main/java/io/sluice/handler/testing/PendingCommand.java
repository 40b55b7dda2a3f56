// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.testing;

import io.sluice.ring.Abi;
import io.sluice.ring.GatewayRegion;
import io.sluice.scsi.DataDirection;
import io.sluice.scsi.ScsiStatus;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.CompletableFuture;

/** A command between submission and end. */
final class PendingCommand {
    private final int nexus;
    private final byte[] cdb;
    private final DataDirection direction;
    private final byte[] dataOut;
    private final int expectedLength;
    private final CompletableFuture<CommandResult> future = new CompletableFuture<>();
    private long sequence;
    private int flags;
    private long bufferOffset;
    private int bufferLength;

    PendingCommand(int nexus, byte[] cdb, DataDirection direction, byte[] dataOut, int expectedLength) {
        this.nexus = nexus;
        this.cdb = cdb;
        this.direction = direction;
        this.dataOut = dataOut;
        this.expectedLength = expectedLength;
    }

    int nexus() {
        return nexus;
    }

    byte[] cdb() {
        return cdb;
    }

    DataDirection direction() {
        return direction;
    }

    byte[] dataOut() {
        return dataOut;
    }

    int expectedLength() {
        return expectedLength;
    }

    CompletableFuture<CommandResult> future() {
        return future;
    }

    /** Makes it the redelivery of the command of that sequence number. */
    PendingCommand redelivered(long of) {
        sequence = of;
        flags = Abi.DESC_REDELIVERED;
        return this;
    }

    /** The number it has, or {@code next}, which it takes. */
    long sequence(long next) {
        if (sequence == 0) {
            sequence = next;
        }
        return sequence;
    }

    int flags() {
        return flags;
    }

    void placed(long offset, int length) {
        bufferOffset = offset;
        bufferLength = length;
    }

    long bufferOffset() {
        return bufferOffset;
    }

    int bufferLength() {
        return bufferLength;
    }

    /** The residual as the gateway computes it (SAM-6 5.4.3); Data-In is cut to what the buffer holds. */
    void complete(MemorySegment pool, GatewayRegion.Completion completion) {
        long reported = completion.dataLength() & 0xFFFF_FFFFL;
        int moved = direction == DataDirection.IN ? (int) Math.min(reported, bufferLength) : 0;
        byte[] dataIn = pool.asSlice(bufferOffset, moved).toArray(ValueLayout.JAVA_BYTE);
        future.completeAsync(() -> new CommandResult(
                ScsiStatus.of(completion.status()),
                completion.sense(),
                dataIn,
                reported,
                expectedLength - reported,
                sequence));
    }
}
