// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceConfigTest {
    private static DeviceConfig config(String key, Object value) {
        return DeviceConfig.of("disk", Map.of(key, value), Path.of("/base"), Set.of("name"), k -> 12);
    }

    @ParameterizedTest
    @CsvSource({"512, 512", "1KiB, 1024", "1.5MiB, 1572864", "2 GiB, 2147483648", "1TiB, 1099511627776", "7B, 7"})
    void shouldReadSizes(String text, long bytes) throws DeviceConfigException {
        assertThat(config("size", text).bytes("size")).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"1GB", "-1", "1.3B", "x", "99999999PiB"})
    void shouldRefuseWhatIsNoSize(String text) {
        assertThatThrownBy(() -> config("size", text).bytes("size"))
                .isInstanceOf(DeviceConfigException.class)
                .hasMessageStartingWith("line 12, device \"disk\": size = \"" + text + "\"")
                .hasMessageContaining("write bytes as a number, or such as \"1GiB\"");
    }

    @Test
    void shouldReadEveryType() throws DeviceConfigException {
        assertThat(config("n", 5L).integer("n", 1, 0, 9)).isEqualTo(5);
        assertThat(config("b", true).bool("b", false)).isTrue();
        assertThat(config("p", "a/b").path("p")).isEqualTo(Path.of("/base/a/b"));
        assertThat(config("d", "250ms").duration("d", Duration.ZERO)).isEqualTo(Duration.ofMillis(250));
        assertThat(config("d", 2).duration("d", Duration.ZERO)).isEqualTo(Duration.ofSeconds(2));
        assertThat(config("r", "requeue").oneOf("r", Recovery.FAIL)).isEqualTo(Recovery.REQUEUE);
        assertThat(config("x", "y").string("absent", "default")).isEqualTo("default");
        assertThat(config("x", "y").optional("absent")).isEmpty();
    }

    @Test
    void shouldNameValueAndRemedy() {
        assertThatThrownBy(() -> config("n", 10L).integer("n", 1, 0, 9))
                .hasMessage("line 12, device \"disk\": n = 10 is out of range; choose from 0 to 9");
        assertThatThrownBy(() -> config("r", "no").oneOf("r", Recovery.FAIL))
                .hasMessageContaining("choose one of \"fail\", \"requeue\", \"redeliver\"");
        assertThatThrownBy(() -> config("b", "yes").bool("b", false)).hasMessageContaining("write true or false");
        assertThatThrownBy(() -> config("x", "y").string("path"))
                .hasMessageContaining("key path is missing; add path = ...");
    }

    @Test
    void shouldProposeTheNearestKey() {
        DeviceConfig config = config("blok_size", 512L);
        assertThatThrownBy(() -> {
                    config.integer("block_size", 512, 512, 4096);
                    config.rejectUnknown();
                })
                .isInstanceOf(DeviceConfigException.class)
                .hasMessageContaining("unknown key blok_size; did you mean block_size?");
    }
}
