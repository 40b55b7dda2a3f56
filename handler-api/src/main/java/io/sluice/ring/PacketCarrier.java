// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Carries whole packets of abi.h section 3 to a gateway and back. */
interface PacketCarrier {
    /**
     * A packet that came.
     *
     * @param bytes its length; 0: the connection has ended
     * @param fds file descriptors that came with it; the receiver owns them
     */
    @SuppressWarnings("ArrayRecordComponent") // consumed once
    record Received(long bytes, int[] fds) {
        static final Received END = new Received(0, new int[0]);
    }

    /** Any thread. It may wait for the request to be carried out. */
    void send(MemorySegment packet) throws IOException;

    /**
     * Waits for the next packet. One thread.
     *
     * @param packet room for the longest one
     */
    Received receive(MemorySegment packet) throws IOException;

    /** Makes {@link #receive} see the end. Any thread. */
    void interrupt();

    /** By the receiving thread, when it has seen the end. */
    void close();
}
