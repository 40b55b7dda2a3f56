// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/** Where a journal lies. Nothing here assumes a file. Threads: one at a time. */
interface JournalStorage extends Closeable {
    /** Everything that is there, all of it on stable storage when this returns; empty if nothing was ever written. */
    Optional<byte[]> read() throws IOException;

    /** Adds to the end; on stable storage only after {@link #sync}. A part of it may be there after a power cut. */
    void append(byte[] bytes) throws IOException;

    void sync() throws IOException;

    /** Replaces everything, on stable storage when this returns; after a power cut before that there is the old or the new. */
    void replace(byte[] bytes) throws IOException;

    /** For messages: a path. */
    String place();
}
