// SPDX-License-Identifier: Apache-2.0
package io.sluice.scsi;

/** Peripheral device types (SPC-5 6.7.2, INQUIRY byte 0). */
public enum PeripheralDeviceType {
    DIRECT_ACCESS(0x00),
    SEQUENTIAL_ACCESS(0x01),
    PROCESSOR(0x03),
    CD_DVD(0x05),
    MEDIA_CHANGER(0x08),
    STORAGE_ARRAY_CONTROLLER(0x0C),
    ENCLOSURE_SERVICES(0x0D),
    SIMPLIFIED_DIRECT_ACCESS(0x0E),
    OBJECT_BASED_STORAGE(0x11),
    AUTOMATION_DRIVE_INTERFACE(0x12),
    HOST_MANAGED_ZONED_BLOCK(0x14),
    WELL_KNOWN_LOGICAL_UNIT(0x1E);

    private final int code;

    PeripheralDeviceType(int code) {
        this.code = code;
    }

    /** The five bits that cross the wire. */
    public int code() {
        return code;
    }
}
