// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.handler.DeviceProvider;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/** Compiles plugins, good ones and broken ones, the way an author does. */
public final class PluginJar {
    private static final String SERVICE = "META-INF/services/" + DeviceProvider.class.getName();

    private final Path work;
    private final String name;
    private final Map<String, String> otherApi = new TreeMap<>();
    private String body = "";
    private String onOpen = "";
    private String executes = "ScsiCommand::good";
    private String provider;
    private UnaryOperator<byte[]> change = bytes -> bytes;

    private PluginJar(Path work, String name) {
        this.work = work;
        this.name = name;
        this.provider = "plugin." + className();
    }

    /** A plugin of device type {@code name}; sources and classes go below {@code work}. */
    public static PluginJar of(Path work, String name) {
        return new PluginJar(work, name);
    }

    private String className() {
        return "Provider" + name.replace("-", "");
    }

    /** More in its class, such as a constructor; {@code CLASS} becomes the class's name. */
    public PluginJar body(String java) {
        body = java.replace("CLASS", className());
        return this;
    }

    public PluginJar onOpen(String java) {
        onOpen = java;
        return this;
    }

    /** What its device does with each command, a {@code Consumer<ScsiCommand>}; without it, answers GOOD. */
    public PluginJar executes(String java) {
        executes = java;
        return this;
    }

    /** What META-INF/services names; empty for no such file. */
    PluginJar provider(String className) {
        provider = className;
        return this;
    }

    /** Does something to each class file. */
    PluginJar change(UnaryOperator<byte[]> toClass) {
        change = toClass;
        return this;
    }

    /** A class of package {@code io.sluice.handler} that is there when it is compiled, in place of ours, and not when it runs. */
    public PluginJar alsoCompiledAgainst(String className, String java) {
        otherApi.put(className, "package io.sluice.handler; " + java);
        return this;
    }

    /** Compiles it and writes {@code plugins/NAME.jar}. */
    public Path into(Path plugins) throws IOException {
        Path classes = Files.createDirectories(work.resolve(name + "-classes"));
        String classPath = api().toString();
        Path other = Files.createDirectories(work.resolve(name + "-api"));
        for (Map.Entry<String, String> source : otherApi.entrySet()) {
            compile(other, classPath, source.getKey(), source.getValue());
        }
        classPath = other + File.pathSeparator + classPath;
        compile(classes, classPath, className(), source());
        Files.createDirectories(plugins);
        Path jar = plugins.resolve(name + ".jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            if (!provider.isEmpty()) {
                out.putNextEntry(new JarEntry(SERVICE));
                out.write((provider + "\n").getBytes(StandardCharsets.UTF_8));
            }
            List<Path> files;
            try (Stream<Path> walk = Files.walk(classes)) {
                files = walk.filter(file -> file.toString().endsWith(".class")).toList();
            }
            for (Path file : files) {
                out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                out.write(change.apply(Files.readAllBytes(file)));
            }
        }
        return jar;
    }

    private String source() {
        return """
            package plugin;

            import io.sluice.handler.*;
            import io.sluice.scsi.*;

            public class %s implements DeviceProvider {
                %s

                public String type() {
                    return "%s";
                }

                public void check(DeviceConfig config) {}

                public Device open(DeviceContext context, DeviceConfig config) {
                    %s
                    return Device.of(
                            DeviceProfile.of(PeripheralDeviceType.DIRECT_ACCESS, Execution.INLINE).build(), %s);
                }
            }
            """.formatted(className(), body, name, onOpen, executes);
    }

    private static Path api() {
        return Path.of(DeviceProvider.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
    }

    private void compile(Path into, String classPath, String className, String source) throws IOException {
        Path directory = Files.createDirectories(work.resolve(name + "-" + className));
        Path file = Files.writeString(directory.resolve(className + ".java"), source);
        List<String> arguments = new ArrayList<>(List.of("-nowarn", "-proc:none", "-d", into.toString()));
        arguments.addAll(List.of("-cp", classPath, file.toString()));
        int status = ToolProvider.findFirst("javac")
                .orElseThrow() // a JDK, not a JRE, runs the tests
                .run(System.out, System.err, arguments.toArray(String[]::new));
        assertThat(status).as("javac %s", arguments).isZero();
    }
}
