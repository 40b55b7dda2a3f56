// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

import java.util.HashSet;
import java.util.Set;

/** The cartridges that an operator's commands read or write, which stay where they are meanwhile. Threads: any. */
final class Loans {
    private final Set<String> barcodes = new HashSet<>();

    synchronized boolean has(String barcode) {
        return barcodes.contains(barcode);
    }

    /** False if it is on loan already. */
    synchronized boolean begin(String barcode) {
        return barcodes.add(barcode);
    }

    synchronized void end(String barcode) {
        barcodes.remove(barcode);
    }
}
