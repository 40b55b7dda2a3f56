// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminServerTest {
    @TempDir
    Path directory = Path.of("");

    private AdminServer serve(Path socket) throws IOException {
        return AdminServer.open(socket, request -> {
            String op = request.path("op").stringValue("");
            return switch (op) {
                case "echo" -> AdminProtocol.JSON.createObjectNode().put("said", op);
                case "bug" -> throw new IllegalStateException("a bug");
                default -> throw new AdminException("op \"" + op + "\" is unknown: say echo");
            };
        });
    }

    @Test
    void shouldAnswerOnASocketOfItsOwnersAlone() throws Exception {
        Path socket = directory.resolve("admin.sock");
        Files.writeString(socket, "left by a daemon that was killed");
        try (AdminServer server = serve(socket)) {
            assertThat(server).isNotNull();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                    .isEqualTo("rw-------");
            assertThat(AdminProtocol.ask(socket, AdminProtocol.request("echo"))
                            .path("said")
                            .stringValue())
                    .isEqualTo("echo");
        }
        assertThat(socket).doesNotExist();
    }

    @Test
    void shouldTurnRefusalsAndBugsIntoErrors() throws Exception {
        Path socket = directory.resolve("admin.sock");
        try (AdminServer server = serve(socket)) {
            assertThat(server).isNotNull();
            assertThatThrownBy(() -> AdminProtocol.ask(socket, AdminProtocol.request("x")))
                    .isInstanceOf(AdminException.class)
                    .hasMessage("op \"x\" is unknown: say echo");
            assertThatThrownBy(() -> AdminProtocol.ask(socket, AdminProtocol.request("bug")))
                    .isInstanceOf(AdminException.class)
                    .hasMessageContaining("internal error");
            assertThat(AdminProtocol.ask(socket, AdminProtocol.request("echo"))).isNotEmpty();
        }
    }

    @Test
    void shouldGiveUpOnAProcessThatDoesNotAnswer() throws Exception {
        Path socket = directory.resolve("admin.sock");
        CountDownLatch end = new CountDownLatch(1);
        AdminServer server = AdminServer.open(socket, request -> {
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return AdminProtocol.JSON.createObjectNode();
        });
        try (server) {
            assertThatThrownBy(() -> AdminProtocol.ask(socket, AdminProtocol.request("status"), Duration.ofMillis(50)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(socket.toString())
                    .hasMessageContaining("./sluice status");
            end.countDown();
        }
    }

    @Test
    void shouldSayWhatToDoWhenNobodyListens() {
        assertThatThrownBy(() -> AdminProtocol.ask(directory.resolve("none"), AdminProtocol.request("echo")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("./sluice up");
    }
}
