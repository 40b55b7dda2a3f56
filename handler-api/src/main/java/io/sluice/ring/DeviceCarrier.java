// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/** Packets over the module's device: written, and read when poll says that there is one. No descriptors come with them. */
final class DeviceCarrier implements PacketCarrier {
    private static final int S_IFMT = 0xF000;
    private static final int S_IFCHR = 0x2000;
    private static final Path DEVICES = Path.of("/dev");
    private static final int REVENTS = 6;
    private static final int POLLFD = 8;
    private static final int EPIPE = 32;
    private static final String BROKEN = "the gateway judged the ring broken; its log (dmesg) says why";

    private final int fd;
    private final int interruption; // an eventfd: nothing else ends a poll of another thread
    private final MemorySegment polled = Arena.ofAuto().allocate(2 * POLLFD, 8);

    /** Over a descriptor that reads and writes packets and does not block; {@link #close()} closes it. */
    DeviceCarrier(int fd) throws IOException {
        this.fd = fd;
        this.interruption = Linux.eventfd();
        for (int i = 0; i < 2; i++) {
            Layout.put32(polled, (long) i * POLLFD, i == 0 ? fd : interruption);
            Layout.put16(polled, (long) i * POLLFD + 4, Linux.POLLIN);
        }
    }

    /** Whether the path is a character device, or would be one if it existed. */
    static boolean isDevice(Path path) {
        try {
            return ((int) Files.getAttribute(path, "unix:mode") & S_IFMT) == S_IFCHR;
        } catch (IOException | UnsupportedOperationException absent) {
            return target(path).startsWith(DEVICES);
        }
    }

    /** Where a symbolic link leads that leads nowhere. */
    private static Path target(Path path) {
        try {
            return Files.isSymbolicLink(path) ? path.resolveSibling(Files.readSymbolicLink(path)) : path;
        } catch (IOException unreadable) {
            return path;
        }
    }

    /** Opens the device; the message of what it throws says what to do. */
    static DeviceCarrier open(Path path) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            int fd = Linux.open(arena.allocateFrom(path.toString()), Linux.O_RDWR | Linux.O_NONBLOCK | Linux.O_CLOEXEC);
            if (fd < 0) {
                throw new NativeException("open " + target(path), -fd, remedy(-fd));
            }
            try {
                return new DeviceCarrier(fd);
            } catch (IOException failed) {
                Linux.close(fd);
                throw failed;
            }
        }
    }

    static String remedy(int errno) {
        return switch (errno) {
            case 2, 6, 19 -> "the module is not loaded: modprobe sluice, or run with --gateway daemon";
            case 1, 13 ->
                "add the user " + System.getProperty("user.name")
                        + " to group sluice and log in again, or run with --gateway daemon";
            case 12 -> "the kernel has no memory left for this process: raise the limit of its control group";
            case 24 -> "raise the limit of open files (ulimit -n)";
            default -> "";
        };
    }

    /** For the ring: a descriptor of its own, which stays when this one is closed. */
    DeviceFile duplicate() throws IOException {
        return new DeviceFile(Linux.duplicate(fd));
    }

    int fd() {
        return fd;
    }

    @Override
    public void send(MemorySegment packet) throws IOException {
        try {
            Linux.writePacket(fd, packet);
        } catch (NativeException failed) {
            throw failed.errno() == EPIPE ? new IOException(BROKEN, failed) : failed;
        }
    }

    @Override
    public Received receive(MemorySegment packet) throws IOException {
        while (true) {
            long bytes = Linux.readPacket(fd, packet);
            if (bytes == 0) {
                throw new IOException(BROKEN);
            }
            if (bytes > 0) {
                return new Received(bytes, new int[0]);
            }
            Linux.poll(polled);
            if (Layout.u16(polled, POLLFD + REVENTS) != 0) {
                return Received.END;
            }
            int events = Layout.u16(polled, REVENTS);
            if ((events & Linux.POLLIN) == 0 && (events & (Linux.POLLERR | Linux.POLLHUP)) != 0) {
                throw new IOException(BROKEN);
            }
        }
    }

    @Override
    public void interrupt() {
        Linux.signal(interruption);
    }

    @Override
    public void close() {
        Linux.close(fd);
        Linux.close(interruption);
    }
}
