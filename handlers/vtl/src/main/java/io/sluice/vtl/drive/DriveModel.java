// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.vtl.medium.MediumType;
import java.util.List;

/** Drives that there are: what they call themselves, and the generations of media that they take. */
public enum DriveModel {
    LTO_7("ULT3580-TD7", MediumType.LTO_7, List.of(MediumType.LTO_6, MediumType.LTO_7), List.of(MediumType.LTO_5)),
    LTO_8("ULT3580-TD8", MediumType.LTO_8, List.of(MediumType.LTO_7, MediumType.LTO_M8, MediumType.LTO_8), List.of()),
    LTO_9("ULT3580-TD9", MediumType.LTO_9, List.of(MediumType.LTO_8, MediumType.LTO_9), List.of());

    private final String product;
    private final MediumType own;
    /** A bit for each density code. */
    private final long written;

    private final long read;

    DriveModel(String product, MediumType own, List<MediumType> written, List<MediumType> onlyRead) {
        this.product = product;
        this.own = own;
        this.written = densities(written);
        this.read = this.written | densities(onlyRead);
    }

    private static long densities(List<MediumType> types) {
        return types.stream().mapToLong(DriveModel::bit).reduce(0, (a, b) -> a | b);
    }

    private static long bit(MediumType type) {
        return 1L << (type.densityCode() & 0x3F);
    }

    /** PRODUCT IDENTIFICATION. */
    String product() {
        return product;
    }

    /** The density that it writes by default. */
    MediumType own() {
        return own;
    }

    boolean reads(MediumType type) {
        return (read & bit(type)) != 0;
    }

    boolean writes(MediumType type) {
        return (written & bit(type)) != 0;
    }
}
