// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.kit;

import io.sluice.handler.HotPath;
import io.sluice.handler.ScsiCommand;
import java.util.HexFormat;

/**
 * CDB usage data (SPC-5 6.34.3): byte 0 is the operation code, the service action stands as its value, and every other
 * bit is one if the device evaluates it. What a device does not evaluate is reserved to it, and an initiator that sets it
 * gets ILLEGAL REQUEST, INVALID FIELD IN CDB with a field pointer to the highest such bit of the first such byte.
 *
 * <p>NACA of the CONTROL byte is evaluated by the gateway for every command (SAM-6 5.10), so it is added here.
 */
final class CdbUsage {
    private static final byte NACA = 0x04;

    private final byte[] usage;
    private final byte[] forbidden;
    private final long forbiddenHead; // bytes 0 to 7, big-endian as cdb64(0) reads them
    private final long forbiddenTail; // bytes 8 to 15

    /**
     * Parses.
     *
     * @param text hexadecimal bytes with spaces, as T10 prints a CDB: {@code "28 18 FF FF FF FF 00 FF FF 00"}
     */
    CdbUsage(int opcode, int serviceAction, String text) {
        usage = HexFormat.of().parseHex(text.replace(" ", ""));
        if (usage.length < 6 || (usage[0] & 0xFF) != opcode) {
            throw new IllegalArgumentException(String.format(
                    "CDB usage \"%s\" of operation code %02Xh: begin with that code and give all bytes of the CDB",
                    text, opcode));
        }
        boolean variable = opcode == 0x7F;
        if (serviceAction >= 0 && serviceActionOf(usage, variable) != serviceAction) {
            throw new IllegalArgumentException(String.format(
                    "CDB usage \"%s\": service action %02Xh belongs into its field as a value", text, serviceAction));
        }
        int control = controlByte(opcode);
        if (control >= 0 && control < usage.length) {
            usage[control] |= NACA;
        }
        forbidden = new byte[Math.max(16, usage.length)];
        for (int i = 1; i < usage.length; i++) {
            forbidden[i] = (byte) ~usage[i];
        }
        if (serviceAction >= 0 && !variable) {
            forbidden[1] &= (byte) 0xE0;
        } else if (variable) {
            forbidden[7] = 0;
            forbidden[8] = 0;
            forbidden[9] = 0;
        }
        forbiddenHead = word(forbidden, 0);
        forbiddenTail = word(forbidden, 8);
    }

    /** Where the CONTROL byte stands (SAM-6 5.2, SPC-5 4.2); -1 for operation codes whose format is a vendor's. */
    private static int controlByte(int opcode) {
        return switch (opcode >> 5) {
            case 0 -> 5;
            case 1, 2 -> 9;
            case 3 -> opcode == 0x7F ? 1 : -1;
            case 4 -> 15;
            case 5 -> 11;
            default -> -1;
        };
    }

    private static int serviceActionOf(byte[] usage, boolean variable) {
        return variable ? ((usage[8] & 0xFF) << 8) | (usage[9] & 0xFF) : usage[1] & 0x1F;
    }

    private static long word(byte[] bytes, int from) {
        long word = 0;
        for (int i = 0; i < 8; i++) {
            word = (word << 8) | (bytes[from + i] & 0xFF);
        }
        return word;
    }

    int length() {
        return usage.length;
    }

    byte[] bytes() {
        return usage.clone();
    }

    /** True if the CDB is long enough and sets no reserved bit; otherwise the command was ended. */
    @HotPath
    boolean admits(ScsiCommand command) {
        if (((command.cdb64(0) & forbiddenHead) | (command.cdb64(8) & forbiddenTail)) != 0
                || command.cdbLength() < usage.length
                || usage.length > 16) {
            return admitsSlowly(command);
        }
        return true;
    }

    private boolean admitsSlowly(ScsiCommand command) {
        int length = Math.min(usage.length, Math.max(16, command.cdbLength()));
        for (int i = 1; i < length; i++) {
            int wrong = command.cdb8(i) & forbidden[i] & 0xFF;
            if (wrong != 0) {
                command.invalidField(i, 31 - Integer.numberOfLeadingZeros(wrong));
                return false;
            }
        }
        if (command.cdbLength() < usage.length) {
            command.invalidField(0);
            return false;
        }
        return true;
    }
}
