// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk.store;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * A flat array of bytes that remembers.
 *
 * <p>The calls that commands make ({@code read} to {@code prefetch}) may run in many threads at once and in any order, do not
 * allocate on the heap and do not throw; they return {@link Outcome#OK} or an outcome that says what failed and how many
 * bytes from the start of the range were done before. Offsets and lengths are bytes within {@link #size}, checked by the
 * caller. A {@link MemorySegment} passed in stays alive until the call returns; native code may use its address.
 *
 * <p>Two writes that overlap may leave either's bytes, byte by byte; a write never changes a byte outside its range.
 */
public interface BlockStore extends AutoCloseable {
    /** Bytes. Volatile: {@link #resize} changes it. */
    long size();

    StoreTraits traits();

    /** Fills {@code data[at .. at + length)} from {@code offset}. */
    long read(long offset, MemorySegment data, long at, int length);

    /** As {@link #read} if that needs no wait; else returns false, and {@code data} may hold anything. */
    boolean tryRead(long offset, MemorySegment data, long at, int length);

    /** As {@link #read}, from the medium itself: caches above it are written out and passed by, where the store can. */
    long readMedium(long offset, MemorySegment data, long at, int length);

    /** Stores {@code data[at .. at + length)}; when {@code durable}, it is on the medium before this returns OK. */
    long write(long offset, MemorySegment data, long at, int length, boolean durable);

    /**
     * As {@link #write}, not durable, if that most likely needs no wait; true when it succeeded. Else returns false: the range
     * may hold old bytes or new ones, and the caller goes on to {@link #write}, which tells what is wrong, if anything is.
     */
    boolean tryWrite(long offset, MemorySegment data, long at, int length);

    /**
     * Everything that a write, discard or writeZeroes returned OK for is on the medium when this returns OK. Once it failed, it
     * goes on failing: what was lost does not come back, and nobody may be told that it is safe.
     */
    long flush();

    /** The range reads as zeros from now on; its space is given back as far as the store's granularity allows. */
    long discard(long offset, long length);

    /** The range reads as zeros from now on; its space stays taken where the store can do that. */
    long writeZeroes(long offset, long length);

    /** A hint that the range will be read soon. */
    void prefetch(long offset, long length);

    /** The run of equally allocated bytes that starts at {@code offset}, cut at {@link #size}. Not for the data path. */
    Extent extentAt(long offset) throws IOException;

    /** Grows (new bytes read as zeros) or shrinks, while commands run. Throws with the remedy when it cannot. */
    void resize(long size) throws IOException;

    /** After the last command. What was written but not flushed need not survive a crash of the machine. */
    @Override
    void close() throws IOException;
}
