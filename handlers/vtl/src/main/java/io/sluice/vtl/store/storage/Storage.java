// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store.storage;

import java.io.IOException;
import java.util.List;

/** Spaces by name, one for each cartridge. Threads: any. Exceptions name the space and the remedy. */
public interface Storage {
    /** All names, in order. */
    List<String> spaces() throws IOException;

    /** A space that is there, or is not yet: see {@link StorageSpace#make}. */
    StorageSpace space(String name);
}
