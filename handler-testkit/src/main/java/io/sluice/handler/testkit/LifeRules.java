// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.testkit;

import static io.sluice.handler.testkit.Testbed.check;

import io.sluice.handler.TaskManagementFunction;
import io.sluice.handler.testing.CommandResult;
import io.sluice.handler.testing.TestNexus;
import io.sluice.scsi.DataDirection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Many commands, nexuses, resets and ends: every command ends once, whatever happens meanwhile. */
interface LifeRules {
    int COMMANDS = 400;
    String INQUIRY = "12 00 00 0060 00";
    int ROOM = 96;

    Testbed bed();

    private List<CompletableFuture<CommandResult>> submit(TestNexus nexus, int commands) {
        List<CompletableFuture<CommandResult>> futures = new ArrayList<>();
        for (int i = 0; i < commands; i++) {
            futures.add(nexus.submit(INQUIRY, ROOM));
        }
        return futures;
    }

    private void requireAll(List<CompletableFuture<CommandResult>> futures, byte[] expected) {
        byte[] cdb = Testbed.parse(INQUIRY);
        for (CompletableFuture<CommandResult> future : futures) {
            CommandResult result = bed().await(cdb, DataDirection.IN, ROOM, future);
            check(
                    result.isGood() && Arrays.equals(result.dataIn(), expected),
                    "INQUIRY among many ended %s, %s",
                    result,
                    Testbed.hex(result.dataIn()));
        }
    }

    @Test
    default void shouldAnswerManyNexusesAtOnce() {
        byte[] expected = bed().good(INQUIRY, ROOM);
        List<CompletableFuture<CommandResult>> futures = new ArrayList<>();
        List<TestNexus> nexuses = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            nexuses.add(bed().gateway().nexus("iqn.2026-11.io.sluice.test:other" + i + ",i,0x00000000000" + i));
        }
        for (int i = 0; i < COMMANDS; i++) {
            futures.add(nexuses.get(i % nexuses.size()).submit(INQUIRY, ROOM));
        }
        requireAll(futures, expected);
    }

    @Test
    default void shouldOutliveNexusesThatComeAndGo() {
        byte[] expected = bed().good(INQUIRY, ROOM);
        for (int i = 0; i < 20; i++) {
            TestNexus nexus = bed().gateway().nexus("iqn.2026-11.io.sluice.test:guest" + i + ",i,0x000000000001");
            requireAll(submit(nexus, 5), expected);
            List<CompletableFuture<CommandResult>> others =
                    submit(bed().gateway().nexus(), 20);
            nexus.close(); // its own commands have ended, as the gateway sees to
            requireAll(others, expected);
        }
    }

    @Test
    default void shouldEndEveryCommandAcrossResets() {
        byte[] expected = bed().good(INQUIRY, ROOM);
        for (int i = 0; i < 10; i++) {
            List<CompletableFuture<CommandResult>> futures =
                    submit(bed().gateway().nexus(), 40);
            bed().gateway().logicalUnitReset();
            requireAll(futures, expected);
        }
    }

    @Test
    default void shouldEndEveryCommandAcrossTaskManagement() {
        byte[] expected = bed().good(INQUIRY, ROOM);
        for (TaskManagementFunction function : TaskManagementFunction.values()) {
            List<CompletableFuture<CommandResult>> futures =
                    submit(bed().gateway().nexus(), 40);
            bed().gateway().taskManagement(function);
            requireAll(futures, expected);
        }
    }

    @Test
    default void shouldEndEveryCommandBeforeItCloses() throws Exception {
        byte[] expected = bed().good(INQUIRY, ROOM);
        List<CompletableFuture<CommandResult>> futures = submit(bed().gateway().nexus(), 60);
        bed().reopen();
        requireAll(futures, expected);
        requireAll(submit(bed().gateway().nexus(), 1), expected);
    }
}
