// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.kit;

import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.SenseKey;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** MODE SELECT: judges the whole parameter list first, so that a list with an error changes nothing. */
final class ModeSelect {
    private static final Logger LOG = LoggerFactory.getLogger(ModeSelect.class);

    private final ModePages pages;

    ModeSelect(ModePages pages) {
        this.pages = pages;
    }

    void execute(ScsiCommand command, boolean ten) {
        int length = ten ? command.cdb16(7) : command.cdb8(4);
        boolean save = command.cdbBit(1, 0);
        int header = ten ? 8 : 4;
        if (save && !pages.isSaveable()) {
            command.invalidField(1, 0);
        } else if (length == 0) {
            command.good(0); // SPC-5 6.14: no data is no error
        } else if (length < header || command.dataOutLength() < length) {
            command.parameterListLengthError();
        } else {
            synchronized (pages) {
                select(command, ten, header, length, save);
            }
        }
    }

    private void select(ScsiCommand command, boolean ten, int header, int length, boolean save) {
        int descriptorLength = ten ? command.u16(6) : command.u8(3);
        boolean longLba = ten && (command.u8(4) & 1) != 0;
        int allowed = longLba ? 16 : 8;
        BlockDescriptor descriptor = pages.blockDescriptor();
        if (descriptorLength != 0 && (descriptorLength != allowed || descriptor == null)) {
            command.invalidParameter(ten ? 6 : 3, -1);
            return;
        }
        int parameter = command.u8(ten ? 3 : 2);
        int wrongBit = pages.deviceSpecific().check(parameter);
        if (wrongBit != BlockDescriptor.ACCEPTED) {
            command.invalidParameter(ten ? 3 : 2, wrongBit);
            return;
        }
        int first = header + descriptorLength;
        if (first > length) {
            command.parameterListLengthError();
            return;
        }
        if (first < length && !command.cdbBit(1, 4)) {
            command.invalidField(1, 4); // PF zero: pages in a vendor's own format (SPC-5 6.14)
            return;
        }
        if (descriptorLength != 0 && descriptor != null) {
            int wrong = descriptor.check(command, header, descriptorLength);
            if (wrong != BlockDescriptor.ACCEPTED) {
                command.invalidParameter(header + wrong, -1);
                return;
            }
        }
        Map<ModePage, byte[]> wanted = new LinkedHashMap<>();
        for (int at = first; at < length; ) {
            int next = readPage(command, at, length, wanted);
            if (next < 0) {
                return;
            }
            at = next;
        }
        boolean changed =
                descriptorLength != 0 && descriptor != null && descriptor.apply(command, header, descriptorLength);
        changed |= pages.deviceSpecific().apply(parameter);
        try {
            pages.apply(command, wanted, save, changed);
        } catch (IOException failed) {
            LOG.error("MODE SELECT: saving mode pages failed, nothing changed: {}", failed.toString());
            command.internalFailure();
            return;
        }
        command.taken(length);
    }

    /** Reads and judges the page at {@code at}; returns where the next one starts, or -1 if the command was ended. */
    private int readPage(ScsiCommand command, int at, int end, Map<ModePage, byte[]> wanted) {
        boolean sub = (command.u8(at) & 0x40) != 0;
        int header = sub ? 4 : 2;
        if (at + header > end) {
            command.parameterListLengthError();
            return -1;
        }
        int code = command.u8(at) & 0x3F;
        ModePage page = pages.find(code, sub ? command.u8(at + 1) : 0);
        if (page == null || page.headerLength() != header) {
            boolean codeKnown = page != null || pages.find(code, 0) != null;
            command.invalidParameter(codeKnown && sub ? at + 1 : at, codeKnown && sub ? -1 : 5);
            return -1;
        }
        int length = header + (sub ? command.u16(at + 2) : command.u8(at + 1));
        if (length != page.length()) {
            command.invalidParameter(sub ? at + 2 : at + 1, -1);
            return -1;
        }
        if (at + length > end) {
            command.parameterListLengthError();
            return -1;
        }
        byte[] values = new byte[length];
        for (int i = 0; i < length; i++) {
            values[i] = (byte) command.u8((long) at + i);
        }
        values[0] = (byte) (values[0] & 0x7F); // PS is reserved here; initiators send back what MODE SENSE gave them
        int wrong = page.firstUnchangeable(values);
        if (wrong >= 0) {
            command.invalidParameter(at + (wrong >> 3), wrong & 7);
            return -1;
        }
        int invalid = page.invalidByte(values);
        if (invalid != BlockDescriptor.ACCEPTED) {
            command.sense(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST)
                    .fieldPointer(false, at + invalid, -1);
            command.check();
            return -1;
        }
        wanted.put(page, values);
        return at + length;
    }
}
