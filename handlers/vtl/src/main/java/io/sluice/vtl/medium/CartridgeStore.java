// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.medium;

import java.io.IOException;
import java.util.List;
import java.util.UUID;

/** A set of cartridges. Threads: any. Exceptions name the barcode and the remedy. */
public interface CartridgeStore extends AutoCloseable {
    /** All cartridges, by barcode. */
    List<CartridgeLabel> labels() throws IOException;

    /**
     * One cartridge.
     *
     * @throws IOException if there is none with this barcode, or its label is damaged
     */
    CartridgeLabel label(String barcode) throws IOException;

    /**
     * Makes an empty cartridge, whole or not at all after a power cut.
     *
     * @throws IOException if the barcode is taken
     */
    void create(CartridgeLabel label) throws IOException;

    /** Sets the write protect switch of a cartridge that is not mounted. */
    void writeProtect(String barcode, boolean on) throws IOException;

    /** Deletes a cartridge that is not mounted, with all that is on it. */
    void delete(String barcode) throws IOException;

    /**
     * Mounts a cartridge for a drive.
     *
     * @param mount names this mount: a drive that goes on where a dead process stopped passes the one of that process, so that
     *     {@link Partition#recorded} knows what it had written; any other mount has a new one
     * @throws IOException if it is mounted already, also by another process, or damaged beyond use
     */
    Cartridge mount(String barcode, UUID mount) throws IOException;

    @Override
    void close() throws IOException;
}
