// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;

/** Packets over sluiced's Unix socket. */
final class SocketCarrier implements PacketCarrier {
    private static final int MAX_FDS = Abi.MAX_QUEUES + 3;
    private static final int SUN_PATH = 108;

    private final int fd;
    private final MemorySegment control = Arena.ofAuto().allocate(MessageHeader.controlBytes(MAX_FDS), 8);

    private SocketCarrier(int fd) {
        this.fd = fd;
    }

    /** Connects; the message of what it throws says what to do. */
    static SocketCarrier connect(Path path) throws IOException {
        int fd = Linux.socket(Linux.AF_UNIX, Linux.SOCK_SEQPACKET | Linux.SOCK_CLOEXEC);
        try (Arena arena = Arena.ofConfined()) {
            byte[] bytes = path.toString().getBytes(StandardCharsets.UTF_8);
            if (bytes.length >= SUN_PATH) {
                throw new NativeException(
                        "connect " + path, 36, "a socket's path has at most " + (SUN_PATH - 1) + " bytes: shorten it");
            }
            MemorySegment address = arena.allocate(2 + SUN_PATH, 8);
            Layout.put16(address, 0, Linux.AF_UNIX);
            MemorySegment.copy(bytes, 0, address, ValueLayout.JAVA_BYTE, 2, bytes.length);
            int errno = Linux.connect(fd, address);
            if (errno != 0) {
                throw new NativeException("connect " + path, errno, remedy(path, errno));
            }
        } catch (IOException failed) {
            Linux.close(fd);
            throw failed;
        }
        return new SocketCarrier(fd);
    }

    private static String remedy(Path path, int errno) {
        return switch (errno) {
            case 2 -> "no gateway was started with this socket: start sluiced, or run ./sluice up";
            case 13 -> {
                String group = groupOf(path);
                yield "only members of group " + group + " may: usermod -aG " + group + " "
                        + System.getProperty("user.name") + ", then log in again";
            }
            case 111 -> "the gateway that made this socket is gone: start sluiced again, or run ./sluice up";
            case 91 -> "this is a socket of another kind: give the one that sluiced was started with";
            default -> "";
        };
    }

    private static String groupOf(Path path) {
        try {
            return Files.readAttributes(path, PosixFileAttributes.class).group().getName();
        } catch (IOException | UnsupportedOperationException unreadable) {
            return "(that owns " + path + ")";
        }
    }

    @Override
    public void send(MemorySegment packet) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            Linux.sendmsg(fd, MessageHeader.of(arena, packet, MemorySegment.NULL));
        }
    }

    @Override
    public Received receive(MemorySegment packet) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment header = MessageHeader.of(arena, packet, control);
            long bytes = Linux.recvmsg(fd, header);
            return new Received(bytes, MessageHeader.descriptors(header, control));
        }
    }

    @Override
    public void interrupt() {
        Linux.shutdown(fd);
    }

    @Override
    public void close() {
        Linux.close(fd);
    }
}
