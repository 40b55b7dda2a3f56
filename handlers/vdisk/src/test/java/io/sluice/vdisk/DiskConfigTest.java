// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.handler.DeviceConfig;
import io.sluice.handler.DeviceConfigException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DiskConfigTest {
    @Test
    void shouldDefaultToAThinWriteBackFile() throws DeviceConfigException {
        DiskConfig config = parse(Map.of("path", "/srv/disk.img"));
        assertThat(config.backend()).isEqualTo(Backend.FILE);
        assertThat(config.path()).contains(Path.of("/srv/disk.img"));
        assertThat(config.size()).isZero();
        assertThat(config.blockSize()).isEqualTo(512);
        assertThat(config.physicalBlockSize()).isEqualTo(4096);
        assertThat(config.thin()).isTrue();
        assertThat(config.writeThrough() || config.readOnly() || config.removable() || config.rotational())
                .isFalse();
        assertThat(config.identity().vendor()).isEqualTo("SLUICE");
        assertThat(config.execution()).isEqualTo(DiskConfig.RunMode.AUTO);
    }

    @Test
    void shouldDefaultToOneTebibyteOfNothing() throws DeviceConfigException {
        assertThat(parse(Map.of("backend", "null")).size()).isEqualTo(1L << 40);
    }

    @Test
    void shouldReadEveryKey() throws DeviceConfigException {
        DiskConfig config = parse(Map.ofEntries(
                Map.entry("backend", "direct"),
                Map.entry("path", "/srv/disk.img"),
                Map.entry("size", "4GiB"),
                Map.entry("block_size", 4096L),
                Map.entry("physical_block_size", "16KiB"),
                Map.entry("write_through", true),
                Map.entry("read_only", true),
                Map.entry("removable", true),
                Map.entry("rotational", true),
                Map.entry("thin", false),
                Map.entry("vendor", "ACME"),
                Map.entry("product", "BIG DISK"),
                Map.entry("revision", "7"),
                Map.entry("serial", "S-1"),
                Map.entry("optimal_transfer", "64KiB"),
                Map.entry("execution", "inline"),
                Map.entry("explicit_access", true)));
        assertThat(config)
                .isEqualTo(new DiskConfig(
                        Backend.DIRECT,
                        config.path(),
                        4L << 30,
                        4096,
                        16384,
                        true,
                        true,
                        true,
                        true,
                        false,
                        new DiskConfig.IdentityConfig("ACME", "BIG DISK", "7", java.util.Optional.of("S-1")),
                        65536,
                        DiskConfig.RunMode.INLINE,
                        true));
    }

    @ParameterizedTest
    @CsvSource({
        "backend, flie",
        "block_size, 1024",
        "physical_block_size, 3000",
        "physical_block_size, 256",
        "size, 1000",
        "size, 0",
        "vendor, NINECHARS",
        "vendor, ''",
        "product, ' padded'",
        "revision, 00001",
        "serial, ünique",
        "optimal_transfer, 32MiB",
        "execution, sideways",
    })
    void shouldNameKeyAndValueThatAreWrong(String key, String value) {
        Object typed = value.matches("\\d+") && !key.equals("revision") ? Long.valueOf(value) : value;
        assertThatThrownBy(() -> parse(Map.of("path", "/srv/disk.img", key, typed)))
                .isInstanceOf(DeviceConfigException.class)
                .satisfies(e -> assertThat(((DeviceConfigException) e).key()).isEqualTo(key))
                .hasMessageContaining(value)
                .hasMessageContaining(";");
    }

    @Test
    void shouldAskForThePathOfAFile() {
        assertThatThrownBy(() -> parse(Map.of("backend", "direct")))
                .isInstanceOf(DeviceConfigException.class)
                .hasMessageContaining("path");
    }

    @Test
    void shouldAskForTheSizeOfMemory() {
        assertThatThrownBy(() -> parse(Map.of("backend", "ram")))
                .isInstanceOf(DeviceConfigException.class)
                .hasMessageContaining("size");
    }

    @Test
    void shouldRefuseAPathWithoutAFile() {
        assertThatThrownBy(() -> parse(Map.of("backend", "null", "path", "/srv/disk.img")))
                .isInstanceOf(DeviceConfigException.class)
                .hasMessageContaining("/srv/disk.img")
                .hasMessageContaining("remove it");
    }

    @Test
    void shouldProposeTheNearestKeyForAnUnknownOne() throws DeviceConfigException {
        DeviceConfig config = DeviceConfig.of("d", Map.of("backend", "null", "read_onyl", true));
        DiskConfig.parse(config);
        assertThatThrownBy(config::rejectUnknown).hasMessageContaining("read_only");
    }

    private static DiskConfig parse(Map<String, ?> values) throws DeviceConfigException {
        return DiskConfig.parse(DeviceConfig.of("d", values));
    }
}
