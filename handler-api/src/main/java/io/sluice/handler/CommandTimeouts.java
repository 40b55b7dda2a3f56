// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How long a device's commands may be with their handler, by {@link Pace}. After that the gateway answers the initiator
 * (ABORTED COMMAND), whatever the handler does later. The time counts from the hand-over: with {@link Execution#SERIAL} it
 * includes that of the commands before, so a device that runs long ones there gives the quick ones time to wait for them.
 *
 * @param byPace in the order of {@link Pace}, each from zero (the gateway's default) to {@link #LONGEST}
 */
public record CommandTimeouts(List<Duration> byPace) {
    /** The ABI's limit: a day. */
    public static final Duration LONGEST = Duration.ofDays(1);

    /** The gateway's for each. */
    public static final CommandTimeouts DEFAULT = all(Duration.ZERO);

    public CommandTimeouts {
        if (byPace.size() != Pace.values().length) {
            throw new IllegalArgumentException(byPace.size() + " timeouts: give one for each of Pace");
        }
        for (Duration timeout : byPace) {
            if (timeout.isNegative() || timeout.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException(
                        "timeout " + timeout + ": choose from zero (the default) to " + LONGEST);
            }
        }
        byPace = List.copyOf(byPace);
    }

    /** The same for every command. */
    public static CommandTimeouts all(Duration timeout) {
        return new CommandTimeouts(Collections.nCopies(Pace.values().length, timeout));
    }

    /** Zero: the gateway's default. */
    public Duration of(Pace pace) {
        return byPace.get(pace.code());
    }

    public CommandTimeouts with(Pace pace, Duration timeout) {
        List<Duration> changed = new ArrayList<>(byPace);
        changed.set(pace.code(), timeout);
        return new CommandTimeouts(changed);
    }

    /** These, and where they say nothing, {@code others}. */
    public CommandTimeouts orElse(CommandTimeouts others) {
        List<Duration> merged = new ArrayList<>(byPace);
        for (Pace pace : Pace.values()) {
            if (of(pace).isZero()) {
                merged.set(pace.code(), others.of(pace));
            }
        }
        return new CommandTimeouts(merged);
    }
}
