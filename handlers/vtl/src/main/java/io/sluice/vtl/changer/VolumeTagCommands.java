// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.changer;

import io.sluice.handler.ItNexus;
import io.sluice.handler.ScsiCommand;
import io.sluice.handler.kit.CommandSet;
import io.sluice.handler.kit.CommandTable;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.OpCode;
import io.sluice.scsi.ParameterWriter;
import io.sluice.scsi.SenseKey;
import io.sluice.vtl.library.Element;
import io.sluice.vtl.library.ElementType;
import io.sluice.vtl.library.Library;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * SEND VOLUME TAG and REQUEST VOLUME ELEMENT ADDRESS (SMC-3): an initiator leaves a template, and then asks for what matches
 * it, in ascending order of addresses, each element once. Only translations: volume tags are bar codes on cartridges, which no command can
 * change, and there are no alternate ones. A search is its I_T nexus's own, and lost with the process; who asks without one is told so.
 * Threads: any for what ends searches; one at a time for commands.
 */
final class VolumeTagCommands implements CommandSet {
    private static final int TRANSLATE = 0x00;
    private static final int TRANSLATE_PRIMARY = 0x01;
    /** The same two, whatever the volume sequence numbers; ours are all 0. */
    private static final int TRANSLATE_ANY_SEQUENCE = 0x04;

    private static final int TRANSLATE_PRIMARY_ANY_SEQUENCE = 0x05;

    private static final int PARAMETER_BYTES = 40;
    private static final int MINIMUM_SEQUENCE = 34;
    private static final int ACTION_BYTE = 4;
    private static final int NO_SUCH_TYPE = ElementType.values().length;

    private final Library library;
    private final Map<ItNexus, Search> searches = new ConcurrentHashMap<>();

    /** A template, and the lowest address that has not been reported. */
    private record Search(VolumeTagTemplate template, int next) {}

    VolumeTagCommands(Library library) {
        this.library = library;
    }

    @Override
    public void addTo(CommandTable.Builder table) {
        table.command(OpCode.SEND_VOLUME_TAG, "B6 0F FF FF 00 1F 00 00 FF FF 00 00", this::send)
                .command(OpCode.REQUEST_VOLUME_ELEMENT_ADDRESS, "B5 1F FF FF FF FF 00 FF FF FF 00 00", this::request);
    }

    void nexusRemoved(ItNexus nexus) {
        searches.remove(nexus);
    }

    void reset() {
        searches.clear();
    }

    private void send(ScsiCommand command) {
        int action = command.cdb8(5) & 0x1F;
        int code = command.cdb8(1) & 0x0F;
        int length = command.cdb16(8);
        if (code > NO_SUCH_TYPE) {
            command.invalidField(1, 3);
        } else if (!isTranslation(action)) {
            command.invalidField(5, 4);
        } else if (length == 0) {
            command.good(0); // nothing to look for, and no error
        } else if (length != PARAMETER_BYTES || command.dataOutLength() < length) {
            command.parameterListLengthError();
        } else {
            String pattern = VolumeTagTemplate.parse(command);
            boolean anySequence = action == TRANSLATE_ANY_SEQUENCE || action == TRANSLATE_PRIMARY_ANY_SEQUENCE;
            if (pattern.isEmpty()) {
                command.invalidParameter(0, -1);
            } else if (!anySequence && command.u16(MINIMUM_SEQUENCE) != 0) {
                command.invalidParameter(MINIMUM_SEQUENCE, -1); // no volume has such a number
            } else {
                VolumeTagTemplate template =
                        new VolumeTagTemplate(action, ElementType.of(code), command.cdb16(2), pattern);
                searches.put(command.nexus(), new Search(template, 0));
                command.taken(length);
            }
        }
    }

    private static boolean isTranslation(int action) {
        return switch (action) {
            case TRANSLATE, TRANSLATE_PRIMARY, TRANSLATE_ANY_SEQUENCE, TRANSLATE_PRIMARY_ANY_SEQUENCE -> true;
            default -> false;
        };
    }

    private void request(ScsiCommand command) {
        int code = command.cdb8(1) & 0x0F;
        ElementType type = ElementType.of(code);
        if (code > NO_SUCH_TYPE) {
            command.invalidField(1, 3);
            return;
        }
        Search search = searches.get(command.nexus());
        if (search == null) {
            command.check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.COMMAND_SEQUENCE_ERROR);
            return;
        }
        int from = Math.max(command.cdb16(2), search.next());
        List<Element> found = library.elements(type, from, Integer.MAX_VALUE).stream()
                .filter(search.template()::matches)
                .limit(command.cdb16(4))
                .toList();
        ParameterWriter out = command.dataIn(command.cdb24(7));
        new ElementStatusReport(command.cdbBit(1, 4), false).write(out, found);
        out.patchU8(ACTION_BYTE, search.template().action());
        if (!found.isEmpty()) {
            searches.put(
                    command.nexus(),
                    new Search(search.template(), found.getLast().address() + 1));
        }
        command.good(out);
    }
}
