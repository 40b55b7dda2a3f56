// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk.store;

/** A run of bytes that are all allocated or all not; those that are not read as zeros. */
public record Extent(long offset, long length, boolean allocated) {
    public long end() {
        return offset + length;
    }
}
