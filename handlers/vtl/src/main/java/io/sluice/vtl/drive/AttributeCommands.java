// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.ScsiCommand;
import io.sluice.handler.kit.CommandSet;
import io.sluice.handler.kit.CommandTable;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.OpCode;
import io.sluice.scsi.ParameterWriter;
import io.sluice.scsi.SenseKey;
import io.sluice.vtl.medium.Cartridge;
import io.sluice.vtl.medium.CartridgeMemory;
import io.sluice.vtl.medium.MediumResult;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** READ ATTRIBUTE and WRITE ATTRIBUTE (SPC-5) on the memory of the cartridge in the drive, threaded or held. */
final class AttributeCommands implements CommandSet {
    private static final int ATTRIBUTE_VALUES = 0;
    private static final int ATTRIBUTE_LIST = 1;
    private static final int LOGICAL_VOLUME_LIST = 2;
    private static final int PARTITION_LIST = 3;
    private static final int SUPPORTED_ATTRIBUTES = 5;

    private static final int LOGICAL_VOLUME = 5;
    private static final int PARTITION = 7;
    private static final int FIRST_IDENTIFIER = 8;
    private static final int LENGTH = 10;
    private static final int LIST_HEADER = 4;

    private final DriveUnit unit;

    AttributeCommands(DriveUnit unit) {
        this.unit = unit;
    }

    @Override
    public void addTo(CommandTable.Builder table) {
        table.command(
                        OpCode.READ_ATTRIBUTE,
                        ATTRIBUTE_VALUES,
                        "8C 00 00 00 00 FF 00 FF FF FF FF FF FF FF 01 00",
                        this::values)
                .command(
                        OpCode.READ_ATTRIBUTE,
                        ATTRIBUTE_LIST,
                        "8C 01 00 00 00 FF 00 FF FF FF FF FF FF FF 01 00",
                        this::list)
                .command(
                        OpCode.READ_ATTRIBUTE,
                        LOGICAL_VOLUME_LIST,
                        "8C 02 00 00 00 FF 00 FF FF FF FF FF FF FF 01 00",
                        this::one)
                .command(
                        OpCode.READ_ATTRIBUTE,
                        PARTITION_LIST,
                        "8C 03 00 00 00 FF 00 FF FF FF FF FF FF FF 01 00",
                        this::one)
                .command(
                        OpCode.READ_ATTRIBUTE,
                        SUPPORTED_ATTRIBUTES,
                        "8C 05 00 00 00 FF 00 FF FF FF FF FF FF FF 01 00",
                        this::supported)
                .command(
                        OpCode.WRITE_ATTRIBUTE,
                        "8D 01 00 00 00 FF 00 FF 00 00 FF FF FF FF 00 00",
                        this::writeAttribute);
    }

    // ---- READ ATTRIBUTE

    private void values(ScsiCommand command) {
        SortedMap<Integer, MamAttribute> asked = asked(command);
        if (asked == null) {
            return;
        }
        ParameterWriter out = command.dataIn(command.cdb32(LENGTH)).u32(0);
        asked.values().forEach(attribute -> attribute.write(out));
        if (asked.containsKey(MamContent.VOLUME_CHANGE_REFERENCE)) {
            unit.memory.told();
        }
        end(command, out);
    }

    private void list(ScsiCommand command) {
        SortedMap<Integer, MamAttribute> asked = asked(command);
        if (asked == null) {
            return;
        }
        ParameterWriter out = command.dataIn(command.cdb32(LENGTH)).u32(0);
        asked.keySet().forEach(out::u16);
        end(command, out);
    }

    private void supported(ScsiCommand command) {
        SortedMap<Integer, MamAttribute> existing = existing(command);
        if (existing == null) {
            return;
        }
        SortedSet<Integer> all = MamContent.supported(existing);
        int first = command.cdb16(FIRST_IDENTIFIER);
        if (!all.contains(first)) {
            command.invalidField(FIRST_IDENTIFIER);
            return;
        }
        ParameterWriter out = command.dataIn(command.cdb32(LENGTH)).u32(0);
        all.tailSet(first).forEach(out::u16);
        end(command, out);
    }

    /** LOGICAL VOLUME LIST and PARTITION LIST: from 0 on, one. */
    private void one(ScsiCommand command) {
        if (there(command) != null) {
            command.good(command.dataIn(command.cdb32(LENGTH)).u16(2).u8(0).u8(1));
        }
    }

    /** Attributes from FIRST ATTRIBUTE IDENTIFIER on, which has to exist; null after having ended the command. */
    private @Nullable SortedMap<Integer, MamAttribute> asked(ScsiCommand command) {
        SortedMap<Integer, MamAttribute> existing = existing(command);
        if (existing == null) {
            return null;
        }
        int first = command.cdb16(FIRST_IDENTIFIER);
        if (!existing.containsKey(first)) {
            command.invalidField(FIRST_IDENTIFIER);
            return null;
        }
        return existing.tailMap(first);
    }

    private @Nullable SortedMap<Integer, MamAttribute> existing(ScsiCommand command) {
        Cartridge cartridge = there(command);
        if (cartridge == null) {
            return null;
        }
        CartridgeMemory kept = cartridge.memory();
        if (kept == null) {
            command.check(SenseKey.MEDIUM_ERROR, AdditionalSense.AUXILIARY_MEMORY_READ_ERROR);
            return null;
        }
        return new MamContent(cartridge, kept, unit.memory.current(kept)).attributes();
    }

    /** AVAILABLE DATA counts what is behind it. */
    private static void end(ScsiCommand command, ParameterWriter out) {
        out.patchU32(0, out.position() - LIST_HEADER);
        command.good(out);
    }

    /** The cartridge, whose only logical volume and partition are 0; null after having ended the command. */
    private @Nullable Cartridge there(ScsiCommand command) {
        if (command.cdb8(LOGICAL_VOLUME) != 0) {
            command.invalidField(LOGICAL_VOLUME);
            return null;
        }
        if (command.cdb8(PARTITION) != 0) {
            command.invalidField(PARTITION);
            return null;
        }
        Cartridge cartridge = unit.cartridge();
        switch (unit.state.load) {
            case EMPTY, EJECTED -> command.check(SenseKey.NOT_READY, AdditionalSense.MEDIUM_NOT_PRESENT);
            case LOADED, HELD -> {
                if (cartridge != null) {
                    return cartridge;
                }
                command.check(
                        SenseKey.NOT_READY, AdditionalSense.LOGICAL_UNIT_NOT_READY_AUXILIARY_MEMORY_NOT_ACCESSIBLE);
            }
            default ->
                command.check(
                        SenseKey.NOT_READY, AdditionalSense.LOGICAL_UNIT_NOT_READY_AUXILIARY_MEMORY_NOT_ACCESSIBLE);
        }
        return null;
    }

    // ---- WRITE ATTRIBUTE

    /** All of the list, or nothing of it; WTC changes nothing, for nothing is cached. */
    private void writeAttribute(ScsiCommand command) {
        Cartridge cartridge = there(command);
        if (cartridge == null) {
            return;
        }
        long length = command.cdb32(LENGTH);
        if (length == 0) {
            command.good(0);
            return;
        }
        if (length < LIST_HEADER || command.dataOutLength() < length) {
            command.parameterListLengthError();
            return;
        }
        if (unit.refusesWrites(command)) {
            return;
        }
        CartridgeMemory kept = cartridge.memory();
        if (kept == null) {
            command.check(SenseKey.MEDIUM_ERROR, AdditionalSense.AUXILIARY_MEMORY_WRITE_ERROR);
            return;
        }
        SortedMap<Integer, byte[]> next = changed(command, (int) length, kept);
        if (next != null) {
            keep(command, cartridge, kept.with(next), length);
        }
    }

    private static void keep(ScsiCommand command, Cartridge cartridge, CartridgeMemory next, long length) {
        long result = MamContent.space(next.attributes()) < 0 ? MediumResult.NO_SPACE : cartridge.keep(next);
        if (result == MediumResult.OK) {
            command.taken(length);
        } else if (result == MediumResult.NO_SPACE) {
            command.check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.AUXILIARY_MEMORY_OUT_OF_SPACE);
        } else {
            command.check(SenseKey.MEDIUM_ERROR, AdditionalSense.AUXILIARY_MEMORY_WRITE_ERROR);
        }
    }

    /** What hosts have written if this list is applied; PARAMETER DATA LENGTH is not looked at. Null after having ended the command. */
    private static @Nullable SortedMap<Integer, byte[]> changed(ScsiCommand command, int length, CartridgeMemory kept) {
        SortedMap<Integer, byte[]> next = new TreeMap<>(kept.attributes());
        int before = -1;
        for (int at = LIST_HEADER; at < length; ) {
            int value = at + MamAttribute.HEADER_BYTES;
            int bytes = value <= length ? command.u16(at + 3) : 0;
            if (value > length || value + bytes > length) {
                command.parameterListLengthError();
                return null;
            }
            int identifier = command.u16(at);
            HostAttribute attribute = HostAttribute.of(identifier);
            int wrong = wrongByte(command, attribute, at, bytes, identifier > before);
            if (wrong >= 0) {
                command.invalidParameter(wrong, -1);
                return null;
            }
            if (bytes == 0) {
                next.remove(identifier);
            } else {
                next.put(identifier, valueOf(command, value, bytes));
            }
            before = identifier;
            at = value + bytes;
        }
        return next;
    }

    /** Where an attribute of the list is not as it has to be: its identifier, its format or its length; -1 if it is. */
    private static int wrongByte(
            ScsiCommand command, @Nullable HostAttribute attribute, int at, int bytes, boolean ascending) {
        if (attribute == null || !ascending) {
            return at;
        }
        if ((command.u8(at + 2) & 0x03) != attribute.format()) {
            return at + 2;
        }
        return attribute.admits(bytes) ? -1 : at + 3;
    }

    private static byte[] valueOf(ScsiCommand command, int at, int bytes) {
        byte[] value = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            value[i] = (byte) command.u8(at + i);
        }
        return value;
    }
}
