// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.HotPath;
import io.sluice.vtl.medium.Cartridge;
import io.sluice.vtl.medium.CartridgeMemory;
import io.sluice.vtl.medium.MediumResult;
import io.sluice.vtl.medium.VolumeHistory;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the drive keeps in the memory of the cartridge that is in it: loads, what was moved, and that data change. Counting fails silently
 * but for the log, for a cartridge on full or read-only storage is to be read all the same. One thread at a time.
 */
final class MediumMemory {
    private static final Logger LOG = LoggerFactory.getLogger(MediumMemory.class);

    private final DriveState state;
    private final String drive;
    private @Nullable Cartridge cartridge;
    /** A change has not been counted since the mount began, or since an initiator was told the count. */
    private boolean uncounted;

    /** Of the drive with that serial number. */
    MediumMemory(DriveState state, String serial) {
        this.state = state;
        this.drive = String.format("%-8s%s", DriveSettings.VENDOR, serial);
    }

    /** A cartridge was mounted; with the name of a mount that is counted already it is not counted again. */
    void mounted(Cartridge mounted, UUID mount) {
        cartridge = mounted;
        uncounted = true;
        CartridgeMemory kept = mounted.memory();
        if (kept != null) {
            VolumeHistory now = kept.history().mounted(mount, drive);
            if (!now.equals(kept.history())) {
                keep(mounted, kept.with(now), "the load");
            }
        }
    }

    /** It is about to be unmounted, or what the drive has counted set back. */
    void leave() {
        Cartridge leaving = cartridge;
        cartridge = null;
        CartridgeMemory kept = leaving == null ? null : leaving.memory();
        if (leaving != null && kept != null) {
            VolumeHistory now = current(kept);
            if (!now.equals(kept.history())) {
                keep(leaving, kept.with(now), "what was moved");
            }
        }
    }

    private void keep(Cartridge there, CartridgeMemory next, String what) {
        if (there.keep(next) != MediumResult.OK) {
            LOG.warn("drive with {}: {} is not counted", there.label().barcode(), what);
        }
    }

    /** The history as it is at this moment. */
    VolumeHistory current(CartridgeMemory kept) {
        long[] counters = state.counters;
        return kept.history()
                .moved(counters[Counter.MOUNT_TO_MEDIUM], counters[Counter.MOUNT_FROM_MEDIUM], state.raised);
    }

    /** An initiator is told the count of changes: the next change has to count. */
    void told() {
        uncounted = true;
    }

    /** True if {@link #changing} will have nothing to do. */
    @HotPath
    boolean isCounted() {
        return !uncounted;
    }

    /**
     * Something is about to be written, or erased: the count of changes goes up before that, on stable storage, unless it has since the mount began
     * and nobody has asked since.
     *
     * @return {@link MediumResult#OK}; else nothing may be written
     */
    @HotPath
    long changing() {
        return uncounted ? count() : MediumResult.OK;
    }

    private long count() {
        Cartridge there = cartridge;
        CartridgeMemory kept = there == null ? null : there.memory();
        long result = there == null || kept == null
                ? MediumResult.OK
                : there.keep(kept.with(kept.history().changed()));
        uncounted = result != MediumResult.OK;
        return result;
    }
}
