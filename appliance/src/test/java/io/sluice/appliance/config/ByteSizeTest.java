// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {
    @Test
    void shouldTellBinaryFromDecimalUnits() {
        assertThat(ByteSize.parse("512")).contains(512L);
        assertThat(ByteSize.parse("64 MiB")).contains(64L << 20);
        assertThat(ByteSize.parse("64MB")).contains(64_000_000L);
        assertThat(ByteSize.parse("1.5TiB")).contains(3L << 39);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "MiB", "-1", "0.3B", "9000000PiB", "1 GiBs", "1e9"})
    void shouldRefuseWhatIsNoSize(String text) {
        assertThat(ByteSize.parse(text)).isEmpty();
    }

    @Test
    void shouldFormatForPeople() {
        assertThat(ByteSize.format(0)).isEqualTo("0 B");
        assertThat(ByteSize.format(1L << 30)).isEqualTo("1 GiB");
        assertThat(ByteSize.format(3L << 39)).isEqualTo("1.5 TiB");
    }
}
