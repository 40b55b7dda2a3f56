// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.ScsiCommand;
import io.sluice.handler.kit.CommandTable;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.OpCode;
import io.sluice.scsi.SenseKey;

/**
 * Answers a command again that ended in this drive's former process, whose answer never left it: several may have, because a
 * process hands its answers over in batches. What it did is done, so it gets the recorded answer; one that returns data is executed
 * once more where the drive stood then, and the drive goes back to where it is.
 */
final class Replay {
    private final DriveState state;
    private final StateFile file;
    private final DriveCommand command;
    private final CommandTable table;
    private final Answer answer = new Answer();

    Replay(DriveState state, StateFile file, DriveCommand command, CommandTable table) {
        this.state = state;
        this.file = file;
        this.command = command;
        this.table = table;
    }

    void answer(ScsiCommand redelivered) {
        if (!file.find(redelivered.sequence(), answer)) {
            // Older than any command that can still be outstanding.
            redelivered.check(SenseKey.ABORTED_COMMAND, AdditionalSense.LOGICAL_UNIT_COMMUNICATION_FAILURE);
        } else if (!returnsData(redelivered.opcode())) {
            answer.give(redelivered);
        } else if (readsMedium(redelivered.opcode()) && state.replacedBy > redelivered.sequence()) {
            // A later command that the initiator sent without waiting has overwritten it.
            redelivered.check(SenseKey.ABORTED_COMMAND, AdditionalSense.LOGICAL_UNIT_COMMUNICATION_FAILURE);
        } else {
            executeAgain(redelivered);
        }
    }

    private void executeAgain(ScsiCommand redelivered) {
        long position = state.position;
        long alerts = state.alerts;
        LoadState load = state.load;
        long[] counters = state.counters.clone();
        state.position = answer.positionBefore;
        state.alerts = answer.alertsBefore;
        state.load = answer.loadBefore;
        command.repeat(redelivered, readsMedium(redelivered.opcode()) ? answer : null);
        try {
            table.execute(command);
        } finally {
            state.position = position;
            state.alerts = alerts;
            state.load = load;
            System.arraycopy(counters, 0, state.counters, 0, counters.length);
        }
    }

    private static boolean readsMedium(int opcode) {
        return switch (opcode) {
            case OpCode.READ_6, OpCode.READ_16, OpCode.READ_REVERSE_6, OpCode.READ_REVERSE_16 -> true;
            default -> false;
        };
    }

    private static boolean returnsData(int opcode) {
        return switch (opcode) {
            case OpCode.INQUIRY,
                    OpCode.MODE_SENSE_6,
                    OpCode.MODE_SENSE_10,
                    OpCode.LOG_SENSE,
                    OpCode.READ_POSITION,
                    OpCode.READ_BLOCK_LIMITS,
                    OpCode.REPORT_DENSITY_SUPPORT,
                    OpCode.READ_BUFFER_10,
                    OpCode.RECEIVE_DIAGNOSTIC_RESULTS,
                    OpCode.READ_ATTRIBUTE,
                    OpCode.MAINTENANCE_IN -> true;
            default -> readsMedium(opcode);
        };
    }
}
