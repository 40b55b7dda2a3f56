// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.testkit;

import static io.sluice.handler.testkit.ModeParameters.ALL;
import static io.sluice.handler.testkit.ModeParameters.CHANGEABLE;
import static io.sluice.handler.testkit.ModeParameters.CURRENT;
import static io.sluice.handler.testkit.ModeParameters.flipped;
import static io.sluice.handler.testkit.ModeParameters.headerLength;
import static io.sluice.handler.testkit.ModeParameters.list;
import static io.sluice.handler.testkit.Testbed.check;
import static io.sluice.handler.testkit.Testbed.hex;

import io.sluice.handler.Recovery;
import io.sluice.handler.testing.CommandResult;
import io.sluice.scsi.OpCode;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What initiators must not notice when another process takes the device over, and what they were told when it was powered on. */
interface TakeOverRules {
    int REDELIVERIES = 20;

    Testbed bed();

    private void assumeRedelivers() {
        Assumptions.assumeTrue(
                bed().profile().recovery() == Recovery.REDELIVER, "SKIPPED: the profile does not say REDELIVER");
    }

    private void requireTheSame(Seed seed, RandomCommands.Command one, CommandResult first) {
        CommandResult second = bed().await(
                        one.cdb(),
                        one.direction(),
                        one.expectedLength(),
                        bed().gateway()
                                .nexus()
                                .redeliver(
                                        first.sequence(),
                                        one.cdb(),
                                        one.direction(),
                                        one.dataOut(),
                                        one.expectedLength()));
        boolean alike = first.status() == second.status()
                && Arrays.equals(first.senseBytes(), second.senseBytes())
                && first.dataLength() == second.dataLength();
        check(alike, "%s%s ended %s, and redelivered %s", seed, one, first, second);
    }

    /** A device that declares REDELIVER says that it can tell, or need not: its initiator must not notice. */
    @Test
    default void shouldAnswerARedeliveredCommandAsTheFirstTime() {
        assumeRedelivers();
        Seed seed = Seed.fresh();
        RandomCommands random = new RandomCommands(seed.random());
        for (SupportedCommand command : SupportedCommand.of(bed())) {
            for (int i = 0; i < REDELIVERIES && !command.isAnsweredByTheGateway(); i++) {
                RandomCommands.Command one = random.of(command);
                requireTheSame(seed, one, seed.run(bed(), one));
            }
        }
    }

    /** The predecessor had done it, and its answer was lost with it. */
    @Test
    default void shouldAnswerARedeliveredCommandAsItsPredecessorDid() throws Exception {
        assumeRedelivers();
        Seed seed = Seed.fresh();
        RandomCommands random = new RandomCommands(seed.random());
        for (SupportedCommand command : SupportedCommand.of(bed())) {
            if (!command.isAnsweredByTheGateway()) {
                RandomCommands.Command one = random.of(command);
                CommandResult first = seed.run(bed(), one);
                bed().takeOver(first.sequence());
                requireTheSame(seed, one, first);
            }
        }
    }

    /** Turns over one changeable bit of each page that admits it, without saving; returns what the pages are then. */
    private Map<Integer, byte[]> change() {
        ModeSenseRules.assumeReported(bed(), OpCode.MODE_SELECT_10);
        Map<Integer, byte[]> changed = new TreeMap<>();
        ModeParameters.sense10(bed(), CHANGEABLE, ALL, 0xFF).pages().forEach((key, mask) -> {
            byte[] before = ModeParameters.sense10(bed(), CURRENT, key >> 8, key & 0xFF)
                    .pages()
                    .getOrDefault(key, mask);
            for (int at = headerLength(mask); at < mask.length; at++) {
                byte[] wanted = list(flipped(before, at, Integer.lowestOneBit(mask[at] & 0xFF)));
                if (mask[at] != 0
                        && bed().out(ModeParameters.select10Cdb(false, wanted.length), wanted)
                                .isGood()) {
                    changed.put(key, Arrays.copyOfRange(wanted, 8, wanted.length));
                    return;
                }
            }
        });
        Assumptions.assumeFalse(changed.isEmpty(), "SKIPPED: no mode page is changeable");
        return changed;
    }

    private void requirePages(Map<Integer, byte[]> expected, String when) {
        Map<Integer, byte[]> now =
                ModeParameters.sense10(bed(), CURRENT, ALL, 0xFF).pages();
        expected.forEach((key, page) -> check(
                Arrays.equals(now.getOrDefault(key, new byte[0]), page),
                "mode page %04Xh %s: %s, expected %s",
                key,
                when,
                hex(now.getOrDefault(key, new byte[0])),
                hex(page)));
    }

    @Test
    default void shouldGoOnWithItsModeValuesWhenItTakesOver() throws Exception {
        Map<Integer, byte[]> changed = change();
        bed().takeOver(100);
        requirePages(changed, "after it was taken over; nobody was told that it changed");
    }

    @Test
    default void shouldBeginWithItsSavedModeValuesWhenItIsPoweredOn() throws Exception {
        ModeSenseRules.assumeReported(bed(), OpCode.MODE_SELECT_10);
        Map<Integer, byte[]> saved =
                ModeParameters.sense10(bed(), CURRENT, ALL, 0xFF).pages();
        change();
        bed().reopen();
        requirePages(saved, "after it was powered on; what was changed was not saved");
    }
}
