// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import java.io.IOException;

/** An initiator that loads one LUN. */
@FunctionalInterface
interface Load {
    /** Commands per second of the workload on {@code url}, an {@code iscsi://} LUN, in a run of about so many seconds. */
    double run(String url, Workload workload, double seconds) throws IOException, InterruptedException;
}
