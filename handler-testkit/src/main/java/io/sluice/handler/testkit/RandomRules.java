// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.testkit;

import static io.sluice.handler.testkit.Testbed.check;

import io.sluice.scsi.OpCode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Whatever an initiator sends, it gets an answer, the answer is well formed, and the device is the same afterwards. The number
 * of commands is {@code -Dsluice.random.commands}, per command of the device.
 */
interface RandomRules {
    int COMMANDS = Integer.getInteger("sluice.random.commands", 150);
    int ROOM = 65_535;

    Testbed bed();

    private byte[] inquiry() {
        return bed().good("12 00 00 1000 00", 4096);
    }

    @Test
    default void shouldAnswerRandomCdbs() {
        Seed seed = Seed.fresh();
        RandomCommands random = new RandomCommands(seed.random());
        byte[] before = inquiry();
        List<SupportedCommand> commands = SupportedCommand.of(bed()).stream()
                .filter(command -> !command.isAnsweredByTheGateway())
                .toList();
        for (int i = 0; i < COMMANDS; i++) {
            for (SupportedCommand command : commands) {
                seed.run(bed(), random.of(command));
            }
            seed.run(bed(), random.anything());
        }
        check(Arrays.equals(inquiry(), before), "%sthe device answers INQUIRY in another way than before", seed);
    }

    @Test
    default void shouldAnswerRandomParameterLists() {
        ModeSenseRules.assumeReported(bed(), OpCode.MODE_SELECT_10);
        Seed seed = Seed.fresh();
        RandomCommands random = new RandomCommands(seed.random());
        Map<Integer, byte[]> pages = ModeParameters.sense10(bed(), ModeParameters.CURRENT, ModeParameters.ALL, 0xFF)
                .pages();
        for (int i = 0; i < 10 * COMMANDS; i++) {
            seed.run(bed(), random.modeSelect(pages));
        }
        Map<Integer, byte[]> after = ModeParameters.sense10(bed(), ModeParameters.CURRENT, ModeParameters.ALL, 0xFF)
                .pages();
        check(after.keySet().equals(pages.keySet()), "%sother mode pages than before: %s", seed, after.keySet());
    }
}
