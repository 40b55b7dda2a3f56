// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.changer;

import io.sluice.handler.ScsiCommand;
import io.sluice.handler.kit.CommandSet;
import io.sluice.handler.kit.CommandTable;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.OpCode;
import io.sluice.scsi.ParameterWriter;
import io.sluice.scsi.SenseKey;
import io.sluice.vtl.library.ElementType;
import io.sluice.vtl.library.Geometry;
import io.sluice.vtl.library.Library;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** READ ELEMENT STATUS (SMC-3 6.11), INITIALIZE ELEMENT STATUS (6.3, 6.4) and POSITION TO ELEMENT (6.9). */
final class ElementCommands implements CommandSet {
    private static final Logger LOG = LoggerFactory.getLogger(ElementCommands.class);
    private static final Duration INVENTORY = Duration.ofMinutes(5);
    private static final int ALL_TYPES = 0;
    /** What libraries of IBM's family call INITIALIZE ELEMENT STATUS WITH RANGE beside 37h. */
    private static final int INITIALIZE_ELEMENT_STATUS_WITH_RANGE_VENDOR = 0xE7;

    private final Library library;

    ElementCommands(Library library) {
        this.library = library;
    }

    @Override
    public void addTo(CommandTable.Builder table) {
        table.command(OpCode.READ_ELEMENT_STATUS, "B8 1F FF FF FF FF 03 FF FF FF 00 00", this::read)
                .command(OpCode.INITIALIZE_ELEMENT_STATUS, "07 00 00 00 00 00", this::initialize)
                .timeouts(Duration.ZERO, INVENTORY)
                .command(
                        OpCode.INITIALIZE_ELEMENT_STATUS_WITH_RANGE,
                        "37 03 FF FF 00 00 FF FF 00 00",
                        this::initializeRange)
                .timeouts(Duration.ZERO, INVENTORY)
                .command(
                        INITIALIZE_ELEMENT_STATUS_WITH_RANGE_VENDOR,
                        "E7 03 FF FF 00 00 FF FF 00 00",
                        this::initializeRange)
                .timeouts(Duration.ZERO, INVENTORY)
                .command(OpCode.POSITION_TO_ELEMENT, "2B 00 FF FF FF FF 00 00 01 00", this::position);
    }

    private void read(ScsiCommand command) {
        int code = command.cdb8(1) & 0x0F;
        ElementType type = ElementType.of(code);
        if (type == null && code != ALL_TYPES) {
            command.invalidField(1, 3);
            return;
        }
        ParameterWriter out = command.dataIn(command.cdb24(7));
        new ElementStatusReport(command.cdbBit(1, 4), command.cdbBit(6, 0))
                .write(out, library.elements(type, command.cdb16(2), command.cdb16(4)));
        command.good(out);
    }

    /** The whole library is looked through in no time, so a range, or FAST, changes nothing but what may be wrong with it. */
    private void initializeRange(ScsiCommand command) {
        boolean range = command.cdbBit(1, 0);
        int first = command.cdb16(2);
        if (range && command.cdb16(6) > 0 && first != 0 && library.geometry().type(first) == null) {
            invalidElement(command, 2);
            return;
        }
        initialize(command);
    }

    private void initialize(ScsiCommand command) {
        try {
            library.takeStock();
        } catch (IOException failed) {
            LOG.error("{}: the inventory cannot be taken: {}", library.place(), failed.toString());
            command.internalFailure();
            return;
        }
        command.good();
    }

    private void position(ScsiCommand command) {
        if (!isTransport(command.cdb16(2))) {
            invalidElement(command, 2);
        } else if (command.cdbBit(8, 0)) {
            command.invalidField(8, 0); // the transport does not rotate
        } else if (holder(command.cdb16(4)) == null) {
            invalidElement(command, 4);
        } else {
            command.good();
        }
    }

    /** Zero means the default transport, which is the only one. */
    static boolean isTransport(int address) {
        return address == 0 || address == Geometry.TRANSPORT;
    }

    private @Nullable ElementType holder(int address) {
        ElementType type = library.geometry().type(address);
        return type == ElementType.MEDIUM_TRANSPORT ? null : type;
    }

    static void invalidElement(ScsiCommand command, int cdbByte) {
        command.sense(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_ELEMENT_ADDRESS)
                .fieldPointer(true, cdbByte, -1);
        command.check();
    }
}
