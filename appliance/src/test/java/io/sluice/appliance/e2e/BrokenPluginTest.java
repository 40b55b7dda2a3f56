// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.appliance.daemon.PluginJar;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plugins of every brokenness beside a disk that has nothing to do with them. */
@Tag("e2e")
@Tag("launcher")
class BrokenPluginTest {
    private static final String DEVICES = """

            [[device]]
            name = "good"
            type = "good"

            [[device]]
            name = "lost"
            type = "constructor"

            [[device]]
            name = "careless"
            type = "open"

            [[device]]
            name = "old"
            type = "old-api"

            [[target]]
            name = "iqn.2026-11.io.sluice:plugins"

                [[target.lun]]
                lun = 0
                device = "good"

                [[target.lun]]
                lun = 1
                device = "careless"
            """;

    @TempDir
    Path work;

    @Test
    void shouldServeTheOtherDevices() throws Exception {
        RunningSluice sluice = RunningSluice.prepare(RunningSluice.shippedConfiguration() + DEVICES);
        Path plugins = Files.createDirectories(sluice.home().resolve("plugins"));
        PluginJar.of(work, "good").into(plugins);
        PluginJar.of(work, "constructor")
                .body("public CLASS() { throw new IllegalStateException(\"no tape in here\"); }")
                .into(plugins);
        PluginJar.of(work, "open")
                .onOpen("if (context != null) throw new NullPointerException(\"no drive\");")
                .into(plugins);
        PluginJar.of(work, "old-api")
                .alsoCompiledAgainst("DeviceContext", "public interface DeviceContext { void raise(int code); }")
                .onOpen("context.raise(1);")
                .into(plugins);
        Files.writeString(plugins.resolve("half.jar"), "half a download");
        try (sluice) {
            Shell check = sluice.command("config", "check");
            assertThat(check.status()).isNotZero();
            assertThat(check.output()).contains("half.jar is no JAR", "constructor.jar: its code threw");
            Shell up = sluice.up();
            assertThat(up.status()).as(up.output()).isZero();
            assertThat(up.output())
                    .contains("LUN 0   good: good", "LUN 1   careless: not served", "LUN 0   disk: vdisk");
            assertThat(sluice.log("appliance"))
                    .contains("half.jar is no JAR")
                    .containsPattern("constructor.jar: its code threw .*no tape in here")
                    .containsPattern("device \"lost\": not served: no plugin .* type \"constructor\"")
                    .containsPattern("device \"careless\": not served: .*open.jar: its code threw .*no drive")
                    .containsPattern("device \"old\": not served: .*old-api.jar does not fit .*raise");
            Shell.must("iscsi-readcapacity16", sluice.url(0));
            assertThat(sluice.status().path("devices").toString()).contains("\"good\"");
        }
    }
}
