// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.DeviceContext;
import io.sluice.handler.kit.CommandSet;
import io.sluice.handler.kit.CommandTable;
import io.sluice.scsi.OpCode;
import io.sluice.scsi.ServiceAction;
import java.util.function.LongSupplier;

/** The commands of a drive as rows of its table; a bit that is not in a row is refused. */
final class DriveCommands implements CommandSet {
    /** READ POSITION, short form with a vendor's locations: which are the logical ones here; the form that Linux asks for. */
    private static final int READ_POSITION_VENDOR_FORM = 0x01;

    private final ReadCommands read;
    private final ReadReverseCommand reverse;
    private final WriteCommands write;
    private final EraseCommands erase;
    private final AttributeCommands attributes;
    private final SpaceCommand space;
    private final PositionCommands position;
    private final ReadPositionCommand readPosition;
    private final LoadCommands load;
    private final DensityCommand density;
    private final BufferCommands buffer = new BufferCommands();
    private final DiagnosticCommands diagnostic = new DiagnosticCommands();
    private final TimestampCommands timestamp;

    DriveCommands(
            DriveUnit unit, DeviceContext context, DriveModel model, Prevention prevention, LongSupplier nowMillis) {
        read = new ReadCommands(unit);
        reverse = new ReadReverseCommand(unit);
        write = new WriteCommands(unit);
        erase = new EraseCommands(unit);
        attributes = new AttributeCommands(unit);
        space = new SpaceCommand(unit);
        position = new PositionCommands(unit);
        readPosition = new ReadPositionCommand(unit);
        load = new LoadCommands(unit, context, prevention);
        density = new DensityCommand(unit, model);
        timestamp = new TimestampCommands(unit.state, context, nowMillis);
    }

    @Override
    public void addTo(CommandTable.Builder table) {
        addTransfers(table);
        addPositioning(table);
        addErasing(table);
        addDrive(table);
        table.add(attributes);
    }

    private void addTransfers(CommandTable.Builder table) {
        table.command(OpCode.READ_6, "08 03 FF FF FF 00", read::read)
                .command(OpCode.READ_16, "88 03 00 FF FF FF FF FF FF FF FF FF FF FF FF 00", read::read)
                .command(OpCode.READ_REVERSE_6, "0F 07 FF FF FF 00", reverse::readReverse)
                .command(
                        OpCode.READ_REVERSE_16, "81 07 00 FF FF FF FF FF FF FF FF FF FF FF FF 00", reverse::readReverse)
                .command(OpCode.VERIFY_6, "13 05 FF FF FF 00", read::verify)
                .command(OpCode.VERIFY_16, "8F 05 00 FF FF FF FF FF FF FF FF FF FF FF FF 00", read::verify)
                .command(OpCode.WRITE_6, "0A 01 FF FF FF 00", write::write)
                .command(OpCode.WRITE_16, "8A 0D 00 FF FF FF FF FF FF FF FF FF FF FF FF 00", write::write)
                .command(OpCode.WRITE_FILEMARKS_6, "10 01 FF FF FF 00", write::writeFilemarks)
                .command(
                        OpCode.WRITE_FILEMARKS_16,
                        "80 0D 00 FF FF FF FF FF FF FF FF FF FF FF FF 00",
                        write::writeFilemarks);
    }

    private void addPositioning(CommandTable.Builder table) {
        table.command(OpCode.REWIND, "01 01 00 00 00 00", position::rewind)
                .command(OpCode.SPACE_6, "11 0F FF FF FF 00", space::space)
                .command(OpCode.SPACE_16, "91 0F 00 00 FF FF FF FF FF FF FF FF 00 00 00 00", space::space)
                .command(OpCode.LOCATE_10, "2B 07 00 FF FF FF FF 00 FF 00", position::locate10)
                .command(OpCode.LOCATE_16, "92 3B 00 FF FF FF FF FF FF FF FF FF 00 00 00 00", position::locate16)
                .command(
                        OpCode.READ_POSITION,
                        ServiceAction.READ_POSITION_SHORT_FORM,
                        "34 00 00 00 00 00 00 00 00 00",
                        readPosition::shortForm)
                .command(
                        OpCode.READ_POSITION,
                        READ_POSITION_VENDOR_FORM,
                        "34 01 00 00 00 00 00 00 00 00",
                        readPosition::shortForm)
                .command(
                        OpCode.READ_POSITION,
                        ServiceAction.READ_POSITION_LONG_FORM,
                        "34 06 00 00 00 00 00 00 00 00",
                        readPosition::longForm)
                .command(
                        OpCode.READ_POSITION,
                        ServiceAction.READ_POSITION_EXTENDED_FORM,
                        "34 08 00 00 00 00 00 FF FF 00",
                        readPosition::extendedForm);
    }

    private void addErasing(CommandTable.Builder table) {
        table.command(OpCode.ERASE_6, "19 03 00 00 00 00", erase::erase)
                .command(OpCode.ERASE_16, "93 0F 00 FF FF FF FF FF FF FF FF FF 00 00 00 00", erase::erase)
                .command(OpCode.FORMAT_MEDIUM, "04 03 0F 00 00 00", erase::formatMedium)
                .command(OpCode.SET_CAPACITY, "0B 01 00 FF FF 00", erase::setCapacity);
    }

    private void addDrive(CommandTable.Builder table) {
        table.command(OpCode.TEST_UNIT_READY, "00 00 00 00 00 00", load::testUnitReady)
                .command(OpCode.LOAD_UNLOAD, "1B 01 00 00 0F 00", load::loadUnload)
                .command(OpCode.PREVENT_ALLOW_MEDIUM_REMOVAL, "1E 00 00 00 03 00", load::preventAllow)
                .command(OpCode.READ_BLOCK_LIMITS, "05 01 00 00 00 00", density::readBlockLimits)
                .command(OpCode.REPORT_DENSITY_SUPPORT, "44 03 00 00 00 00 00 FF FF 00", density::reportDensitySupport)
                .command(OpCode.READ_BUFFER_10, "3C 1F FF FF FF FF FF FF FF 00", buffer::readBuffer)
                .command(OpCode.WRITE_BUFFER, "3B 1F FF FF FF FF FF FF FF 00", buffer::writeBuffer)
                .command(OpCode.SEND_DIAGNOSTIC, "1D F7 00 FF FF 00", diagnostic::sendDiagnostic)
                .command(OpCode.RECEIVE_DIAGNOSTIC_RESULTS, "1C 01 FF FF FF 00", diagnostic::receiveDiagnosticResults)
                .command(
                        OpCode.MAINTENANCE_IN,
                        ServiceAction.REPORT_TIMESTAMP,
                        "A3 0F 00 00 00 00 FF FF FF FF 00 00",
                        timestamp::reportTimestamp)
                .command(
                        OpCode.MAINTENANCE_OUT,
                        ServiceAction.SET_TIMESTAMP,
                        "A4 0F 00 00 00 00 FF FF FF FF 00 00",
                        timestamp::setTimestamp);
    }
}
