// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.medium;

/** Generations of LTO media that drives know: primary density code, medium type in mode data, native capacity, barcode suffix. */
public enum MediumType {
    LTO_5(0x58, 0x58, 1_500, "L5"),
    LTO_6(0x5A, 0x68, 2_500, "L6"),
    LTO_7(0x5C, 0x78, 6_000, "L7"),
    /** An LTO-7 medium initialised in an LTO-8 drive as type M. */
    LTO_M8(0x5D, 0x78, 9_000, "M8"),
    LTO_8(0x5E, 0x88, 12_000, "L8"),
    LTO_9(0x60, 0x98, 18_000, "L9");

    private static final long GIGABYTE = 1_000_000_000L;

    private final int densityCode;
    private final int mediumTypeCode;
    private final int nativeGigabytes;
    private final String suffix;

    MediumType(int densityCode, int mediumTypeCode, int nativeGigabytes, String suffix) {
        this.densityCode = densityCode;
        this.mediumTypeCode = mediumTypeCode;
        this.nativeGigabytes = nativeGigabytes;
        this.suffix = suffix;
    }

    /** PRIMARY DENSITY CODE (SSC-5 7.7). */
    public int densityCode() {
        return densityCode;
    }

    /** MEDIUM TYPE of the mode parameter header. */
    public int mediumTypeCode() {
        return mediumTypeCode;
    }

    /** Uncompressed, bytes. */
    public long nativeBytes() {
        return nativeGigabytes * GIGABYTE;
    }

    /** The last two characters of a barcode. */
    public String suffix() {
        return suffix;
    }
}
