// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store.format;

import java.util.UUID;

/**
 * Who wrote: every time that a cartridge is written after it was opened, the epoch goes up by one.
 *
 * @param epoch of what is written now
 * @param first the first epoch of the same mount
 * @param id names the mount
 */
public record Mount(int epoch, int first, UUID id) {
    /** Nobody has written yet. */
    public static final Mount NONE = new Mount(0, 0, new UUID(0, 0));

    /** Who writes next: the same mount goes on where its process was replaced. */
    public Mount next(UUID mount) {
        return new Mount(epoch + 1, mount.equals(id) ? first : epoch + 1, mount);
    }
}
