// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import io.sluice.handler.Device;
import io.sluice.handler.DeviceConfig;
import io.sluice.handler.DeviceConfigException;
import io.sluice.handler.DeviceContext;
import io.sluice.handler.DeviceProvider;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.CRC32;

/**
 * Makes {@code type = "vtl-drive"} devices. Keys: {@code library}; {@code drive}, its number there, from 1; {@code model}, one of
 * {@code lto-7}, {@code lto-8}, {@code lto-9}; {@code serial}, made from the library's name and the number without.
 */
public final class TapeDriveProvider implements DeviceProvider {
    private static final int MAX_DRIVES = 256;

    private final LibraryDirectory libraries;

    /** @param libraries where drives find their library */
    public TapeDriveProvider(LibraryDirectory libraries) {
        this.libraries = libraries;
    }

    /** What the keys say. */
    private record Keys(String library, int drive, DriveSettings settings) {
        static Keys parse(DeviceConfig config) throws DeviceConfigException {
            String library = config.string("library");
            int drive = (int) config.integer("drive", 1, 1, MAX_DRIVES);
            DriveModel model = config.oneOf("model", DriveModel.LTO_8);
            String serial = config.string("serial", serialOf(library, drive));
            try {
                return new Keys(library, drive, DriveSettings.of(model, serial));
            } catch (IllegalArgumentException wrong) {
                throw config.invalid("serial", "is none", String.valueOf(wrong.getMessage()));
            }
        }
    }

    /** The same as long as library and number are: 10 characters. */
    static String serialOf(String library, int drive) {
        CRC32 checksum = new CRC32();
        checksum.update(library.getBytes(StandardCharsets.UTF_8));
        return String.format(Locale.ROOT, "%07X%03d", checksum.getValue() & 0xFFF_FFFFL, drive);
    }

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
        TapeDrive drive = TapeDrive.open(context, keys.settings(), libraries.store(keys.library()));
        libraries.attach(keys.library(), keys.drive(), drive);
        return drive;
    }
}
