// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

import io.sluice.vtl.medium.Cartridge;
import io.sluice.vtl.medium.CartridgeLabel;
import io.sluice.vtl.medium.CartridgeStore;
import io.sluice.vtl.medium.MediumType;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** A store of cartridges that have labels and nothing on them: all that a library looks at. */
public final class LabelledStore implements CartridgeStore {
    private final Map<String, CartridgeLabel> labels = new TreeMap<>();

    public LabelledStore(String... barcodes) {
        for (String barcode : barcodes) {
            labels.put(barcode, labelled(barcode));
        }
    }

    public static CartridgeLabel labelled(String barcode) {
        return new CartridgeLabel(barcode, MediumType.LTO_8, 1L << 40, false, Instant.EPOCH);
    }

    public synchronized void lose(String barcode) {
        labels.remove(barcode);
    }

    @Override
    public synchronized List<CartridgeLabel> labels() {
        return List.copyOf(labels.values());
    }

    @Override
    public synchronized CartridgeLabel label(String barcode) throws IOException {
        CartridgeLabel label = labels.get(barcode);
        if (label == null) {
            throw new IOException(barcode + " is not there");
        }
        return label;
    }

    @Override
    public synchronized void create(CartridgeLabel label) throws IOException {
        if (labels.putIfAbsent(label.barcode(), label) != null) {
            throw new IOException(label.barcode() + " is there already");
        }
    }

    @Override
    public void writeProtect(String barcode, boolean on) {
        throw new UnsupportedOperationException("a library does not write protect");
    }

    @Override
    public synchronized void delete(String barcode) {
        labels.remove(barcode);
    }

    @Override
    public Cartridge mount(String barcode, UUID mount) {
        throw new UnsupportedOperationException("a library does not mount");
    }

    @Override
    public void close() {}
}
