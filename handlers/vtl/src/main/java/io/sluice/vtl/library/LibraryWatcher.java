// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

/**
 * A media changer, as its library knows it: who wants to hear what happens without a command of its own, and who may hold the
 * door shut. Threads: any; no lock of the library that the caller could need is held.
 */
public interface LibraryWatcher {
    /** An operator put cartridges into import/export elements, or took them out. */
    default void stationAccessed() {}

    /** An operator moved cartridges between elements, or the stocktaking found others than before. */
    default void inventoryChanged() {}

    /** There are more elements than before. */
    default void elementsAdded() {}

    /** A nexus prevents that an operator takes cartridges out. */
    default boolean isRemovalPrevented() {
        return false;
    }
}
