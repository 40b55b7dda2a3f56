// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.Device;
import io.sluice.handler.DeviceConfig;
import io.sluice.handler.DeviceConfigException;
import io.sluice.handler.DeviceContext;
import io.sluice.handler.DeviceProvider;
import io.sluice.vtl.library.Libraries;
import io.sluice.vtl.library.LibraryConfig;
import io.sluice.vtl.library.LibrarySpec;
import java.io.IOException;
import java.util.Optional;

/**
 * Makes {@code type = "vtl-drive"} devices. Keys: those of {@link LibraryConfig}, as the changer of the same library has them; {@code
 * drive}, its number there, from 1; {@code model}, one of {@code lto-7}, {@code lto-8}, {@code lto-9}; {@code serial}, made from the
 * library's and the number without.
 */
public final class TapeDriveProvider implements DeviceProvider {
    private static final int MAX_DRIVES = 256;

    /** What the keys say. */
    private record Keys(LibrarySpec library, int drive, DriveModel model, Optional<String> serial) {
        static Keys parse(DeviceConfig config) throws DeviceConfigException {
            LibrarySpec library = LibraryConfig.parse(config);
            int drive = (int) config.integer("drive", 1, 1, MAX_DRIVES);
            DriveModel model = config.oneOf("model", DriveModel.LTO_8);
            Optional<String> serial = config.optional("serial");
            if (serial.isPresent()) {
                try {
                    DriveSettings.of(model, serial.get());
                } catch (IllegalArgumentException wrong) {
                    throw config.invalid("serial", "is none", String.valueOf(wrong.getMessage()));
                }
            }
            return new Keys(library, drive, model, serial);
        }
    }

    /** For the {@link java.util.ServiceLoader}. */
    public TapeDriveProvider() {}

    @Override
    public String type() {
        return "vtl-drive";
    }

    @Override
    public void check(DeviceConfig config) throws DeviceConfigException {
        Keys.parse(config);
    }

    @Override
    public Device open(DeviceContext context, DeviceConfig config) throws DeviceConfigException, IOException {
        Keys keys = Keys.parse(config);
        LibraryPlace place = new LibraryPlace(Libraries.open(keys.library()), keys.drive() - 1);
        try {
            DriveSettings settings =
                    DriveSettings.of(keys.model(), keys.serial().orElseGet(place::serial));
            return TapeDrive.open(context, settings, place);
        } catch (IOException | RuntimeException failed) {
            place.leave();
            throw failed;
        }
    }
}
