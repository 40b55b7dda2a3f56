// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A drive that holds what it is given, and refuses when told to. */
public final class BayDouble implements Bay {
    private final String serial;
    private @Nullable String barcode;
    private RemoveResult refusal = RemoveResult.REMOVED;
    private boolean takesNothing;

    public BayDouble(String serial, Optional<String> inIt) {
        this.serial = serial;
        barcode = inIt.orElse(null);
    }

    public synchronized Optional<String> barcode() {
        return Optional.ofNullable(barcode);
    }

    /** REMOVED: it gives its cartridge away again. */
    public synchronized void refuseRemoval(RemoveResult with) {
        refusal = with;
    }

    public synchronized void takeNothing(boolean yes) {
        takesNothing = yes;
    }

    @Override
    public String serial() {
        return serial;
    }

    @Override
    public String identification() {
        return String.format("%-8s%-16s%s", "IBM", "ULT3580-TD8", serial);
    }

    @Override
    public synchronized InsertResult insert(String cartridge) {
        if (barcode != null || takesNothing) {
            return InsertResult.OCCUPIED;
        }
        barcode = cartridge;
        return InsertResult.INSERTED;
    }

    @Override
    public synchronized RemoveResult remove() {
        if (barcode == null) {
            return RemoveResult.EMPTY;
        }
        if (refusal != RemoveResult.REMOVED) {
            return refusal;
        }
        barcode = null;
        return RemoveResult.REMOVED;
    }
}
