// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.changer;

import io.sluice.handler.Device;
import io.sluice.handler.DeviceConfig;
import io.sluice.handler.DeviceConfigException;
import io.sluice.handler.DeviceContext;
import io.sluice.handler.DeviceProvider;
import io.sluice.vtl.library.Libraries;
import io.sluice.vtl.library.Library;
import io.sluice.vtl.library.LibraryConfig;
import io.sluice.vtl.library.LibrarySpec;
import java.io.IOException;

/**
 * Makes {@code type = "vtl-changer"} devices. The keys are those of {@link LibraryConfig}, and {@code vendor}, {@code product}, {@code
 * revision} of INQUIRY.
 */
public final class ChangerProvider implements DeviceProvider {
    /** For the {@link java.util.ServiceLoader}. */
    public ChangerProvider() {}

    @Override
    public String type() {
        return "vtl-changer";
    }

    @Override
    public void check(DeviceConfig config) throws DeviceConfigException {
        LibraryConfig.parse(config);
        identity(config);
    }

    @Override
    public Device open(DeviceContext context, DeviceConfig config) throws DeviceConfigException, IOException {
        LibrarySpec spec = LibraryConfig.parse(config);
        ChangerIdentity identity = identity(config);
        Library library = Libraries.open(spec);
        try {
            return Changer.open(context, library, identity, () -> Libraries.close(library));
        } catch (IOException | RuntimeException failed) {
            Libraries.close(library);
            throw failed;
        }
    }

    private static ChangerIdentity identity(DeviceConfig config) throws DeviceConfigException {
        ChangerIdentity usual = ChangerIdentity.IBM_3584;
        return new ChangerIdentity(
                ascii(config, "vendor", usual.vendor(), 8),
                ascii(config, "product", usual.product(), 16),
                ascii(config, "revision", usual.revision(), 4));
    }

    /** SPC-5 4.3.1: ASCII data fields hold the codes 20h to 7Eh. */
    private static String ascii(DeviceConfig config, String key, String otherwise, int max)
            throws DeviceConfigException {
        String text = config.string(key, otherwise);
        if (text.isBlank() || text.length() > max || !text.chars().allMatch(c -> c >= 0x20 && c <= 0x7E)) {
            throw config.invalid(key, "is not 1 to " + max + " printable ASCII characters", "shorten or respell it");
        }
        return text;
    }
}
