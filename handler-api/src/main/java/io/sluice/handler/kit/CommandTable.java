// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.kit;

import io.sluice.handler.HotPath;
import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.OpCode;
import io.sluice.scsi.SenseKey;
import io.sluice.scsi.ServiceAction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The commands of a device. One table dispatches them, checks the reserved bits of their CDBs, and answers REPORT
 * SUPPORTED OPERATION CODES; so what is reported is what is there.
 *
 * <pre>{@code
 * CommandTable commands = CommandTable.builder()
 *         .add(inquiry)
 *         .command(TEST_UNIT_READY, "00 00 00 00 00 00", ScsiCommand::good)
 *         .command(READ_10, "28 18 FF FF FF FF 00 FF FF 00", this::read10)
 *         .command(SERVICE_ACTION_IN_16, READ_CAPACITY_16,
 *                 "9E 10 00 00 00 00 00 00 00 00 FF FF FF FF 00 00", this::readCapacity16)
 *         .build();
 * }</pre>
 *
 * <p>An operation code that is not there ends with INVALID COMMAND OPERATION CODE (20/00), a service action with INVALID
 * FIELD IN CDB (24/00). What the gateway serves for every device (REPORT LUNS, reservations, target port groups, …) it adds
 * to the report by itself.
 */
public final class CommandTable {
    private final Map<Integer, CommandEntry> entries;
    private final @Nullable CommandEntry[] byOpcode = new @Nullable CommandEntry[256];
    private final @Nullable CommandEntry[] @Nullable [] byServiceAction = new @Nullable CommandEntry[256] @Nullable [];

    private CommandTable(Map<Integer, CommandEntry> entries) {
        this.entries = Collections.unmodifiableMap(new TreeMap<>(entries));
        for (CommandEntry entry : this.entries.values()) {
            if (entry.serviceAction() < 0) {
                byOpcode[entry.opcode()] = entry;
                continue;
            }
            @Nullable CommandEntry[] actions = byServiceAction[entry.opcode()];
            if (actions == null) {
                actions = new @Nullable CommandEntry[entry.opcode() == OpCode.VARIABLE_LENGTH_CDB ? 0x10000 : 32];
                byServiceAction[entry.opcode()] = actions;
            }
            actions[entry.serviceAction()] = entry;
        }
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Checks the CDB and executes the command, or ends it with the sense data that says what is wrong. */
    @HotPath
    public void execute(ScsiCommand command) {
        int opcode = command.opcode();
        CommandEntry entry = byOpcode[opcode];
        if (entry == null) {
            @Nullable CommandEntry[] actions = byServiceAction[opcode];
            if (actions == null) {
                command.check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_COMMAND_OPERATION_CODE);
                return;
            }
            entry = actions[command.serviceAction()];
            if (entry == null) {
                refuseServiceAction(command);
                return;
            }
        }
        if (entry.usage().admits(command)) {
            entry.method().execute(command);
        }
    }

    private static void refuseServiceAction(ScsiCommand command) {
        if (command.opcode() == OpCode.VARIABLE_LENGTH_CDB) {
            command.invalidField(8, 7);
        } else {
            command.invalidField(1, 4);
        }
    }

    /** True if the table has this operation code, with any service action. */
    public boolean supports(int opcode) {
        return byOpcode[opcode] != null || byServiceAction[opcode] != null;
    }

    Collection<CommandEntry> entries() {
        return entries.values();
    }

    @Nullable
    CommandEntry find(int opcode, int serviceAction) {
        return entries.get((opcode << 16) | (serviceAction & 0xFFFF));
    }

    boolean hasServiceActions(int opcode) {
        return entries.values().stream().anyMatch(entry -> entry.opcode() == opcode && entry.serviceAction() >= 0);
    }

    /** Collects the rows; each pair of operation code and service action once. */
    public static final class Builder {
        private final Map<Integer, CommandEntry> entries = new TreeMap<>();
        private final List<Integer> order = new ArrayList<>();

        private Builder() {}

        /**
         * Adds a command without service actions.
         *
         * @param usage the CDB usage data: all bytes of the CDB in hexadecimal; a set bit is one that is evaluated
         */
        public Builder command(int opcode, String usage, CommandMethod method) {
            return put(opcode, -1, usage, method);
        }

        /** Adds one service action of an operation code; in the usage data it stands as its value. */
        public Builder command(int opcode, int serviceAction, String usage, CommandMethod method) {
            return put(opcode, serviceAction, usage, method);
        }

        /** Gives the command that was added last its time-outs for REPORT SUPPORTED OPERATION CODES with RCTD. */
        public Builder timeouts(Duration nominal, Duration recommended) {
            int last = order.getLast();
            entries.computeIfPresent(last, (key, entry) -> entry.withTimeouts(nominal, recommended));
            return this;
        }

        public Builder add(CommandSet set) {
            set.addTo(this);
            return this;
        }

        private Builder put(int opcode, int serviceAction, String usage, CommandMethod method) {
            CdbUsage parsed = new CdbUsage(opcode, serviceAction, usage);
            CommandEntry entry = new CommandEntry(opcode, serviceAction, parsed, method, Duration.ZERO, Duration.ZERO);
            boolean mixed = entries.values().stream()
                    .anyMatch(other -> other.opcode() == opcode && (other.serviceAction() < 0 || serviceAction < 0));
            if (mixed || entries.putIfAbsent(entry.key(), entry) != null) {
                throw new IllegalStateException(String.format(
                        "%s (%02Xh), service action %d is in the table already; an operation code has service actions"
                                + " or has none",
                        OpCode.name(opcode), opcode, serviceAction));
            }
            order.add(entry.key());
            return this;
        }

        /** The table, with REPORT SUPPORTED OPERATION CODES in it. */
        public CommandTable build() {
            SupportedOperationCodes codes = new SupportedOperationCodes();
            command(
                    OpCode.MAINTENANCE_IN,
                    ServiceAction.REPORT_SUPPORTED_OPERATION_CODES,
                    "A3 0C 87 FF FF FF FF FF FF FF 00 00",
                    codes::report);
            CommandTable table = new CommandTable(entries);
            codes.describe(table);
            return table;
        }
    }
}
