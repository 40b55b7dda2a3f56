// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.ParameterWriter;
import org.jspecify.annotations.Nullable;

/** Vital product data of a drive beyond what every device has (SSC-5 8.4), behind their four-byte headers. */
record DriveVpdPages(DriveSettings settings, @Nullable LibraryPlace place) {
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

    /** B2h, TapeAlert Supported Flags: those that this drive can raise, flag 1 in the highest bit. */
    void tapeAlertSupportedFlags(ParameterWriter out, ScsiCommand command) {
        out.u64(TapeAlerts.SUPPORTED);
    }

    /** B3h, Automation Device Serial Number: of the changer whose drive this is; empty without. */
    void automationDeviceSerialNumber(ParameterWriter out, ScsiCommand command) {
        String serial = place == null ? "" : place.changerSerial();
        out.ascii(serial, serial.length());
    }

    /** B4h, Data Transfer Device Element Address: where the changer has this drive; empty without. */
    void dataTransferDeviceElementAddress(ParameterWriter out, ScsiCommand command) {
        if (place != null) {
            out.u16(place.elementAddress());
        }
    }

    /** C0h, IBM's drive component revision levels: of the firmware. */
    void firmware(ParameterWriter out, ScsiCommand command) {
        out.ascii(COMPONENT, 12).ascii(settings.revision(), 19).ascii("", FIRMWARE_BYTES - 31);
    }
}
