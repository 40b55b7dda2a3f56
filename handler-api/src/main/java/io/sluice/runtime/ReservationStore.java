// SPDX-License-Identifier: Apache-2.0
package io.sluice.runtime;

import io.sluice.handler.ScsiCommand;
import io.sluice.handler.kit.DurableFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the gateway wants kept of a device's persistent reservations (SPC-5 5.14.5): one file in the device's home, replaced as
 * a whole, so that after a power cut there is the record before or the record after. What is in it is the gateway's affair.
 */
final class ReservationStore {
    private static final Logger LOG = LoggerFactory.getLogger(ReservationStore.class);
    private static final String FILE = "reservations";

    private final String device;
    private final Path file;
    private long newest; // sequence number of what the file has, in this session; guarded by this

    ReservationStore(String device, Path home) {
        this.device = device;
        this.file = home.resolve(FILE);
    }

    /** Sequence numbers count anew in every life of the gateway. */
    synchronized void sessionBegins() {
        newest = 0;
    }

    /** On a worker: stores what a command brings, and ends it. */
    void execute(ScsiCommand command) {
        byte[] record = new byte[command.dataOutLength()];
        command.read(0, MemorySegment.ofArray(record), 0, record.length);
        try {
            store(record, command.sequence());
        } catch (IOException failed) {
            LOG.error("device {}: its reservations cannot be stored in {}: {}", device, file, failed.toString());
            command.internalFailure();
            return;
        }
        command.good(record.length);
    }

    /**
     * Replaces the record, unless a newer one was stored: an older command may have been given up by the gateway while it
     * waited for the medium.
     */
    synchronized void store(byte[] record, long sequence) throws IOException {
        if (Long.compareUnsigned(sequence, newest) < 0) {
            throw new IOException("record " + sequence + " comes after record " + newest + ", which is newer");
        }
        DurableFile.write(file, record);
        newest = sequence;
    }

    /** The record; null if none was ever stored. One that cannot be read is damaged, and the gateway has to know. */
    byte @Nullable [] read() {
        try {
            byte[] record = Files.readAllBytes(file);
            return record.length > 0 ? record : new byte[1];
        } catch (NoSuchFileException none) {
            return null;
        } catch (IOException failed) {
            LOG.error("device {}: its reservations cannot be read from {}: {}", device, file, failed.toString());
            return new byte[1];
        }
    }
}
