// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StatusTextTest {
    private static String text(String handlers, String devices) {
        return StatusText.of(
                AdminProtocol.JSON.readTree("{\"handlers\": [" + handlers + "], \"devices\": [" + devices + "]}"));
    }

    private static final String MAIN = "{\"name\": \"main\", \"answers\": true}";
    private static final String DISK = "{\"name\": \"disk\", \"type\": \"vdisk\", \"handler\": \"main\"}";

    @Test
    void shouldNameNoHandlerWhenThereIsOne() {
        assertThat(text(MAIN, DISK)).doesNotContain("HANDLER", "handler ").containsPattern("DEVICE +TYPE +STATE");
    }

    @Test
    void shouldNameTheHandlerOfEachDeviceWhenThereAreSeveral() {
        String text = text(
                MAIN
                        + ", {\"name\": \"tape\", \"answers\": true, \"pid\": 17, \"uptime_s\": 61}"
                        + ", {\"name\": \"hung\", \"answers\": false}",
                DISK + ", {\"name\": \"lib\", \"type\": \"vtl\", \"handler\": \"tape\"}");
        assertThat(text)
                .contains("handler    tape, process 17, up 00:01:01\n", "handler    hung, does not answer\n")
                .containsPattern("DEVICE +HANDLER +TYPE +STATE")
                .containsPattern("disk +main +vdisk")
                .containsPattern("lib +tape +vtl");
    }
}
