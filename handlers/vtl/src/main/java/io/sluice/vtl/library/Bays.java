// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

import io.sluice.vtl.library.Bay.InsertResult;
import io.sluice.vtl.library.Bay.RemoveResult;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The drives that are attached, by their number. Threads: any. */
final class Bays {
    private static final Logger LOG = LoggerFactory.getLogger(Bays.class);

    private final AtomicReferenceArray<@Nullable Bay> bays = new AtomicReferenceArray<>(Geometry.MAX_DRIVES);

    /** False if another one is there. */
    boolean attach(int drive, Bay bay) {
        return bays.compareAndSet(drive, null, bay);
    }

    void detach(int drive, Bay bay) {
        bays.compareAndSet(drive, bay, null);
    }

    @Nullable
    Bay at(int drive) {
        return bays.get(drive);
    }

    /** As {@link Bay#insert}; a bug of the drive counts as a drive that takes nothing. */
    InsertResult insert(int drive, String barcode) {
        Bay bay = bays.get(drive);
        try {
            return bay == null ? InsertResult.OCCUPIED : bay.insert(barcode);
        } catch (RuntimeException bug) {
            LOG.error("drive {}: inserting {} failed", drive, barcode, bug);
            return InsertResult.OCCUPIED;
        }
    }

    /** As {@link Bay#remove}. */
    RemoveResult remove(int drive) {
        Bay bay = bays.get(drive);
        try {
            return bay == null ? RemoveResult.FAILED : bay.remove();
        } catch (RuntimeException bug) {
            LOG.error("drive {}: removing its cartridge failed", drive, bug);
            return RemoveResult.FAILED;
        }
    }
}
