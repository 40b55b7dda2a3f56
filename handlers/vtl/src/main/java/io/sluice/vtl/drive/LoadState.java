// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.HotPath;

/** Where the cartridge is (SSC-5 4.2.3, 6.6). */
enum LoadState {
    /** No cartridge is in the drive. */
    EMPTY(0),
    /** The cartridge was unloaded and waits to be taken out. */
    EJECTED(1),
    /** In the drive and not threaded (HOLD). */
    HELD(2),
    /** Threaded: the medium is accessible. */
    LOADED(3),
    /** In the drive, of a kind that the drive does not know. */
    INCOMPATIBLE(4),
    /** In the drive, and its store cannot open it. */
    UNREADABLE(5);

    private static final LoadState[] VALUES = values();

    private final int code;

    LoadState(int code) {
        this.code = code;
    }

    /** The number in the state file: its place among the values. */
    @HotPath
    int code() {
        return code;
    }

    /** Of a number in the state file; EMPTY if it is none. */
    static LoadState of(int code) {
        return code >= 0 && code < VALUES.length ? VALUES[code] : EMPTY;
    }

    /** A cartridge is in the drive, and the store has it mounted. */
    boolean isMounted() {
        return this == EJECTED || this == HELD || this == LOADED;
    }
}
