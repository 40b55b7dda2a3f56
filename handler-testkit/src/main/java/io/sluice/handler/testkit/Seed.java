// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.testkit;

import io.sluice.handler.testing.CommandResult;
import java.util.Random;

/** The seed of a random rule: a fresh one, or that of the system property {@value #PROPERTY}, to see a failure again. */
final class Seed {
    static final String PROPERTY = "sluice.seed";

    private final long value;

    private Seed(long value) {
        this.value = value;
    }

    static Seed fresh() {
        Long given = Long.getLong(PROPERTY);
        return new Seed(given != null ? given : new Random().nextLong());
    }

    Random random() {
        return new Random(value);
    }

    /** Runs a command; what is wrong with its answer names the seed. */
    CommandResult run(Testbed bed, RandomCommands.Command command) {
        try {
            return bed.run(command.cdb(), command.direction(), command.dataOut(), command.expectedLength());
        } catch (AssertionError wrong) {
            throw new AssertionError(this + wrong.getMessage(), wrong);
        }
    }

    /** The beginning of a message. */
    @Override
    public String toString() {
        return "seed " + value + " (again with -D" + PROPERTY + "=" + value + "): ";
    }
}
