// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.kit;

import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.BigEndian;
import io.sluice.scsi.ParameterWriter;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Device Identification VPD page, 83h (SPC-5 7.7.6). */
final class DeviceIdentification implements VpdPage {
    private static final int CODE_SET_BINARY = 1;
    private static final int CODE_SET_ASCII = 2;
    private static final int CODE_SET_UTF8 = 3;
    private static final int TYPE_T10_VENDOR = 0x01;
    private static final int TYPE_NAA = 0x03;
    private static final int TYPE_RELATIVE_PORT = 0x04;
    private static final int TYPE_SCSI_NAME = 0x08;
    /** PIV and ASSOCIATION 01b: the designator names the target port through which it was asked. */
    private static final int TARGET_PORT = 0x90;

    private static final int PROTOCOL_ISCSI = 0x50;

    private final String vendor;
    private final String productAndSerial;
    private final long naa;

    DeviceIdentification(String vendor, String product, String serial) {
        this.vendor = vendor;
        String padded = String.format("%-16s", product);
        this.productAndSerial = padded + serial;
        this.naa = locallyAssigned(String.format("%-8s", vendor) + productAndSerial);
    }

    /** NAA 3h, locally assigned (SPC-5 7.7.6.6.4): 60 bits, here of a digest of the vendor's identification. */
    static long locallyAssigned(String identity) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(identity.getBytes(StandardCharsets.US_ASCII));
            return (BigEndian.u64(MemorySegment.ofArray(digest), 0) & 0x0FFF_FFFF_FFFF_FFFFL) | 0x3000_0000_0000_0000L;
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("every Java platform has SHA-256", impossible);
        }
    }

    @Override
    public void write(ParameterWriter out, ScsiCommand command) {
        out.u8(CODE_SET_BINARY).u8(TYPE_NAA).u8(0).u8(8).u64(naa);
        out.u8(CODE_SET_ASCII).u8(TYPE_T10_VENDOR).u8(0).u8(8 + productAndSerial.length());
        out.ascii(vendor, 8).ascii(productAndSerial, productAndSerial.length());
        String port = command.nexus().targetPort();
        int comma = port.indexOf(",t,0x");
        if (comma < 0 || port.length() > 220) {
            return; // not an iSCSI port: its fabric's name is unknown here
        }
        int group = relativePort(port, comma + 5);
        if (group > 0) {
            out.u8(PROTOCOL_ISCSI | CODE_SET_BINARY)
                    .u8(TARGET_PORT | TYPE_RELATIVE_PORT)
                    .u8(0)
                    .u8(4)
                    .u32(group);
        }
        int padded = (port.length() + 4) & ~3; // NUL-terminated, a multiple of four (SPC-5 7.7.6.11)
        out.u8(PROTOCOL_ISCSI | CODE_SET_UTF8)
                .u8(TARGET_PORT | TYPE_SCSI_NAME)
                .u8(0)
                .u8(padded);
        out.ascii(port, port.length()).zeros(padded - port.length());
    }

    private static int relativePort(String port, int from) {
        int value = 0;
        for (int i = from; i < port.length(); i++) {
            int digit = Character.digit(port.charAt(i), 16);
            if (digit < 0 || value > 0xFFF) {
                return 0;
            }
            value = (value << 4) | digit;
        }
        return value;
    }
}
