// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.ParameterWriter;
import java.lang.foreign.MemorySegment;

/**
 * READ BUFFER(10) and WRITE BUFFER (SPC-5 6.18, 6.49), modes 0 (header and data), 2 (data) and 3 (descriptor) of buffer 0, with which
 * initiators try a path. It has nothing to do with the object buffer.
 */
final class BufferCommands {
    private static final int HEADER_AND_DATA = 0;
    private static final int DATA = 2;
    private static final int DESCRIPTOR = 3;
    private static final int CAPACITY = 64 << 10;
    private static final int HEADER = 4;

    private final byte[] buffer = new byte[CAPACITY];
    private final MemorySegment memory = MemorySegment.ofArray(buffer);

    void readBuffer(ScsiCommand command) {
        int mode = command.cdb8(1) & 0x1F;
        int offset = command.cdb24(3);
        if (!isThere(command, mode, offset, mode == DESCRIPTOR)) {
            return;
        }
        ParameterWriter out = command.dataIn(command.cdb24(6));
        if (mode != DATA) {
            out.u8(0).u24(CAPACITY); // mode 3: OFFSET BOUNDARY 0, every byte
        }
        if (mode != DESCRIPTOR) {
            out.bytes(buffer, offset, CAPACITY - offset);
        }
        command.good(out);
    }

    void writeBuffer(ScsiCommand command) {
        int mode = command.cdb8(1) & 0x1F;
        int offset = command.cdb24(3);
        int length = command.cdb24(6);
        if (!isThere(command, mode, offset, false)) {
            return;
        }
        int header = mode == HEADER_AND_DATA ? HEADER : 0;
        if (length - header > CAPACITY - offset) {
            command.invalidField(6);
        } else if (command.dataOutLength() < length || (length != 0 && length < header)) {
            command.parameterListLengthError();
        } else {
            int bytes = Math.max(0, length - header);
            if (bytes > 0) {
                command.read(header, memory, offset, bytes);
            }
            command.taken(length);
        }
    }

    private static boolean isThere(ScsiCommand command, int mode, int offset, boolean descriptor) {
        if (mode != HEADER_AND_DATA && mode != DATA && !descriptor) {
            command.invalidField(1, 4);
        } else if (command.cdb8(2) != 0) {
            command.invalidField(2);
        } else if (offset > CAPACITY || (mode != DATA && offset != 0)) {
            command.invalidField(3);
        } else {
            return true;
        }
        return false;
    }
}
