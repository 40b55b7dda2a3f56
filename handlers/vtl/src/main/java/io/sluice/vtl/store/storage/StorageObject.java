// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store.storage;

import io.sluice.handler.HotPath;
import io.sluice.vtl.medium.MediumResult;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Bytes that grow at their end. Calls of the data path throw nothing and make no object; they return what is said, or one of {@link
 * MediumResult}, and {@link #failure} says why. Memory that is passed in is native. Threads: one at a time.
 */
public interface StorageObject extends AutoCloseable {
    /** Bytes. */
    @HotPath
    long length();

    /**
     * Appends {@code from[offset .. offset + bytes)}: read back at once, and after the death of the process, but not after a power cut
     * without {@link #sync}.
     *
     * @return {@link MediumResult#OK}; {@link MediumResult#NO_SPACE}, {@link MediumResult#WRITE_PROTECTED} or {@link
     *     MediumResult#STORAGE_FAILED}: then {@link #length} says how much came, which {@link #truncate} takes off
     */
    @HotPath
    long append(MemorySegment from, long offset, long bytes);

    /** The same of {@code head[0 .. headBytes)}, then {@code body[offset .. offset + bytes)}. */
    @HotPath
    long append(MemorySegment head, long headBytes, MemorySegment body, long offset, long bytes);

    /** True if so many bytes can most likely be appended without waiting for the storage. */
    @HotPath
    boolean isReady(long bytes);

    /** Reads from {@code position}. Returns the bytes read, fewer only at the end, or {@link MediumResult#STORAGE_FAILED}. */
    @HotPath
    long read(long position, MemorySegment to, long offset, long bytes);

    /** The same into {@code head[0 .. headBytes)}, then {@code to[offset .. offset + bytes)}. */
    @HotPath
    long read(long position, MemorySegment head, long headBytes, MemorySegment to, long offset, long bytes);

    /** True if a read of the range will most likely not wait for the storage. */
    @HotPath
    boolean isAtHand(long position, long bytes);

    /**
     * Everything appended is on stable storage when this returns {@link MediumResult#OK}. {@link MediumResult#STORAGE_FAILED}: what was
     * appended since the last good sync may be lost, and a later good sync does not mean that it is not.
     */
    long sync();

    /** Takes off all from {@code length} on, and what is reserved; durable after {@link #sync}. Results as of {@link #append}. */
    long truncate(long length);

    /** Asks for room for so many bytes behind the end, so that appending them is cheap; promises nothing. */
    void reserve(long bytes);

    /** What is read from now on comes from the medium, as far as the storage can do that. */
    void forgetCached();

    /** What failed last, for the log. */
    String failure();

    @Override
    void close() throws IOException;
}
