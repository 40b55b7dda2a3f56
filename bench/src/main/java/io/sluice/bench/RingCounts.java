// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;

/**
 * What the two processes at a ring did for a command. Switches are counted in a run by themselves, system calls in one run
 * per process under strace: watching both would change who sleeps most.
 */
record RingCounts(
        Placement placement,
        String handler,
        int depth,
        double gatewaySwitches,
        double handlerSwitches,
        String gatewayCalls,
        String handlerCalls) {

    static RingCounts of(Placement placement, RingLoad ring, int depth, double seconds, Path work)
            throws IOException, InterruptedException {
        long gatewayBefore = Counting.switches(ring.loadPid());
        long handlerBefore = Counting.switches(ring.handlerPid());
        long commands = ring.load(depth, seconds).commands();
        double gateway = (double) (Counting.switches(ring.loadPid()) - gatewayBefore) / commands;
        double handler = (double) (Counting.switches(ring.handlerPid()) - handlerBefore) / commands;
        return new RingCounts(
                placement,
                ring.name(),
                depth,
                gateway,
                handler,
                calls(ring.loadPid(), ring, depth, seconds, work),
                calls(ring.handlerPid(), ring, depth, seconds, work));
    }

    private static String calls(long pid, RingLoad ring, int depth, double seconds, Path work)
            throws IOException, InterruptedException {
        long[] commands = new long[1];
        SystemCalls calls = Counting.systemCalls(
                pid, work, () -> commands[0] = ring.load(depth, seconds).commands());
        return calls.perCommand(commands[0]);
    }
}
