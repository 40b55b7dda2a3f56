// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.kit;

import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.BigEndian;
import io.sluice.scsi.ParameterWriter;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Device Identification VPD page, 83h (SPC-5 7.7.6): the logical unit; the gateway adds its ports. */
final class DeviceIdentification implements VpdPage {
    private static final int CODE_SET_BINARY = 1;
    private static final int CODE_SET_ASCII = 2;
    private static final int TYPE_T10_VENDOR = 0x01;
    private static final int TYPE_NAA = 0x03;

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
    }
}
