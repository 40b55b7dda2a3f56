// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.scsi.ParameterWriter;
import io.sluice.vtl.medium.MediumType;

/** What REPORT DENSITY SUPPORT says of a generation of media (SSC-5 6.15.3, 6.15.4). */
enum Density {
    LTO_5(MediumType.LTO_5, 15_142, 1280, 846, "U-516", "Ultrium 5/16T"),
    LTO_6(MediumType.LTO_6, 15_143, 2176, 846, "U-616", "Ultrium 6/16T"),
    LTO_7(MediumType.LTO_7, 19_107, 3584, 960, "U-732", "Ultrium 7/32T"),
    LTO_M8(MediumType.LTO_M8, 19_107, 5376, 960, "U-832M8", "Ultrium M8/32T"),
    LTO_8(MediumType.LTO_8, 20_668, 6656, 960, "U-832", "Ultrium 8/32T"),
    LTO_9(MediumType.LTO_9, 21_457, 8960, 1035, "U-932", "Ultrium 9/32T");

    private static final int WRITABLE = 0x80;
    private static final int DEFAULT = 0x20;
    private static final int MEDIUM_DESCRIPTOR_LENGTH = 52;
    private static final int DENSITY_CODES = 9;
    /** Width of the tape. */
    static final int TENTHS_OF_MILLIMETRES = 127;

    private static final long MEGABYTE = 1_000_000;
    private static final String ORGANISATION = "LTO-CVE";

    private final MediumType type;
    private final int bitsPerMillimetre;
    private final int tracks;
    private final int metres;
    private final String shortName;
    private final String description;

    Density(MediumType type, int bitsPerMillimetre, int tracks, int metres, String shortName, String description) {
        this.type = type;
        this.bitsPerMillimetre = bitsPerMillimetre;
        this.tracks = tracks;
        this.metres = metres;
        this.shortName = shortName;
        this.description = description;
    }

    static Density of(MediumType type) {
        for (Density density : values()) {
            if (density.type == type) {
                return density;
            }
        }
        throw new IllegalArgumentException("no density of " + type);
    }

    MediumType type() {
        return type;
    }

    /** Length of the tape. */
    int metres() {
        return metres;
    }

    /** The descriptor of the density; the capacity is a medium's own where there is one. */
    void writeDensity(ParameterWriter out, boolean writable, boolean byDefault, long capacityBytes) {
        out.u8(type.densityCode()).u8(type.densityCode());
        out.u8((writable ? WRITABLE : 0) | (byDefault ? DEFAULT : 0)).u16(0);
        out.u24(bitsPerMillimetre).u16(TENTHS_OF_MILLIMETRES).u16(tracks).u32(capacityBytes / MEGABYTE);
        out.ascii(ORGANISATION, 8).ascii(shortName, 8).ascii(description, 20);
    }

    void writeMediumType(ParameterWriter out) {
        out.u8(type.mediumTypeCode()).u8(0).u16(MEDIUM_DESCRIPTOR_LENGTH);
        out.u8(1).u8(type.densityCode()).zeros(DENSITY_CODES - 1);
        out.u16(TENTHS_OF_MILLIMETRES).u16(metres).u16(0);
        out.ascii(ORGANISATION, 8).ascii(shortName, 8).ascii("Ultrium Data", 20);
    }
}
