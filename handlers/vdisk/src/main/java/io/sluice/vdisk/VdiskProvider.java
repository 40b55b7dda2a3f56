// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import io.sluice.handler.Device;
import io.sluice.handler.DeviceConfig;
import io.sluice.handler.DeviceConfigException;
import io.sluice.handler.DeviceContext;
import io.sluice.handler.DeviceProvider;
import java.io.IOException;

/** Makes {@code type = "vdisk"} devices; {@link DiskConfig} lists their keys. */
public final class VdiskProvider implements DeviceProvider {
    /** For ServiceLoader. */
    public VdiskProvider() {}

    @Override
    public String type() {
        return "vdisk";
    }

    @Override
    public void check(DeviceConfig config) throws DeviceConfigException {
        DiskConfig.parse(config);
    }

    @Override
    public Device open(DeviceContext context, DeviceConfig config) throws DeviceConfigException, IOException {
        return Vdisk.open(context, DiskConfig.parse(config));
    }
}
