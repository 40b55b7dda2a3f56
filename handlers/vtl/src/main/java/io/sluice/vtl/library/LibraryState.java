// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The journal and what stocktaking found, behind one lock, which is never held while a drive is called. Threads: any. */
final class LibraryState {
    private final Journal journal;
    private Set<String> lost = Set.of();

    LibraryState(Journal journal) {
        this.journal = journal;
    }

    synchronized UUID id() {
        return journal.inventory().id();
    }

    synchronized Geometry geometry() {
        return journal.inventory().geometry();
    }

    synchronized @Nullable Placement at(int address) {
        return journal.inventory().at(address);
    }

    synchronized @Nullable Placement find(String barcode) {
        return journal.inventory().find(barcode);
    }

    synchronized Collection<Placement> all() {
        return List.copyOf(journal.inventory().all());
    }

    synchronized boolean applied(long sequence) {
        return journal.inventory().applied().contains(sequence);
    }

    synchronized boolean isLost(String barcode) {
        return lost.contains(barcode);
    }

    synchronized int lostCount() {
        return lost.size();
    }

    synchronized void lost(Set<String> barcodes) {
        lost = new HashSet<>(barcodes);
    }

    synchronized void commit(Transition transition) throws IOException {
        journal.commit(transition);
    }

    synchronized void grow(Geometry larger) throws IOException {
        journal.grow(larger);
    }

    synchronized void poweredOn() throws IOException {
        journal.poweredOn();
    }

    synchronized void close() throws IOException {
        journal.close();
    }

    /** The lowest address of a type whose element is empty; 0 if none is. */
    synchronized int firstEmpty(ElementType type) {
        Geometry geometry = geometry();
        int first = geometry.first(type);
        for (int address = first; address < first + geometry.count(type); address++) {
            if (journal.inventory().at(address) == null) {
                return address;
            }
        }
        return 0;
    }

    /** Empty elements of a type by address, {@code limit} at most. */
    synchronized List<Integer> empty(ElementType type, int limit) {
        Geometry geometry = geometry();
        int first = geometry.first(type);
        List<Integer> found = new ArrayList<>();
        for (int address = first; address < first + geometry.count(type) && found.size() < limit; address++) {
            if (journal.inventory().at(address) == null) {
                found.add(address);
            }
        }
        return found;
    }

    /** As {@link Library#elements}. */
    synchronized List<Element> elements(
            @Nullable ElementType type, int from, int limit, boolean stationOpen, Bays bays, Loans loans) {
        Geometry geometry = geometry();
        List<Element> found = new ArrayList<>();
        // The layouts have the types in this order of addresses.
        ElementType[] ascending = {
            ElementType.MEDIUM_TRANSPORT, ElementType.DATA_TRANSFER, ElementType.IMPORT_EXPORT, ElementType.STORAGE
        };
        for (ElementType one : ascending) {
            int first = geometry.first(one);
            int end = type == null || type == one ? first + geometry.count(one) : 0;
            for (int address = Math.max(first, from); address < end && found.size() < limit; address++) {
                found.add(element(address, one, geometry, stationOpen, bays, loans));
            }
        }
        return found;
    }

    private Element element(
            int address, ElementType type, Geometry geometry, boolean stationOpen, Bays bays, Loans loans) {
        Placement there = journal.inventory().at(address);
        Bay bay = type == ElementType.DATA_TRANSFER ? bays.at(geometry.drive(address)) : null;
        Element.Condition condition = Element.Condition.GOOD;
        if (there != null && lost.contains(there.barcode())) {
            condition = Element.Condition.CARTRIDGE_LOST;
        } else if (type == ElementType.DATA_TRANSFER && bay == null) {
            condition = Element.Condition.NO_DRIVE;
        }
        boolean accessible = condition != Element.Condition.NO_DRIVE
                && !(type == ElementType.IMPORT_EXPORT && stationOpen)
                && (there == null || !loans.has(there.barcode()));
        return new Element(address, type, there, condition, accessible, bay == null ? "" : bay.identification());
    }
}
