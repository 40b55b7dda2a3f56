// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.ItNexus;
import io.sluice.handler.kit.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which nexuses prevent the removal of the medium (SPC-5 6.16), also across the death of the process: a file with a line for each, its
 * port names. One thread at a time.
 */
final class Prevention {
    private final Path file;
    private final Set<String> preventing = new TreeSet<>();
    private final Set<String> present = new HashSet<>();

    private Prevention(Path file) {
        this.file = file;
    }

    static Prevention open(Path home) throws IOException {
        Prevention prevention = new Prevention(home.resolve("prevents-removal"));
        if (Files.exists(prevention.file)) {
            prevention.preventing.addAll(Files.readAllLines(prevention.file));
        }
        return prevention;
    }

    private static String name(ItNexus nexus) {
        return nexus.initiatorPort() + " " + nexus.targetPort();
    }

    void added(ItNexus nexus) {
        present.add(name(nexus));
    }

    /** A nexus is gone, and with it what it prevented. */
    void removed(ItNexus nexus) throws IOException {
        present.remove(name(nexus));
        set(nexus, false);
    }

    boolean isPrevented() {
        return !preventing.isEmpty();
    }

    void set(ItNexus nexus, boolean prevent) throws IOException {
        Set<String> next = new TreeSet<>(preventing);
        if (prevent ? next.add(name(nexus)) : next.remove(name(nexus))) {
            replace(next);
        }
    }

    /** Power on and reset: nobody prevents. */
    void clear() throws IOException {
        replace(Set.of());
    }

    /** Those that left while nobody served the drive prevent nothing. */
    void keepPresent() throws IOException {
        Set<String> next = new TreeSet<>(preventing);
        next.retainAll(present);
        replace(next);
    }

    private void replace(Collection<String> next) throws IOException {
        if (next.isEmpty()) {
            DurableFile.remove(file);
        } else {
            DurableFile.write(file, String.join("\n", next) + "\n");
        }
        preventing.clear();
        preventing.addAll(next);
    }
}
