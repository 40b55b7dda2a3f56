// SPDX-License-Identifier: Apache-2.0
package io.sluice.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.handler.HotPath;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the documents show is what is compiled. Where one differs, the test writes what it should be to {@code target/docs}.
 */
class DocumentationTest {
    private static final Path DOCS = Path.of("../docs");
    private static final Path EXAMPLE = Path.of("src/test/java/com/example/ram/RamDiskProvider.java");

    @Test
    void shouldShowTheExampleThatIsCompiled() throws IOException {
        String example = Files.readString(EXAMPLE);
        assertThat(example.lines().count()).as("lines of the example").isLessThanOrEqualTo(60);
        assertThat(Files.readString(DOCS.resolve("writing-a-plugin.md"))).contains("```java\n" + example + "```\n");
    }

    @Test
    void shouldListEveryHotMethod() throws IOException, ClassNotFoundException {
        String expected = hotPathDocument();
        Path written = Path.of("target/docs/hot-path.md");
        Files.createDirectories(written.getParent());
        Files.writeString(written, expected);
        assertThat(DOCS.resolve("hot-path.md"))
                .as("copy target/docs/hot-path.md to docs/")
                .exists()
                .hasContent(expected);
    }

    private static String hotPathDocument() throws IOException, ClassNotFoundException {
        Map<String, TreeSet<String>> byClass = new TreeMap<>();
        Path classes = Path.of("target/classes");
        List<Path> files;
        try (Stream<Path> walk = Files.walk(classes)) {
            files = walk.filter(file -> file.toString().endsWith(".class")).toList();
        }
        for (Path file : files) {
            String name = classes.relativize(file).toString().replace('/', '.').replaceFirst("\\.class$", "");
            if (name.equals("module-info") || name.endsWith("package-info")) {
                continue;
            }
            Class<?> type = Class.forName(name, false, DocumentationTest.class.getClassLoader());
            for (Method method : type.getDeclaredMethods()) {
                if (method.isAnnotationPresent(HotPath.class) && !method.isBridge() && !method.isSynthetic()) {
                    byClass.computeIfAbsent(type.getName().replace('$', '.'), key -> new TreeSet<>())
                            .add(signature(method));
                }
            }
        }
        StringBuilder text = new StringBuilder("""
                # The hot path in Java

                These methods run for every command. None allocates, logs, locks, boxes or throws in the course of events;
                `HotPathAllocationTest` drives a million commands through them, inline, serial and parallel, and finds zero
                bytes on the heap. The list is made from the annotation `@HotPath`; `DocumentationTest` compares it.

                """);
        byClass.forEach((type, methods) -> {
            text.append("## ").append(type).append("\n\n");
            methods.forEach(method -> text.append("- `").append(method).append("`\n"));
            text.append('\n');
        });
        return text.toString().stripTrailing() + "\n";
    }

    private static String signature(Method method) {
        return method.getName()
                + Arrays.stream(method.getParameterTypes())
                        .map(Class::getSimpleName)
                        .collect(Collectors.joining(", ", "(", ")"));
    }
}
