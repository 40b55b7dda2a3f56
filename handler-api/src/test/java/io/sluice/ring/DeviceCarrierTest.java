// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DeviceCarrierTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void shouldTellADeviceFromASocket(@TempDir Path home) throws IOException {
        assertThat(DeviceCarrier.isDevice(Path.of("/dev/null"))).isTrue();
        assertThat(DeviceCarrier.isDevice(home.resolve("gateway.sock"))).isFalse();
        assertThat(DeviceCarrier.isDevice(home)).isFalse();
        Path link = Files.createSymbolicLink(home.resolve("gateway"), Path.of("/dev/null"));
        assertThat(DeviceCarrier.isDevice(link)).isTrue();
    }

    @Test
    void shouldSayHowToLoadTheModuleThatIsMissing(@TempDir Path home) throws IOException {
        Path link = Files.createSymbolicLink(home.resolve("gateway"), Path.of("/dev/sluice-that-is-not"));
        assertThatThrownBy(() -> GatewayConnection.connect(link, Abi.ROLE_CONTROL, "test", why -> {}))
                .isInstanceOf(NativeException.class)
                .hasMessage("open /dev/sluice-that-is-not: ENOENT: the module is not loaded: modprobe sluice,"
                        + " or run with --gateway daemon");
    }

    @Test
    void shouldSayWhoMayOpenIt() {
        assertThat(new NativeException("open /dev/sluice", 13, DeviceCarrier.remedy(13)).getMessage())
                .isEqualTo("open /dev/sluice: EACCES: add the user " + System.getProperty("user.name")
                        + " to group sluice and log in again, or run with --gateway daemon");
    }

    @Test
    void shouldNameBothVersionsOfAnotherAbi() throws IOException {
        try (Peer peer = new Peer(0x00020001)) {
            assertThatThrownBy(() -> GatewayConnection.over(peer.carrier(), Abi.ROLE_CONTROL, why -> {}))
                    .hasMessageContaining("ABI 2.1")
                    .hasMessageContaining("ABI " + Abi.versionText(Abi.VERSION));
        }
    }

    @Test
    void shouldCarryWholePacketsBothWaysAndEndWhenItIsClosed() throws Exception {
        List<String> lost = new ArrayList<>();
        try (Peer peer = new Peer(Abi.VERSION)) {
            GatewayConnection connection = GatewayConnection.over(peer.carrier(), Abi.ROLE_CONTROL, lost::add);
            MemorySegment body = GatewayConnection.body(600);
            body.fill((byte) 7);
            for (int i = 0; i < 100; i++) {
                GatewayConnection.Reply reply = connection.call(99, "ECHO", body, 600);
                assertThat(reply.fds()).isEmpty();
                assertThat(reply.body().mismatch(body)).isEqualTo(-1);
            }
            connection.close();
            assertThat(lost).isEmpty();
            assertThatThrownBy(() -> connection.call(99, "ECHO", body, 600)).hasMessageContaining("closed");
        }
    }

    /** read() says 0 when the module has closed the session, and write() EPIPE. */
    @Test
    void shouldSayWhyWhenTheGatewayEndsTheSession() throws Exception {
        CompletableFuture<String> lost = new CompletableFuture<>();
        Peer peer = new Peer(Abi.VERSION);
        DeviceCarrier carrier = peer.carrier();
        GatewayConnection connection = GatewayConnection.over(carrier, Abi.ROLE_CONTROL, lost::complete);
        int other = Linux.duplicate(carrier.fd());
        peer.close();
        assertThat(lost.get(10, TimeUnit.SECONDS)).contains("judged the ring broken");
        assertThatThrownBy(() -> connection.call(99, "ECHO", GatewayConnection.EMPTY, 0))
                .hasMessageContaining("closed");
        DeviceCarrier late = new DeviceCarrier(other);
        assertThatThrownBy(() -> late.send(GatewayConnection.body(64))).hasMessageContaining("judged the ring broken");
        late.close();
    }

    /** The call itself, on a file that there is everywhere. */
    @Test
    void shouldAllocateNothingInAnIoctl() throws IOException {
        int fd = Linux.eventfd();
        try (Arena arena = Arena.ofConfined()) {
            long on = arena.allocate(8, 8).address();
            assertThat(ioctls(fd, on, 50_000)).isZero();
            long before = THREADS.getCurrentThreadAllocatedBytes();
            int refused = ioctls(fd, on, 200_000);
            long after = THREADS.getCurrentThreadAllocatedBytes();
            assertThat(refused).isZero();
            assertThat(after - before).isLessThan(10_000L);
        } finally {
            Linux.close(fd);
        }
    }

    private static int ioctls(int fd, long argument, int count) {
        int refused = 0;
        for (int i = 0; i < count; i++) {
            refused += Linux.ioctl(fd, SocketPair.FIONBIO, argument);
        }
        return refused;
    }

    /** The other end of a socket pair, whose packets read() and write() keep whole as the device does: echoes, in an ABI of its choice. */
    private static final class Peer implements AutoCloseable {
        private final int mine;
        private final int other;
        private final Thread thread;

        Peer(int version) throws IOException {
            int[] pair = SocketPair.make();
            mine = pair[0];
            other = pair[1];
            thread = Thread.ofPlatform().daemon().start(() -> answer(version));
        }

        DeviceCarrier carrier() throws IOException {
            return new DeviceCarrier(other);
        }

        private void answer(int version) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment packet = arena.allocate(8192, 8);
                long bytes;
                while ((bytes = Linux.readPacket(mine, packet)) > 0) {
                    if (Layout.i32(packet, MessageDescriptor.OP) == Abi.OP_HELLO) {
                        Layout.put32(packet, MessageDescriptor.SIZE + MessageDescriptor.Hello.ABI_VERSION, version);
                    }
                    Linux.writePacket(mine, packet.asSlice(0, bytes));
                }
            } catch (IOException ended) {
                // the other end was closed first
            }
        }

        @Override
        public void close() {
            Linux.shutdown(mine);
            try {
                thread.join(5_000);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
            Linux.close(mine);
        }
    }
}
