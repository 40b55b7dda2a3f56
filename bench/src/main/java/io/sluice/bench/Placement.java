// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * Which processors the two sides of a ring run on.
 *
 * @param here of the side that asks; -1 leaves it to the scheduler
 * @param there of the side that answers
 */
record Placement(String name, int here, int there) {
    /** Those that this machine has. */
    static List<Placement> all() {
        List<Placement> all = new ArrayList<>();
        all.add(new Placement("one CPU", 0, 0));
        if (Runtime.getRuntime().availableProcessors() > 1) {
            all.add(new Placement("two CPUs", 0, 1));
        }
        return all;
    }

    /** For {@code --cpus} of the side that asks. */
    String cpus() {
        return here < 0 ? "any" : Integer.toString(here);
    }

    boolean shared() {
        return here == there;
    }
}
