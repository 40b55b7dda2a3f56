// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler;

import io.sluice.scsi.PeripheralDeviceType;

/**
 * What the gateway must know of a device. Made with {@link #of}.
 *
 * @param type peripheral device type
 * @param execution which threads run its commands
 * @param spread true: its commands come over all queues of the session; false: over one, in the order of hand-over
 * @param maxTransferBytes bytes per command, 512 to {@value #MAX_TRANSFER_BYTES}; what a command may use of its buffer
 * @param taskSetLimit commands at once in a task set, of all nexuses unless TST gives each its own; past it TASK SET FULL
 * @param recovery what becomes of its commands when this process dies
 * @param timeouts per command, after which the gateway answers its initiator
 * @param controlMode the Control mode page at the start (saved values may be there)
 * @param explicitAccess initiators may change its asymmetric access states by SET TARGET PORT GROUPS (SPC-5 5.18.2.8)
 */
public record DeviceProfile(
        PeripheralDeviceType type,
        Execution execution,
        boolean spread,
        int maxTransferBytes,
        int taskSetLimit,
        Recovery recovery,
        CommandTimeouts timeouts,
        ControlMode controlMode,
        boolean explicitAccess) {
    /** The ABI's limit for one command: 16 MiB. */
    public static final int MAX_TRANSFER_BYTES = 16 << 20;

    public DeviceProfile {
        if (maxTransferBytes < 512 || maxTransferBytes > MAX_TRANSFER_BYTES) {
            throw new IllegalArgumentException(
                    "maxTransferBytes " + maxTransferBytes + ": choose from 512 to " + MAX_TRANSFER_BYTES);
        }
        if (taskSetLimit < 1) {
            throw new IllegalArgumentException("taskSetLimit " + taskSetLimit + ": choose 1 or more");
        }
        if (spread && execution == Execution.SERIAL) {
            throw new IllegalArgumentException(
                    "spread with SERIAL execution would lose the order of commands; choose one of them");
        }
    }

    /**
     * A profile with the usual values: {@link Execution#PARALLEL} is spread over all queues and others are bound to one;
     * 16 MiB per command, 256 commands at once, {@link Recovery#FAIL}, the gateway's default timeouts, fixed format sense.
     */
    public static Builder of(PeripheralDeviceType type, Execution execution) {
        return new Builder(type, execution);
    }

    /** The same with other timeouts. */
    public DeviceProfile withTimeouts(CommandTimeouts others) {
        return new DeviceProfile(
                type, execution, spread, maxTransferBytes, taskSetLimit, recovery, others, controlMode, explicitAccess);
    }

    /** Changes what is not usual. */
    public static final class Builder {
        private final PeripheralDeviceType type;
        private final Execution execution;
        private boolean spread;
        private int maxTransferBytes = MAX_TRANSFER_BYTES;
        private int taskSetLimit = 256;
        private Recovery recovery = Recovery.FAIL;
        private CommandTimeouts timeouts = CommandTimeouts.DEFAULT;
        private ControlMode controlMode = ControlMode.DEFAULT;
        private boolean explicitAccess;

        private Builder(PeripheralDeviceType type, Execution execution) {
            this.type = type;
            this.execution = execution;
            this.spread = execution == Execution.PARALLEL;
        }

        public Builder spread(boolean overAllQueues) {
            spread = overAllQueues;
            return this;
        }

        public Builder maxTransferBytes(int bytes) {
            maxTransferBytes = bytes;
            return this;
        }

        public Builder taskSetLimit(int commands) {
            taskSetLimit = commands;
            return this;
        }

        public Builder recovery(Recovery policy) {
            recovery = policy;
            return this;
        }

        public Builder timeouts(CommandTimeouts byPace) {
            timeouts = byPace;
            return this;
        }

        /** The Control mode page's values as they are at the start. */
        public Builder controlMode(ControlMode mode) {
            controlMode = mode;
            return this;
        }

        /** Initiators may change its asymmetric access states; without, only the gateway's configuration does. */
        public Builder explicitAccess(boolean byInitiators) {
            explicitAccess = byInitiators;
            return this;
        }

        public DeviceProfile build() {
            return new DeviceProfile(
                    type,
                    execution,
                    spread,
                    maxTransferBytes,
                    taskSetLimit,
                    recovery,
                    timeouts,
                    controlMode,
                    explicitAccess);
        }
    }
}
