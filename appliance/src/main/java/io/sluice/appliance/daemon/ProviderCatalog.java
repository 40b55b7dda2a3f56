// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import io.sluice.handler.DeviceGroupProvider;
import io.sluice.handler.DeviceProvider;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The device types that exist: those on the module path, and those of the plugins in HOME/plugins. A plugin is a JAR, or a directory
 * of JARs: the plugin and its libraries. Each has a class loader of its own, shares the handler API with the appliance, and sees
 * no other plugin's classes. What is wrong with one is a fault in a list, and the others are there all the same.
 */
public final class ProviderCatalog {
    private static final Pattern TYPE = Pattern.compile("[a-z0-9][a-z0-9-]*");

    /** Tables of the appliance's own. */
    private static final Set<String> OWN_TABLES =
            Set.of("gateway", "handler", "metrics", "discovery", "device", "target", "access");

    private final Map<String, DeviceProvider> providers = new TreeMap<>();
    private final Map<String, DeviceGroupProvider> groups = new TreeMap<>();
    private final List<String> faults = new ArrayList<>();

    private ProviderCatalog() {}

    /**
     * Loads every provider.
     *
     * @throws IOException if the folder of plugins cannot be listed
     */
    public static ProviderCatalog load(Path plugins) throws IOException {
        ProviderCatalog catalog = new ProviderCatalog();
        ServiceLoader.load(ProviderCatalog.class.getModule().getLayer(), DeviceProvider.class)
                .forEach(provider -> catalog.providers.put(provider.type(), provider));
        ServiceLoader.load(ProviderCatalog.class.getModule().getLayer(), DeviceGroupProvider.class)
                .forEach(provider -> catalog.groups.put(provider.word(), provider));
        if (Files.isDirectory(plugins)) {
            for (Path plugin : list(plugins)) {
                catalog.addPlugin(plugin);
            }
        }
        return catalog;
    }

    /** Providers by type. */
    public Map<String, DeviceProvider> providers() {
        return Collections.unmodifiableMap(providers);
    }

    /** Providers of device groups by the word of their table. */
    public Map<String, DeviceGroupProvider> groups() {
        return Collections.unmodifiableMap(groups);
    }

    /** One line for each plugin that cannot be used: which, why, and the remedy. */
    public List<String> faults() {
        return List.copyOf(faults);
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted()
                    .filter(path -> path.toString().endsWith(".jar") || Files.isDirectory(path))
                    .toList();
        }
    }

    private void addPlugin(Path plugin) {
        try {
            List<Path> jars = Files.isDirectory(plugin) ? list(plugin) : List.of(plugin);
            boolean provides = false;
            List<URL> urls = new ArrayList<>();
            for (Path jar : jars) {
                try (JarFile file = new JarFile(jar.toFile())) {
                    provides |= file.getEntry(PluginFault.SERVICE) != null;
                } catch (IOException failed) {
                    faults.add(PluginFault.unreadable(jar, failed));
                    return;
                }
                urls.add(jar.toUri().toURL());
            }
            if (!provides) {
                faults.add(PluginFault.withoutProvider(plugin));
                return;
            }
            addProviders(plugin, urls);
        } catch (IOException failed) {
            faults.add(PluginFault.unreadable(plugin, failed));
        }
    }

    private void addProviders(Path plugin, List<URL> jars) {
        // Kept open: devices of these classes live as long as the process.
        @SuppressWarnings("resource")
        URLClassLoader loader = new URLClassLoader(
                "plugin " + plugin.getFileName(), jars.toArray(URL[]::new), DeviceProvider.class.getClassLoader());
        addAll(plugin, loader, DeviceProvider.class, provider -> addProvider(plugin, provider));
        addAll(plugin, loader, DeviceGroupProvider.class, provider -> addGroup(plugin, provider));
    }

    private <P> void addAll(Path plugin, ClassLoader loader, Class<P> service, Consumer<P> add) {
        Iterator<P> found = ServiceLoader.load(service, loader).iterator();
        while (true) {
            try {
                if (!found.hasNext()) {
                    return;
                }
                P provider = found.next();
                if (loader.equals(provider.getClass().getClassLoader())) {
                    add.accept(provider);
                }
            } catch (ServiceConfigurationError | LinkageError | RuntimeException broken) {
                faults.add(PluginFault.of(plugin, broken));
                return;
            }
        }
    }

    private void addGroup(Path plugin, DeviceGroupProvider provider) {
        String word = provider.word();
        if (word == null || !TYPE.matcher(word).matches() || OWN_TABLES.contains(word)) { // code of others
            faults.add(PluginFault.illegalWord(plugin, provider, word));
            return;
        }
        DeviceGroupProvider other = groups.putIfAbsent(word, provider);
        if (other != null) {
            faults.add(PluginFault.wordTaken(plugin, word, other));
        }
    }

    private void addProvider(Path plugin, DeviceProvider provider) {
        String type = provider.type();
        if (type == null || !TYPE.matcher(type).matches()) { // code of others: its annotations are no proof
            faults.add(PluginFault.illegalType(plugin, provider, type));
            return;
        }
        DeviceProvider other = providers.putIfAbsent(type, provider);
        if (other != null) {
            faults.add(PluginFault.typeTaken(plugin, type, other));
        }
    }
}
