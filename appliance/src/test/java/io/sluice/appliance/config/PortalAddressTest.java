// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PortalAddressTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1:3260",
                "0.0.0.0:0",
                "[::1]:3260",
                "[fe80::1%eth0]:1",
                "[::]:65535",
                "1.2.3.4:5,2",
                "[::1]:5,65535"
            })
    void shouldPrintWhatItParsed(String text) {
        assertThat(PortalAddress.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "3260",
                "127.0.0.1",
                "::1:3260",
                "[::1]",
                "256.0.0.1:1",
                "1.2.3:1",
                "host:1",
                "1.2.3.4:65536",
                "[1.2.3.4]:5",
                "1.2.3.4:5,0",
                "1.2.3.4:5,65536",
                "1.2.3.4:5,"
            })
    void shouldRefuseWhatIsNoPortal(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> PortalAddress.parse(text));
    }

    @Test
    void shouldKeepItsGroupWhenThePortIsKnown() {
        assertThat(PortalAddress.parse("1.2.3.4:0,7").withPort(9)).hasToString("1.2.3.4:9,7");
        assertThat(PortalAddress.parse("[::1]:9,7").authority()).isEqualTo("[::1]:9");
        assertThat(PortalAddress.parse("1.2.3.4:9,1")).isEqualTo(PortalAddress.parse("1.2.3.4:9"));
    }

    @Test
    void shouldTellLoopbackAddresses() {
        assertThat(PortalAddress.parse("127.0.0.53:1").isLoopback()).isTrue();
        assertThat(PortalAddress.parse("[::1]:1").isLoopback()).isTrue();
        assertThat(PortalAddress.parse("0.0.0.0:1").isLoopback()).isFalse();
    }
}
