// SPDX-License-Identifier: Apache-2.0
package io.sluice.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.example.ram.RamDiskProvider;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.handler.DeviceConfig;
import io.sluice.handler.example.KitDisk;
import io.sluice.ring.GatewayException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The runtime against the real gateway, and real initiators against both. */
@Timeout(120)
class DaemonTest {
    private static final String TARGET = "iqn.2026-11.io.sluice.test:disk";

    @TempDir
    Path directory;

    private HandlerRuntime runtime(Path socket) {
        HandlerOptions options = new HandlerOptions("test", 2, 64, 64L << 20, 2);
        return new HandlerRuntime(options, SessionLink.connector(socket, options), new SimpleMeterRegistry());
    }

    private static int serve(ControlClient control, String device) throws IOException {
        control.addTarget(TARGET, "test");
        control.mapLun(TARGET, "default", 0, device, false);
        return control.addPortal("127.0.0.1", 0, 1);
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what + " within 20 s").isLessThan(deadline);
            LockSupport.parkNanos(5_000_000L);
        }
    }

    @Test
    void shouldServeADeviceToARealInitiator() throws Exception {
        try (Sluiced sluiced = new Sluiced(directory);
                ControlClient control = ControlClient.connect(sluiced.socket(), "test", why -> {});
                HandlerRuntime runtime = runtime(sluiced.socket())) {
            int port = serve(control, "ram");
            runtime.start();
            runtime.open(
                    directory.resolve("ram"), new RamDiskProvider(), DeviceConfig.of("ram", Map.of("size", "8MiB")));
            String inquiry = Sluiced.client("iscsi-inq", "iscsi://127.0.0.1:" + port + "/" + TARGET + "/0");
            assertThat(inquiry).contains("Vendor:EXAMPLE").contains("Product:RAM DISK");
            assertThat(Sluiced.client("iscsi-ls", "-s", "iscsi://127.0.0.1:" + port))
                    .contains("Size:7M");
            List<ControlClient.DeviceInfo> devices = control.devices();
            assertThat(devices).hasSize(1);
            assertThat(devices.getFirst().name()).isEqualTo("ram");
            assertThat(devices.getFirst().state()).isEqualTo(ControlClient.DeviceState.SERVED);
            assertThat(devices.getFirst().commands()).isPositive();
            assertThat(control.gatewayInfo().sessions()).isEqualTo(1);
        }
    }

    @Test
    void shouldPassTheConformanceTestsOfTheKit() throws Exception {
        try (Sluiced sluiced = new Sluiced(directory);
                ControlClient control = ControlClient.connect(sluiced.socket(), "test", why -> {});
                HandlerRuntime runtime = runtime(sluiced.socket())) {
            int port = serve(control, "kit");
            runtime.start();
            runtime.open("kit", directory.resolve("kit"), context -> new KitDisk(context, 1 << 16));
            String url = "iscsi://127.0.0.1:" + port + "/" + TARGET + "/0";
            for (String family : List.of("Inquiry", "ModeSense6", "ReportSupportedOpcodes", "TestUnitReady")) {
                String output = Sluiced.client("iscsi-test-cu", "-d", "-n", "-t", "SCSI." + family, url);
                assertThat(output).doesNotContain("had failures").doesNotContain("[FAILED]");
                // Its exit status and summary count a skipped test as passed. This disk has no reservations and is not
                // thin.
                assertThat(output.lines().filter(line -> line.contains("[SKIPPED]")))
                        .as(family)
                        .allMatch(line -> line.contains("PERSISTENT RESERVE IN is not implemented")
                                || line.contains("Logical unit is fully provisioned"));
                assertThat(output).containsPattern("asserts +[1-9]\\d* +\\d+ +\\d+ +0 ");
            }
        }
    }

    @Test
    void shouldReconnectWhenTheGatewayComesBack() throws Exception {
        Sluiced first = new Sluiced(directory);
        try (HandlerRuntime runtime = runtime(first.socket())) {
            runtime.start();
            runtime.open(
                    directory.resolve("ram"), new RamDiskProvider(), DeviceConfig.of("ram", Map.of("size", "1MiB")));
            first.kill();
            await("the loss to be noticed", () -> !runtime.isConnected());
            Files.deleteIfExists(first.socket());
            try (Sluiced second = new Sluiced(directory);
                    ControlClient control = ControlClient.connect(second.socket(), "test", why -> {})) {
                await("a new session", runtime::isConnected);
                assertThat(control.devices()).anySatisfy(device -> {
                    assertThat(device.name()).isEqualTo("ram");
                    assertThat(device.state()).isEqualTo(ControlClient.DeviceState.SERVED);
                });
            }
        }
    }

    @Test
    void shouldSayWhyTheGatewayRefuses() throws Exception {
        try (Sluiced sluiced = new Sluiced(directory);
                ControlClient control = ControlClient.connect(sluiced.socket(), "test", why -> {})) {
            assertThatThrownBy(() -> control.mapLun("iqn.2026-11.io.sluice:nowhere", "default", 0, "x", false))
                    .isInstanceOf(GatewayException.class)
                    .hasMessageContaining("LUN_MAP")
                    .hasMessageContaining("ENOENT", false);
        }
    }

    @Test
    void shouldSayWhatToDoWithoutAGateway() {
        Path nowhere = directory.resolve("no.sock");
        assertThatThrownBy(() -> ControlClient.connect(nowhere, "test", why -> {}))
                .isInstanceOf(IOException.class)
                .hasMessage("connect " + nowhere + ": ENOENT: no gateway was started with this socket: start sluiced,"
                        + " or run ./sluice up");
    }
}
