// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.kit;

import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.OpCode;
import io.sluice.scsi.ParameterWriter;
import io.sluice.scsi.PeripheralDeviceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * INQUIRY (SPC-5 6.7): standard data and vital product data pages 00h, 80h, 83h and 86h, and any that the device adds.
 * Page 83h names the logical unit by a locally assigned NAA identifier, made from vendor, product and serial number, and by T10
 * vendor identification. What the gateway knows better it sets itself: the bits of task management, ports and access states,
 * and the designators of target port, target port group and target device.
 */
public final class Inquiry implements CommandSet {
    private static final int STANDARD_LENGTH = 96;
    private static final int MAX_VERSION_DESCRIPTORS = 8;

    private final PeripheralDeviceType type;
    private final boolean removable;
    private final String vendor;
    private final String product;
    private final String revision;
    private final List<Integer> versionDescriptors;
    private final Map<Integer, VpdPage> pages;

    private Inquiry(Builder builder) {
        type = builder.type;
        removable = builder.removable;
        vendor = builder.vendor;
        product = builder.product;
        revision = builder.revision;
        versionDescriptors = List.copyOf(builder.versionDescriptors);
        pages = new TreeMap<>(builder.pages);
        pages.putIfAbsent(0x00, (out, command) -> pages.keySet().forEach(out::u8));
        pages.putIfAbsent(0x80, (out, command) -> out.ascii(builder.serial, builder.serial.length()));
        DeviceIdentification identification = new DeviceIdentification(vendor, product, builder.serial);
        pages.putIfAbsent(0x83, identification);
        boolean cache = builder.volatileCache;
        pages.putIfAbsent(0x86, (out, command) -> writeExtended(out, cache));
    }

    /**
     * Starts with what every device has.
     *
     * @param vendor T10 vendor identification, up to 8 characters
     * @param product product identification, up to 16 characters
     * @param revision product revision level, up to 4 characters
     * @param serial unit serial number, which must be unique for vendor and product
     */
    public static Builder of(PeripheralDeviceType type, String vendor, String product, String revision, String serial) {
        return new Builder(type, vendor, product, revision, serial);
    }

    @Override
    public void addTo(CommandTable.Builder table) {
        table.command(OpCode.INQUIRY, "12 01 FF FF FF 00", this::execute);
    }

    /** INQUIRY itself. */
    public void execute(ScsiCommand command) {
        int page = command.cdb8(2);
        ParameterWriter out = command.dataIn(command.cdb16(3));
        if (command.cdbBit(1, 0)) {
            VpdPage body = pages.get(page);
            if (body == null) {
                command.invalidField(2);
                return;
            }
            out.u8(type.code()).u8(page).u16(0);
            body.write(out, command);
            out.patchU16(2, (int) (out.position() - 4));
        } else if (page != 0) {
            command.invalidField(2); // SPC-5 6.7.1: without EVPD the page code is zero
            return;
        } else {
            writeStandard(out);
        }
        command.good(out);
    }

    private void writeStandard(ParameterWriter out) {
        out.u8(type.code()).u8(removable ? 0x80 : 0);
        out.u8(0x06); // VERSION: SPC-4, the newest that all clients know
        out.u8(0x02); // RESPONSE DATA FORMAT 2
        out.u8(STANDARD_LENGTH - 5);
        out.u8(0).u8(0).u8(0); // TPGS, MULTIP, CMDQUE and the like are the gateway's to set
        out.ascii(vendor, 8).ascii(product, 16).ascii(revision, 4);
        out.zeros(22); // vendor specific, clocking of SPI, reserved
        for (int i = 0; i < MAX_VERSION_DESCRIPTORS; i++) {
            out.u16(i < versionDescriptors.size() ? versionDescriptors.get(i) : 0);
        }
        out.zeros(STANDARD_LENGTH - out.position());
    }

    /** Extended INQUIRY data (SPC-5 7.7.7). */
    private static void writeExtended(ParameterWriter out, boolean volatileCache) {
        out.u8(0);
        out.u8(0); // HEADSUP, ORDSUP, SIMPSUP: the gateway sets them
        out.u8(volatileCache ? 0x01 : 0); // V_SUP
        out.zeros(57);
    }

    /** Changes what is not usual. */
    public static final class Builder {
        private final PeripheralDeviceType type;
        private final String vendor;
        private final String product;
        private final String revision;
        private final String serial;
        private final List<Integer> versionDescriptors = new ArrayList<>();
        private final Map<Integer, VpdPage> pages = new TreeMap<>();
        private boolean removable;
        private boolean volatileCache;

        private Builder(PeripheralDeviceType type, String vendor, String product, String revision, String serial) {
            this.type = type;
            this.vendor = ascii("vendor", vendor, 8);
            this.product = ascii("product", product, 16);
            this.revision = ascii("revision", revision, 4);
            this.serial = ascii("serial", serial, 64);
            if (serial.isBlank()) {
                throw new IllegalArgumentException("serial is empty: initiators tell devices apart by it; give one");
            }
            version(0x00A0).version(0x0460).version(0x0960); // SAM-5, SPC-4, iSCSI
        }

        private static String ascii(String what, String text, int max) {
            if (text.length() > max || !text.chars().allMatch(c -> c >= 0x20 && c <= 0x7E)) {
                throw new IllegalArgumentException(
                        what + " \"" + text + "\": use at most " + max + " printable ASCII characters");
            }
            return text;
        }

        /** Adds a version descriptor (SPC-5 table 6.7.2), such as 0600h for SBC-4; SAM-5, SPC-4 and iSCSI are there. */
        public Builder version(int descriptor) {
            if (versionDescriptors.size() == MAX_VERSION_DESCRIPTORS) {
                throw new IllegalStateException("INQUIRY has room for " + MAX_VERSION_DESCRIPTORS + " versions");
            }
            versionDescriptors.add(descriptor);
            return this;
        }

        /** RMB: the medium is removable. */
        public Builder removable(boolean medium) {
            removable = medium;
            return this;
        }

        /** V_SUP of page 86h: there is a volatile cache. */
        public Builder volatileCache(boolean present) {
            volatileCache = present;
            return this;
        }

        /** Adds or replaces a vital product data page; page 00h lists it. */
        public Builder page(int code, VpdPage body) {
            pages.put(code, body);
            return this;
        }

        public Inquiry build() {
            return new Inquiry(this);
        }
    }
}
