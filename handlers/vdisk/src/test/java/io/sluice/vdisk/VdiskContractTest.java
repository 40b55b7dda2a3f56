// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import io.sluice.handler.DeviceConfig;
import io.sluice.handler.testkit.DeviceContract;
import io.sluice.handler.testkit.DeviceUnderTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Nested;

/** The contract of a device, on a disk of every kind. */
final class VdiskContractTest {
    private VdiskContractTest() {}

    private static DeviceUnderTest disk(Map<String, ?> keys) {
        return DeviceUnderTest.of(new VdiskProvider(), keys);
    }

    @Nested
    final class OfAFile extends DeviceContract {
        @Override
        protected DeviceUnderTest device() {
            return disk(Map.of("path", "disk.img", "size", "4MiB"));
        }
    }

    @Nested
    final class WithoutPageCache extends DeviceContract {
        @Override
        protected DeviceUnderTest device() {
            return disk(Map.of("backend", "direct", "path", "disk.img", "size", "4MiB", "block_size", 4096));
        }
    }

    @Nested
    final class OfMemory extends DeviceContract {
        @Override
        protected DeviceUnderTest device() {
            return disk(Map.of("backend", "ram", "size", "4MiB", "removable", true));
        }
    }

    @Nested
    final class OfNothing extends DeviceContract {
        @Override
        protected DeviceUnderTest device() {
            return disk(Map.of("backend", "null", "thin", false));
        }
    }

    @Nested
    final class ReadOnly extends DeviceContract {
        @Override
        protected DeviceUnderTest device() {
            return DeviceUnderTest.of(context -> {
                Path image = context.home().resolve("disk.img");
                Files.write(image, new byte[4 << 20]);
                Map<String, ?> keys = Map.of("path", image.toString(), "read_only", true, "write_through", true);
                return new VdiskProvider().open(context, DeviceConfig.of(context.name(), keys));
            });
        }
    }
}
