// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.DeviceContext;
import io.sluice.handler.testkit.DeviceContract;
import io.sluice.handler.testkit.DeviceUnderTest;
import io.sluice.vtl.medium.MediumType;
import java.io.IOException;
import org.junit.jupiter.api.Nested;

/** The contract of a device, on a drive with a cartridge and without; its opcode sweep is that of REPORT SUPPORTED OPERATION CODES. */
final class DriveContractTest {
    private DriveContractTest() {}

    private static TapeDrive open(DeviceContext context, MemoryStore store) throws IOException {
        return TapeDrive.open(
                context,
                DriveSettings.of(DriveModel.LTO_8, "SLC0000001"),
                store,
                CrashPoint.NONE,
                System::currentTimeMillis);
    }

    @Nested
    final class Loaded extends DeviceContract {
        private final MemoryStore store =
                new MemoryStore(CrashPoint.NONE).with(DriveRig.BARCODE, MediumType.LTO_8, 4 << 20);

        @Override
        protected DeviceUnderTest device() {
            return DeviceUnderTest.of(context -> {
                TapeDrive drive = open(context, store);
                drive.insert(DriveRig.BARCODE);
                return drive;
            });
        }
    }

    @Nested
    final class Empty extends DeviceContract {
        @Override
        protected DeviceUnderTest device() {
            return DeviceUnderTest.of(context -> open(context, new MemoryStore(CrashPoint.NONE)));
        }
    }
}
