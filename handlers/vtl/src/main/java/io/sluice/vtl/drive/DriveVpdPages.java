// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.ParameterWriter;

/** Vital product data of a drive beyond what every device has (SSC-5 8.4), behind their four-byte headers. */
record DriveVpdPages(DriveSettings settings) {
    private static final int SERIAL = 12;
    private static final int FIRMWARE_BYTES = 39;
    private static final String COMPONENT = "Microcode";

    /** B0h, Sequential-access Device Capabilities: neither WORM nor time stamps on the medium. */
    void sequentialAccessCapabilities(ParameterWriter out, ScsiCommand command) {
        out.u8(0).u8(0);
    }

    /** B1h, Manufacturer-assigned Serial Number. */
    void manufacturersSerialNumber(ParameterWriter out, ScsiCommand command) {
        out.ascii(settings.serial(), SERIAL);
    }

    /** C0h, IBM's drive component revision levels: of the firmware. */
    void firmware(ParameterWriter out, ScsiCommand command) {
        out.ascii(COMPONENT, 12).ascii(settings.revision(), 19).ascii("", FIRMWARE_BYTES - 31);
    }
}
