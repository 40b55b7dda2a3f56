// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler;

import java.io.IOException;
import java.util.function.Consumer;

/**
 * A logical unit's device server. Created by a {@link DeviceProvider}; used by the runtime in this order: {@link
 * #profile()} once, then callbacks and commands, then {@link #close()} when no command is left.
 *
 * <p>Threads: as the profile's {@link Execution} says. A nexus is announced before its first command.
 */
public interface Device extends AutoCloseable {
    /**
     * A device that is a profile and a method, without state to close and without interest in events: {@code
     * Device.of(profile, table::execute)}.
     */
    static Device of(DeviceProfile profile, Consumer<ScsiCommand> method) {
        return new Device() {
            @Override
            public DeviceProfile profile() {
                return profile;
            }

            @Override
            public void execute(ScsiCommand command) {
                method.accept(command);
            }
        };
    }

    /** What the gateway must know of this device. Asked once, after open. */
    DeviceProfile profile();

    /**
     * Executes a command and ends it exactly once with one of its ending methods: before this returns or later, on this
     * thread or another. After that the command object belongs to the runtime again and must not be touched. An
     * exception thrown here ends the command with HARDWARE ERROR, INTERNAL TARGET FAILURE (44/00).
     */
    @HotPath
    void execute(ScsiCommand command);

    /**
     * For {@link Execution#PARALLEL} and {@link Execution#SERIAL}: asked on the queue loop before a command goes to the workers,
     * because handing over costs more than many a command. Executes and ends the command like {@link #execute} if that takes no
     * wait and little time, and returns true; else returns false without having ended it, and it comes to {@link #execute} on a
     * worker. A SERIAL device is asked only in its turn: nothing else of it runs, and nothing that came before waits. Start no
     * thread here: it would inherit the processor that the loop keeps to, and stay in its way.
     */
    @HotPath
    default boolean tryExecute(ScsiCommand command) {
        return false;
    }

    /** A nexus that may reach this device came to life. */
    default void nexusAdded(ItNexus nexus) {}

    /** A nexus is gone; its commands have ended. Drop what is kept per nexus (such as PREVENT MEDIUM REMOVAL). */
    default void nexusRemoved(ItNexus nexus) {}

    /**
     * I_T NEXUS RESET (SAM-6 7.6): to this logical unit the nexus was lost and is back at once, its commands aborted. The same after
     * a PREEMPT AND ABORT that took the registration of the nexus (SPC-5 5.14.11.2.6), and when its last LUN of this device was unmapped.
     * What is kept for a nexus starts afresh, as here, unless a device knows better.
     */
    default void nexusReset(ItNexus nexus) {
        nexusRemoved(nexus);
        nexusAdded(nexus);
    }

    /** Commands of this device were aborted or cleared; comes at once, on the admin thread. See {@link TaskManagement}. */
    default void taskManagement(TaskManagement event) {}

    /**
     * The gateway tells initiators that this logical unit was powered on (29/01): it was served by nobody before, or not within
     * the grace. What a former process left behind for one that takes over does not count then. Comes before the first command;
     * when the device takes over, it does not come.
     */
    default void poweredOn() {}

    /**
     * This process goes on where a former one stopped, and initiators were told nothing. Every nexus that is there has been
     * announced; what was kept for one that has not, is of one that is gone. Comes before the first command.
     */
    default void takenOver() {}

    /**
     * A planned end begins while commands still come: write back now what {@link #close()} would keep initiators waiting for.
     * Called on a thread of the runtime.
     */
    default void writeBack() {}

    /** LOGICAL UNIT RESET (SAM-6 6.3.3): bring volatile state, such as unsaved mode parameters, to its defaults. */
    default void logicalUnitReset() {}

    /** Flush and release. No command is held by then, and none comes after. */
    @Override
    default void close() throws IOException {}
}
