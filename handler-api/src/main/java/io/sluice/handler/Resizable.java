// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler;

import java.io.IOException;

/**
 * A {@link Device} whose capacity an operator may change while it is served ({@code sluice disk resize}). The device itself
 * raises what its initiators must know: for a disk CAPACITY DATA HAS CHANGED (2A/09).
 */
public interface Resizable {
    /** The capacity now, bytes. */
    long capacityBytes();

    /**
     * Changes the capacity; commands go on meanwhile. Called from any thread but a queue loop.
     *
     * @param bytes the new capacity
     * @throws IOException if that size cannot be had; the message names it and the remedy
     */
    void resize(long bytes) throws IOException;
}
