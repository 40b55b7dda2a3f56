// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with a plugin is told in one line that names it, and costs nothing but that plugin. */
final class ProviderCatalogTest {
    @TempDir
    Path work;

    private Path plugins() {
        return work.resolve("plugins");
    }

    private PluginJar plugin(String name) {
        return PluginJar.of(work, name);
    }

    /** A good plugin stands before and after each broken one, and is there. */
    private void requireFault(Path broken, String... words) throws IOException {
        plugin("aaa").into(plugins());
        plugin("zzz").into(plugins());
        ProviderCatalog catalog = ProviderCatalog.load(plugins());
        assertThat(catalog.providers()).containsKeys("aaa", "zzz");
        assertThat(catalog.faults()).hasSize(1);
        assertThat(catalog.faults().getFirst())
                .startsWith(broken.toString())
                .contains(words)
                .doesNotContain("\n");
    }

    @Test
    void shouldHaveTheTypesOfPlugins() throws IOException {
        plugin("brick").into(plugins());
        ProviderCatalog catalog = ProviderCatalog.load(plugins());
        assertThat(catalog.providers()).containsKey("brick");
        assertThat(catalog.faults()).isEmpty();
    }

    @Test
    void shouldTakeADirectoryForAPluginAndItsLibraries() throws IOException {
        plugin("library").provider("").into(plugins().resolve("brick"));
        Path jar = plugin("brick").into(plugins().resolve("brick"));
        ProviderCatalog catalog = ProviderCatalog.load(plugins());
        assertThat(catalog.faults()).isEmpty();
        assertThat(PluginFault.origin(Objects.requireNonNull(catalog.providers().get("brick"))))
                .isEqualTo(jar);
    }

    @Test
    void shouldHaveNoPluginsWithoutAFolder() throws IOException {
        ProviderCatalog catalog = ProviderCatalog.load(work.resolve("nowhere"));
        assertThat(catalog.faults()).isEmpty();
    }

    @Test
    void shouldNameAFileThatIsNoJar() throws IOException {
        Path broken = Files.createDirectories(plugins()).resolve("broken.jar");
        Files.writeString(broken, "half a download");
        requireFault(broken, "is no JAR", "copy it again");
    }

    @Test
    void shouldNameAJarWithoutProvider() throws IOException {
        Path broken = plugin("broken").provider("").into(plugins());
        requireFault(broken, "names no device provider", "META-INF/services/io.sluice.handler.DeviceProvider");
    }

    @Test
    void shouldNameAJarWhoseProviderIsMissing() throws IOException {
        Path broken = plugin("broken").provider("plugin.Other").into(plugins());
        requireFault(broken, "Provider plugin.Other not found", "correct META-INF/services");
    }

    @Test
    void shouldNameAJarWhoseProviderCannotBeConstructed() throws IOException {
        Path broken = plugin("broken").body("public CLASS(int size) {}").into(plugins());
        requireFault(broken, "public constructor");
    }

    @Test
    void shouldNameAJarWhoseConstructorThrows() throws IOException {
        Path broken = plugin("broken")
                .body("public CLASS() { throw new IllegalStateException(\"no tape in here\"); }")
                .into(plugins());
        requireFault(broken, "IllegalStateException: no tape in here", "at plugin.Providerbroken.<init>");
    }

    @Test
    void shouldNameAJarWhoseClassCannotBeInitialized() throws IOException {
        Path broken = plugin("broken")
                .body("static final int HALF = 1 / Integer.parseInt(\"0\");")
                .into(plugins());
        requireFault(broken, "ArithmeticException", "Providerbroken");
    }

    @Test
    void shouldNameAJarOfANewerJava() throws IOException {
        Path broken = plugin("broken")
                .change(bytes -> {
                    bytes[7] = 99; // major version
                    return bytes;
                })
                .into(plugins());
        requireFault(broken, "newer Java", "--release " + Runtime.version().feature());
    }

    @Test
    void shouldNameAJarOfAnotherApi() throws IOException {
        Path broken = plugin("broken")
                .body("static final Object GONE = io.sluice.handler.Gone.HERE;")
                .alsoCompiledAgainst("Gone", "public interface Gone { Object HERE = new Object(); }")
                .into(plugins());
        requireFault(broken, "does not fit this version of the handler API", "io/sluice/handler/Gone", "./sluice api");
    }

    @Test
    void shouldNameAJarWhoseTypeIsTaken() throws IOException {
        plugin("aaa").into(plugins());
        Path other = Files.createDirectories(work.resolve("other"));
        Path copy = plugins().resolve("aab.jar");
        Files.copy(plugin("aaa").into(other), copy);
        requireFault(copy, "device type \"aaa\"", "aaa.jar", "give it another type");
    }
}
