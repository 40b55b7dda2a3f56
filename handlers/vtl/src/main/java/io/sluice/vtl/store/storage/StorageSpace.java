// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store.storage;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.NoSuchFileException;
import java.util.List;

/**
 * The objects of one cartridge. Threads: any for {@link #lease} and reading; one at a time, which has the lease, for what changes it.
 * Exceptions name the object and the remedy.
 */
public interface StorageSpace {
    /** As {@link Storage#spaces} names it. */
    String name();

    /** Makes the space unless it is there; durable when it returns. */
    void make() throws IOException;

    /** Deletes the space with all that is left in it. */
    void remove() throws IOException;

    /** Names of all objects, in any order; empty if the space is not there. */
    List<String> list() throws IOException;

    /**
     * Opens an object.
     *
     * @throws NoSuchFileException if it is not there
     */
    StorageObject open(String name, boolean writable) throws IOException;

    /** Makes an empty object in place of any that has the name; the name is durable when it returns. */
    StorageObject create(String name) throws IOException;

    /**
     * Makes the first {@code bytes} of {@code content} the whole content of an object: durable when it returns, and after a power cut
     * in the middle the old content is there or the new, whole.
     *
     * @throws StorageFullException if there was no room, and then the old content stays
     */
    void replace(String name, MemorySegment content, long bytes) throws IOException;

    /** Deletes an object if it is there. A power cut may bring it back until the next {@link #create} or {@link #replace}. */
    void delete(String name) throws IOException;

    /**
     * The same some time from now, even after the lease: waits for nothing, and the object is not listed any more. What is still there
     * when the process ends is deleted when the space is leased next.
     */
    void discard(String name);

    /** Waits until the next object that was discarded is gone, and its room is free. False at once if there is none. */
    boolean awaitDiscarded();

    /** Waits until all that was discarded is gone, but not longer than so many nanoseconds; false if it is not. */
    boolean awaitAllDiscarded(long nanos);

    /** Bytes that can still be stored, with what is discarded, as far as is known; {@link Long#MAX_VALUE} if it is not. */
    long freeBytes();

    /**
     * Makes the caller the only one that may change the space, until the lease is closed or its process ends.
     *
     * @throws IOException if another has it, in this process or any other
     */
    Lease lease() throws IOException;

    /** See {@link #lease}. */
    interface Lease extends AutoCloseable {
        @Override
        void close() throws IOException;
    }
}
