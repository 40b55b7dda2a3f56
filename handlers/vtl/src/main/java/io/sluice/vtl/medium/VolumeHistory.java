// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.medium;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What drives have done with a cartridge in its life. Bytes are those on the medium, as compressed.
 *
 * @param mount the last mount; what it moved is in {@code written} and {@code read}, and what was before it in the other two
 * @param loads mounts so far
 * @param formats how often it was formatted, its making included
 * @param changes never twice the same with other data on it (VOLUME CHANGE REFERENCE, SPC-5 7.4.2.2), from 1
 * @param alerts TapeAlert flags that were raised in it, flag 1 in the highest bit
 * @param alertsBefore the same of the mount before that
 * @param drives up to {@value #DRIVES} that had it last, the last one first: vendor (8 characters) and serial number
 */
public record VolumeHistory(
        UUID mount,
        long loads,
        long formats,
        long changes,
        long alerts,
        long alertsBefore,
        long writtenBefore,
        long readBefore,
        long written,
        long read,
        List<String> drives) {
    /** Drives that are remembered. */
    public static final int DRIVES = 4;

    /** Of a cartridge that no drive has had. */
    public static final VolumeHistory NONE = new VolumeHistory(new UUID(0, 0), 0, 1, 1, 0, 0, 0, 0, 0, 0, List.of());

    /** A mount has begun; the same again if it is the one that is the last already. */
    public VolumeHistory mounted(UUID next, String drive) {
        if (next.equals(mount)) {
            return this;
        }
        List<String> had = new ArrayList<>(List.of(drive));
        had.addAll(drives.subList(0, Math.min(drives.size(), DRIVES - 1)));
        return new VolumeHistory(
                next,
                loads + 1,
                formats,
                changes,
                0,
                alerts,
                writtenBefore + written,
                readBefore + read,
                0,
                0,
                List.copyOf(had));
    }

    /** The last mount has moved so many bytes so far, and raised these flags. */
    public VolumeHistory moved(long bytesWritten, long bytesRead, long raised) {
        return new VolumeHistory(
                mount,
                loads,
                formats,
                changes,
                raised,
                alertsBefore,
                writtenBefore,
                readBefore,
                bytesWritten,
                bytesRead,
                drives);
    }

    /** What is on it changes. */
    public VolumeHistory changed() {
        return counted(formats, changes + 1);
    }

    /** It was formatted. */
    public VolumeHistory formatted() {
        return counted(formats + 1, changes);
    }

    private VolumeHistory counted(long formatsNow, long changesNow) {
        return new VolumeHistory(
                mount,
                loads,
                formatsNow,
                changesNow,
                alerts,
                alertsBefore,
                writtenBefore,
                readBefore,
                written,
                read,
                drives);
    }
}
