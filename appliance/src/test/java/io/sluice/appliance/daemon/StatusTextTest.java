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
    void shouldSayWhichHandlerHasStalled() {
        String text = StatusText.of(AdminProtocol.JSON.readTree("{\"sessions\": ["
                + "{\"name\": \"appliance\", \"pid\": 7, \"state\": \"active\", \"stalled_s\": 0.0, \"in_flight\": 3},"
                + "{\"name\": \"tapes\", \"pid\": 8, \"state\": \"active\", \"stalled_s\": 12.5, \"untaken\": 4}]}"));
        assertThat(text)
                .containsPattern("appliance +7 +active +good +0 +3 +0")
                .containsPattern("tapes +8 +active +stalled 12\\.5 s +0 +0 +4");
    }

    @Test
    void shouldShowWhatEachLiveCommandWaitsFor() {
        String text = StatusText.commands(
                AdminProtocol.JSON.readTree(
                        "{\"commands\": [{\"age_s\": 61.25, \"state\": \"RUNNING\","
                                + " \"waits_for\": \"handler\", \"left_s\": -1.0, \"device\": \"disk\", \"cdb\": \"28\", \"aborted\": true}]}"));
        assertThat(text).containsPattern("RUNNING, aborted +handler +-1\\.0 s +disk");
        assertThat(StatusText.commands(AdminProtocol.JSON.readTree("{\"commands\": []}")))
                .isEqualTo("no command is live\n");
    }

    @Test
    void shouldCallALunAsItsMapDoes() {
        assertThat(commandOn("0004000000000000")).containsPattern("disk +4 +28");
        assertThat(commandOn("4105000000000000")).containsPattern("disk +261 +28");
        assertThat(commandOn("c101000000000000")).containsPattern("disk +c101000000000000 +28");
    }

    private static String commandOn(String lun) {
        return StatusText.commands(AdminProtocol.JSON.readTree(
                "{\"commands\": [{\"device\": \"disk\", \"lun\": \"" + lun + "\", \"cdb\": \"28\"}]}"));
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
