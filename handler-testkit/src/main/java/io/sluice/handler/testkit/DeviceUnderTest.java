// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.testkit;

import io.sluice.handler.Device;
import io.sluice.handler.DeviceConfig;
import io.sluice.handler.DeviceConfigException;
import io.sluice.handler.DeviceContext;
import io.sluice.handler.DeviceProvider;
import io.sluice.handler.testing.GatewayDouble;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * How to open the device that a contract is run on. It is opened anew, in an empty directory, for every rule, and some rules close
 * it and open it again; random commands are run on it, so its medium must be one that may be overwritten.
 */
public final class DeviceUnderTest {
    private static final String NAME = "device-under-test";

    /** Opens it; {@code directory} stays the same when one rule opens the device twice. */
    @FunctionalInterface
    interface Opener {
        Device open(DeviceContext context, Path directory) throws DeviceConfigException, IOException;
    }

    private final Opener opener;
    private Duration patience = Duration.ofSeconds(10);

    private DeviceUnderTest(Opener opener) {
        this.opener = opener;
    }

    /**
     * A device as the appliance opens it: the keys of its {@code [[device]]} table, unknown ones refused.
     *
     * @param keys {@link String}, {@link Boolean}, {@link Long} or {@link Integer} by key; relative paths count from the
     *     directory of the test
     */
    public static DeviceUnderTest of(DeviceProvider provider, Map<String, ?> keys) {
        return new DeviceUnderTest((context, directory) -> {
            DeviceConfig config = DeviceConfig.of(NAME, keys, directory, Set.of(), key -> 0);
            Device device = provider.open(context, config);
            config.rejectUnknown();
            return device;
        });
    }

    /** A device that is made by hand. */
    public static DeviceUnderTest of(GatewayDouble.Opener opener) {
        return new DeviceUnderTest((context, directory) -> opener.open(context));
    }

    /** How long a command may take before it counts as lost; 10 s without this. */
    public DeviceUnderTest patience(Duration perCommand) {
        patience = perCommand;
        return this;
    }

    Duration patience() {
        return patience;
    }

    String name() {
        return NAME;
    }

    Device open(DeviceContext context, Path directory) throws DeviceConfigException, IOException {
        return opener.open(context, directory);
    }
}
