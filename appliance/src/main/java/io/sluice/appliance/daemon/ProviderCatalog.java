// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import io.sluice.handler.DeviceProvider;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The device types that exist: those on the module path, and those of the JARs in HOME/plugins. */
public final class ProviderCatalog {
    private ProviderCatalog() {}

    /**
     * Loads every provider. A plugin shares the handler API with the appliance and sees no other plugin's classes but through
     * the same folder's class loader.
     *
     * @throws IOException if a JAR cannot be read or its provider cannot be made, or two providers have the same type
     */
    public static Map<String, DeviceProvider> load(Path plugins) throws IOException {
        Map<String, DeviceProvider> providers = new TreeMap<>();
        ServiceLoader.load(ProviderCatalog.class.getModule().getLayer(), DeviceProvider.class)
                .forEach(provider -> providers.put(provider.type(), provider));
        List<URL> jars = jars(plugins);
        if (!jars.isEmpty()) {
            // Kept open: devices of these classes live as long as the process.
            @SuppressWarnings("resource")
            URLClassLoader loader =
                    new URLClassLoader("plugins", jars.toArray(URL[]::new), DeviceProvider.class.getClassLoader());
            addPlugins(providers, loader, plugins);
        }
        return providers;
    }

    private static void addPlugins(Map<String, DeviceProvider> providers, URLClassLoader loader, Path plugins)
            throws IOException {
        try {
            for (DeviceProvider provider : ServiceLoader.load(DeviceProvider.class, loader)) {
                if (!loader.equals(provider.getClass().getClassLoader())) {
                    continue;
                }
                DeviceProvider other = providers.putIfAbsent(provider.type(), provider);
                if (other != null) {
                    throw new IOException("device type \"" + provider.type() + "\" is provided twice, by "
                            + other.getClass().getName() + " and "
                            + provider.getClass().getName()
                            + ": remove one of the JARs in " + plugins);
                }
            }
        } catch (ServiceConfigurationError e) {
            throw new IOException(
                    "a JAR in " + plugins + " has a broken device provider: " + e.getMessage()
                            + ": rebuild it against this version, or remove it",
                    e);
        }
    }

    private static List<URL> jars(Path plugins) throws IOException {
        List<URL> jars = new ArrayList<>();
        if (Files.isDirectory(plugins)) {
            try (Stream<Path> files = Files.list(plugins)) {
                for (Path file : files.sorted()
                        .filter(path -> path.toString().endsWith(".jar"))
                        .toList()) {
                    jars.add(url(file));
                }
            }
        }
        return jars;
    }

    private static URL url(Path file) throws MalformedURLException {
        return file.toUri().toURL();
    }
}
