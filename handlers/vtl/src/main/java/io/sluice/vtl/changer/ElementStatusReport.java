// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.changer;

import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.ParameterWriter;
import io.sluice.vtl.library.Element;
import io.sluice.vtl.library.ElementType;
import io.sluice.vtl.library.Placement;
import java.util.List;

/**
 * The data of READ ELEMENT STATUS (SMC-3 6.11.2): a header, and a page for each element type that is reported.
 *
 * <pre>
 *   descriptor   0 address  2 flags  4 ASC ASCQ  9 SVALID, medium type  10 source address   12 bytes
 *                PVOLTAG: volume identifier 32, reserved 2, sequence number 2               36 bytes, if VOLTAG
 *                code set, identifier type, reserved, identifier length                      4 bytes
 *                identifier of the drive                                                    34 bytes, if DVCID, drives only
 * </pre>
 *
 * So descriptors have 10h bytes, 34h with VOLTAG, 32h with DVCID, 56h with both.
 */
final class ElementStatusReport {
    private static final int BARE = 16;
    private static final int VOLUME_TAG = 36;
    private static final int IDENTIFIER = 34;
    private static final int PVOLTAG = 0x80;
    private static final int FULL = 0x01;
    private static final int IMPEXP = 0x02;
    private static final int EXCEPT = 0x04;
    private static final int ACCESS = 0x08;
    private static final int EXENAB = 0x10;
    private static final int INENAB = 0x20;
    private static final int SVALID = 0x80;
    private static final int DATA_MEDIUM = 1;
    private static final int CODE_SET_ASCII = 2;
    private static final int TYPE_T10_VENDOR = 1;

    private final boolean volumeTags;
    private final boolean deviceIdentifiers;

    ElementStatusReport(boolean volumeTags, boolean deviceIdentifiers) {
        this.volumeTags = volumeTags;
        this.deviceIdentifiers = deviceIdentifiers;
    }

    /** {@code elements} in ascending order of addresses, those of a type together. */
    void write(ParameterWriter out, List<Element> elements) {
        out.u16(elements.isEmpty() ? 0 : elements.getFirst().address());
        out.u16(elements.size()).u8(0).u24(0);
        for (int from = 0; from < elements.size(); ) {
            ElementType type = elements.get(from).type();
            int to = from;
            while (to < elements.size() && elements.get(to).type() == type) {
                to++;
            }
            page(out, type, elements.subList(from, to));
            from = to;
        }
        long bytes = out.position() - 8;
        out.patchU8(5, (int) (bytes >>> 16)).patchU16(6, (int) bytes);
    }

    private void page(ParameterWriter out, ElementType type, List<Element> elements) {
        int length = descriptorLength(type);
        out.u8(type.code()).u8(volumeTags ? PVOLTAG : 0).u16(length).u8(0).u24(length * elements.size());
        for (Element element : elements) {
            descriptor(out, element);
        }
    }

    private int descriptorLength(ElementType type) {
        return BARE + (volumeTags ? VOLUME_TAG : 0) + (identifies(type) ? IDENTIFIER : 0);
    }

    private boolean identifies(ElementType type) {
        return deviceIdentifiers && type == ElementType.DATA_TRANSFER;
    }

    private void descriptor(ParameterWriter out, Element element) {
        Placement cartridge = element.cartridge();
        AdditionalSense exception = exception(element);
        out.u16(element.address()).u8(flags(element, exception)).u8(0);
        out.u8(exception.asc()).u8(exception.ascq()).zeros(3);
        int source = cartridge == null ? 0 : cartridge.source();
        out.u8((source != 0 ? SVALID : 0) | (cartridge != null ? DATA_MEDIUM : 0))
                .u16(source);
        if (volumeTags) {
            if (cartridge == null) {
                out.zeros(VOLUME_TAG);
            } else {
                out.ascii(cartridge.barcode(), 32).u32(0);
            }
        }
        if (!identifies(element.type())) {
            out.u32(0);
            return;
        }
        String drive = element.drive();
        out.u8(drive.isEmpty() ? 0 : CODE_SET_ASCII).u8(drive.isEmpty() ? 0 : TYPE_T10_VENDOR);
        out.u8(0).u8(drive.isEmpty() ? 0 : IDENTIFIER);
        if (drive.isEmpty()) {
            out.zeros(IDENTIFIER);
        } else {
            out.ascii(drive, IDENTIFIER);
        }
    }

    private static AdditionalSense exception(Element element) {
        return switch (element.condition()) {
            case GOOD -> AdditionalSense.NO_ADDITIONAL_SENSE_INFORMATION;
            case CARTRIDGE_LOST -> AdditionalSense.CARTRIDGE_FAULT;
            case NO_DRIVE -> AdditionalSense.DATA_TRANSFER_DEVICE_REMOVED;
        };
    }

    private static int flags(Element element, AdditionalSense exception) {
        Placement cartridge = element.cartridge();
        int flags = cartridge == null ? 0 : FULL;
        flags |= exception.asc() != 0 ? EXCEPT : 0;
        if (element.type() == ElementType.MEDIUM_TRANSPORT) {
            return flags;
        }
        flags |= element.accessible() ? ACCESS : 0;
        if (element.type() == ElementType.IMPORT_EXPORT) {
            flags |= INENAB | EXENAB | (cartridge != null && cartridge.imported() ? IMPEXP : 0);
        }
        return flags;
    }
}
