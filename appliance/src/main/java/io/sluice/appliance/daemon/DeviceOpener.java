// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import io.sluice.appliance.config.ApplianceConfig;
import io.sluice.appliance.config.ByteSize;
import io.sluice.handler.Device;
import io.sluice.handler.DeviceConfigException;
import io.sluice.handler.DeviceProvider;
import io.sluice.handler.Resizable;
import io.sluice.runtime.HandlerRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens devices of the configuration in this process. Threads: any. */
final class DeviceOpener {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceOpener.class);

    private final HomeDirectory home;
    private final Path file;
    private final Map<String, DeviceProvider> providers;
    private final HandlerRuntime runtime;

    /**
     * @param file the configuration, for messages
     * @param providers by type
     */
    DeviceOpener(HomeDirectory home, Path file, Map<String, DeviceProvider> providers, HandlerRuntime runtime) {
        this.home = home;
        this.file = file;
        this.providers = Map.copyOf(providers);
        this.runtime = runtime;
    }

    /** It is open in this process. */
    boolean isOpen(String device) {
        return runtime.device(device) != null;
    }

    /**
     * Opens and serves a device.
     *
     * @return its type and size; empty if its plugin is missing or broken, which is no reason to keep the devices of others from
     *     being served
     * @throws IOException with the place in the configuration
     */
    Optional<String> open(ApplianceConfig.Device wanted) throws DeviceConfigException, IOException {
        String place = file + ":" + wanted.line() + ": device \"" + wanted.name() + "\": ";
        DeviceProvider provider = providers.get(wanted.type());
        if (provider == null) {
            LOG.error("{}not served: no plugin that could be loaded has the type \"{}\"", place, wanted.type());
            return Optional.empty();
        }
        try {
            Device device = runtime.open(home.device(wanted.name()), provider, wanted.config(), wanted.timeouts());
            String size = device instanceof Resizable disk ? ", " + ByteSize.format(disk.capacityBytes()) : "";
            return Optional.of(wanted.type() + size);
        } catch (IOException e) {
            throw new IOException(place + e.getMessage(), e);
        } catch (RuntimeException | LinkageError broken) {
            LOG.error("{}not served: {}", place, PluginFault.of(PluginFault.origin(provider), broken), broken);
            return Optional.empty();
        }
    }
}
