// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

import org.jspecify.annotations.Nullable;

/** Element type codes (SMC-3 6.11). */
public enum ElementType {
    MEDIUM_TRANSPORT(1),
    STORAGE(2),
    IMPORT_EXPORT(3),
    DATA_TRANSFER(4);

    private static final ElementType[] VALUES = values();

    private final int code;

    ElementType(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /** The type of a code; null for 0 (all types) and for codes that SMC-3 does not define. */
    public static @Nullable ElementType of(int code) {
        return code >= 1 && code <= VALUES.length ? VALUES[code - 1] : null;
    }
}
