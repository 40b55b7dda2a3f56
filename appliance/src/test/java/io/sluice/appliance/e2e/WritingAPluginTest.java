// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/writing-a-plugin.md, followed to the letter by somebody with an empty home directory. */
@Tag("e2e")
@Tag("launcher")
class WritingAPluginTest {
    private static final Pattern BLOCK = Pattern.compile("```(\\w+)\n(.*?)```", Pattern.DOTALL);
    private static final Pattern SAVE_AS = Pattern.compile("Save it as\\s+`~/([^`]+)`");
    private static final int MAX_LINES = 60;

    @TempDir
    Path author;

    @Test
    void shouldComeFromNothingToAServedDevice() throws IOException {
        String chapter = chapter();
        List<Path> sources = saveSources(chapter);
        assertThat(Files.readAllLines(sources.getFirst())).hasSizeLessThanOrEqualTo(MAX_LINES);
        int port = RunningSluice.freePort();
        String script =
                blocks(chapter, "sh").stream().collect(Collectors.joining("\n")).replace(":3260", ":" + port);
        Shell all = shell("set -euo pipefail\ntrap './sluice down' EXIT\n" + script);
        assertThat(all.status()).as(all.output()).isZero();
        assertThat(all.output())
                .contains("no errors (1 devices, 1 targets)", "LUN 0   scratch: example-ram", "Vendor:EXAMPLE")
                .contains("Product:RAM DISK", " tests failed ")
                .doesNotContain("[ 0 tests successful", "not served")
                .containsPattern("\\[ +0 tests failed +]")
                .containsPattern("\\[ +[1-9][0-9] tests successful +]");
    }

    private static String chapter() throws IOException {
        String text = Files.readString(RunningSluice.CHECKOUT.resolve("docs/writing-a-plugin.md"));
        int start = text.indexOf("## Ten minutes");
        return text.substring(start, text.indexOf("\n## ", start + 1));
    }

    private static List<String> blocks(String chapter, String language) {
        return BLOCK.matcher(chapter)
                .results()
                .filter(block -> block.group(1).equals(language))
                .map(block -> block.group(2))
                .toList();
    }

    /** Every Java block, where the words before it say. */
    private List<Path> saveSources(String chapter) throws IOException {
        List<String> sources = blocks(chapter, "java");
        List<Path> saved = new ArrayList<>();
        Matcher saveAs = SAVE_AS.matcher(chapter);
        for (String source : sources) {
            assertThat(saveAs.find()).as("a place for every Java block").isTrue();
            Path file = author.resolve(saveAs.group(1));
            Files.createDirectories(file.getParent());
            saved.add(Files.writeString(file, source));
        }
        return saved;
    }

    /** Where the author's commands run: in the checkout, with a JDK in the path. */
    private Shell shell(String script) {
        String java = System.getProperty("java.home");
        return Shell.run(
                Map.of(
                        "HOME",
                        author.toString(),
                        "SLUICE_HOME",
                        author.resolve(".sluice").toString(),
                        "JAVA_HOME",
                        java,
                        "PATH",
                        java + "/bin:" + System.getenv("PATH")),
                List.of("bash", "-c", "cd '" + RunningSluice.CHECKOUT + "'\n" + script));
    }
}
