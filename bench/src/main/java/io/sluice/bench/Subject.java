// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import java.io.IOException;

/** Something that answers a workload: a target, or the bare limit that no target can pass. */
interface Subject {
    String name();

    /** Runs the workload for about so many seconds and returns commands per second. */
    double run(Workload workload, double seconds) throws IOException, InterruptedException;

    /** Ends what was started; waits for it. */
    void close() throws IOException, InterruptedException;
}
