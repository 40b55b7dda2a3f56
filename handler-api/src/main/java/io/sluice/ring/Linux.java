// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.sluice.handler.HotPath;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The system calls that the ring needs, and no more. Pointers go as raw addresses, so that a call allocates nothing. None of
 * these is a critical downcall: a thread in futex or recvmsg must not hold up a garbage collection.
 */
@SuppressWarnings("restricted")
final class Linux {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout ERRNO_STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = ERRNO_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final ThreadLocal<MemorySegment> CAPTURE =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(ERRNO_STATE));

    private static final MethodHandle SOCKET = call("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle CONNECT = call("connect", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle SENDMSG = call("sendmsg", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle RECVMSG = call("recvmsg", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle SHUTDOWN = call("shutdown", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle CLOSE = call("close", JAVA_INT, JAVA_INT);
    private static final MethodHandle MMAP =
            call("mmap", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle MUNMAP = call("munmap", JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle EVENTFD = call("eventfd", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle WRITE = quiet("write", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle FUTEX = futexHandle();
    private static final MethodHandle OPEN = variadic("open", 2, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle FCNTL = variadic("fcntl", 2, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle READ = call("read", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle WRITE_PACKET = call("write", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle POLL = call("poll", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
    private static final MethodHandle IOCTL = ioctlHandle();
    private static final MethodHandle SCHED_YIELD = quiet("sched_yield", JAVA_INT);
    private static final MethodHandle SCHED_GETAFFINITY =
            call("sched_getaffinity", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle SCHED_SETAFFINITY =
            call("sched_setaffinity", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);

    private static final long SYS_FUTEX = System.getProperty("os.arch").equals("aarch64") ? 98 : 202;
    private static final int FUTEX_WAIT = 0;
    private static final int FUTEX_WAKE = 1;

    private static final MemorySegment ONE = one();

    static final int O_RDWR = 2;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;
    static final int POLLIN = 1;
    static final int POLLERR = 8;
    static final int POLLHUP = 0x10;
    static final int AF_UNIX = 1;
    static final int SOCK_SEQPACKET = 5;
    static final int SOCK_CLOEXEC = 0x80000;
    static final int MSG_NOSIGNAL = 0x4000;
    static final int MSG_CMSG_CLOEXEC = 0x40000000;
    static final int PROT_READ = 1;
    static final int PROT_WRITE = 2;
    static final int EFD_CLOEXEC = 0x80000;
    static final int EFD_NONBLOCK = 0x800;
    private static final int MAP_SHARED = 1;
    private static final int SHUT_RDWR = 2;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int EINTR = 4;
    private static final int EAGAIN = 11;

    private Linux() {}

    private static MemorySegment one() {
        MemorySegment segment = Arena.global().allocate(JAVA_LONG);
        segment.set(JAVA_LONG, 0, 1);
        return segment;
    }

    private static MethodHandle call(String name, ValueLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(result, arguments),
                Linker.Option.captureCallState("errno"));
    }

    private static MethodHandle variadic(String name, int fixed, ValueLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(result, arguments),
                Linker.Option.firstVariadicArg(fixed),
                Linker.Option.captureCallState("errno"));
    }

    private static MethodHandle ioctlHandle() {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow("ioctl"),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG),
                Linker.Option.firstVariadicArg(2));
    }

    private static MethodHandle quiet(String name, ValueLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, arguments));
    }

    private static MethodHandle futexHandle() {
        FunctionDescriptor descriptor = FunctionDescriptor.of(
                JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow("syscall"), descriptor, Linker.Option.firstVariadicArg(1));
    }

    private static int errno(MemorySegment capture) {
        return (int) ERRNO.get(capture, 0L);
    }

    static int socket(int domain, int type) throws NativeException {
        MemorySegment capture = CAPTURE.get();
        try {
            int fd = (int) SOCKET.invokeExact(capture, domain, type, 0);
            if (fd < 0) {
                throw new NativeException("socket(" + domain + ", " + type + ")", errno(capture), "");
            }
            return fd;
        } catch (Throwable failed) {
            throw rethrow(failed);
        }
    }

    /** 0 or the errno. */
    static int connect(int fd, MemorySegment address) {
        MemorySegment capture = CAPTURE.get();
        try {
            int result = (int) CONNECT.invokeExact(capture, fd, address.address(), (int) address.byteSize());
            return result < 0 ? errno(capture) : 0;
        } catch (Throwable failed) {
            throw rethrow(failed);
        }
    }

    static void sendmsg(int fd, MemorySegment header) throws NativeException {
        MemorySegment capture = CAPTURE.get();
        try {
            long sent;
            do {
                sent = (long) SENDMSG.invokeExact(capture, fd, header.address(), MSG_NOSIGNAL);
            } while (sent < 0 && errno(capture) == EINTR);
            if (sent < 0) {
                throw new NativeException("sendmsg to the gateway", errno(capture), "is sluiced still running?");
            }
        } catch (Throwable failed) {
            throw rethrow(failed);
        }
    }

    /** Bytes received; 0 at the end. */
    static long recvmsg(int fd, MemorySegment header) throws NativeException {
        MemorySegment capture = CAPTURE.get();
        try {
            long received;
            do {
                received = (long) RECVMSG.invokeExact(capture, fd, header.address(), MSG_CMSG_CLOEXEC);
            } while (received < 0 && errno(capture) == EINTR);
            if (received < 0) {
                throw new NativeException("recvmsg from the gateway", errno(capture), "is sluiced still running?");
            }
            return received;
        } catch (Throwable failed) {
            throw rethrow(failed);
        }
    }

    /** Wakes a thread that is in recvmsg: it sees the end of the stream. */
    static void shutdown(int fd) {
        try {
            int ignored = (int) SHUTDOWN.invokeExact(CAPTURE.get(), fd, SHUT_RDWR);
        } catch (Throwable failed) {
            throw rethrow(failed);
        }
    }

    static void close(int fd) {
        try {
            int ignored = (int) CLOSE.invokeExact(CAPTURE.get(), fd);
        } catch (Throwable failed) {
            throw rethrow(failed);
        }
    }

    /** Maps a shared region; unmapped when the arena closes. */
    static MemorySegment mmap(int fd, long offset, long bytes, int protection, Arena arena, String what)
            throws NativeException {
        MemorySegment capture = CAPTURE.get();
        try {
            long address = (long) MMAP.invokeExact(capture, 0L, bytes, protection, MAP_SHARED, fd, offset);
            if (address == -1) {
                throw new NativeException(
                        "mmap of the " + what + ", " + bytes + " bytes",
                        errno(capture),
                        "choose a smaller pool or raise the memory limit");
            }
            return MemorySegment.ofAddress(address).reinterpret(bytes, arena, mapped -> munmap(address, bytes));
        } catch (Throwable failed) {
            throw rethrow(failed);
        }
    }

    private static void munmap(long address, long bytes) {
        try {
            int ignored = (int) MUNMAP.invokeExact(CAPTURE.get(), address, bytes);
        } catch (Throwable failed) {
            throw rethrow(failed);
        }
    }

    /** The descriptor, or the negative errno. */
    static int open(MemorySegment path, int flags) {
        MemorySegment capture = CAPTURE.get();
        try {
            int fd = (int) OPEN.invokeExact(capture, path.address(), flags);
            return fd < 0 ? -errno(capture) : fd;
        } catch (Throwable failed) {
            throw rethrow(failed);
        }
    }

    /** Another descriptor of the same open file. */
    static int duplicate(int fd) throws NativeException {
        MemorySegment capture = CAPTURE.get();
        try {
            int copy = (int) FCNTL.invokeExact(capture, fd, F_DUPFD_CLOEXEC, 3);
            if (copy < 0) {
                throw new NativeException("fcntl(F_DUPFD_CLOEXEC)", errno(capture), "raise the limit of open files");
            }
            return copy;
        } catch (Throwable failed) {
            throw rethrow(failed);
        }
    }

    /** Writes one packet whole. */
    static void writePacket(int fd, MemorySegment packet) throws NativeException {
        MemorySegment capture = CAPTURE.get();
        try {
            long written;
            do {
                written = (long) WRITE_PACKET.invokeExact(capture, fd, packet.address(), packet.byteSize());
            } while (written < 0 && errno(capture) == EINTR);
            if (written < 0) {
                throw new NativeException(
                        "write of " + packet.byteSize() + " bytes to the gateway", errno(capture), "");
            }
        } catch (Throwable failed) {
            throw rethrow(failed);
        }
    }

    /** Bytes of one packet; 0 at the end; -1 if none is there. */
    static long readPacket(int fd, MemorySegment packet) throws NativeException {
        MemorySegment capture = CAPTURE.get();
        try {
            long got;
            do {
                got = (long) READ.invokeExact(capture, fd, packet.address(), packet.byteSize());
            } while (got < 0 && errno(capture) == EINTR);
            if (got < 0 && errno(capture) != EAGAIN) {
                throw new NativeException("read from the gateway", errno(capture), "");
            }
            return got;
        } catch (Throwable failed) {
            throw rethrow(failed);
        }
    }

    /**
     * Waits without a bound until a descriptor has something to say, or a signal came.
     *
     * @param descriptors an array of {@code struct pollfd}
     */
    static void poll(MemorySegment descriptors) throws NativeException {
        MemorySegment capture = CAPTURE.get();
        try {
            int ready = (int) POLL.invokeExact(capture, descriptors.address(), descriptors.byteSize() / 8, -1);
            if (ready < 0 && errno(capture) != EINTR) {
                throw new NativeException("poll", errno(capture), "");
            }
        } catch (Throwable failed) {
            throw rethrow(failed);
        }
    }

    /** The result, or -1; without errno, which would cost every call its capture. */
    @HotPath
    static int ioctl(int fd, long request, long argument) {
        try {
            return (int) IOCTL.invokeExact(fd, request, argument);
        } catch (Throwable failed) {
            throw rethrow(failed);
        }
    }

    static int eventfd() throws NativeException {
        MemorySegment capture = CAPTURE.get();
        try {
            int fd = (int) EVENTFD.invokeExact(capture, 0, EFD_CLOEXEC | EFD_NONBLOCK);
            if (fd < 0) {
                throw new NativeException("eventfd", errno(capture), "raise the limit of open files");
            }
            return fd;
        } catch (Throwable failed) {
            throw rethrow(failed);
        }
    }

    /** Adds 1 to an eventfd: wakes who polls it. */
    @HotPath
    static void signal(int eventfd) {
        try {
            long ignored = (long) WRITE.invokeExact(eventfd, ONE.address(), 8L);
        } catch (Throwable failed) {
            throw rethrow(failed);
        }
    }

    /**
     * Sleeps while the word is {@code expected}, at most until the time-out; returns for any reason, so look again.
     *
     * @param timespec address of a struct timespec with the relative time-out
     */
    @HotPath
    static void futexWait(long word, int expected, long timespec) {
        try {
            long ignored =
                    (long) FUTEX.invokeExact(SYS_FUTEX, word, (long) FUTEX_WAIT, (long) expected, timespec, 0L, 0L);
        } catch (Throwable failed) {
            throw rethrow(failed);
        }
    }

    /** Wakes every thread that sleeps on the word. */
    @HotPath
    static void futexWake(long word) {
        try {
            long ignored =
                    (long) FUTEX.invokeExact(SYS_FUTEX, word, (long) FUTEX_WAKE, (long) Integer.MAX_VALUE, 0L, 0L, 0L);
        } catch (Throwable failed) {
            throw rethrow(failed);
        }
    }

    /** Gives the processor to whoever else waits for it. Unlike Thread.yield(), a garbage collection need not wait for its end. */
    @HotPath
    static void schedYield() {
        try {
            int ignored = (int) SCHED_YIELD.invokeExact();
        } catch (Throwable failed) {
            throw rethrow(failed);
        }
    }

    /**
     * Lets the calling thread run on these processors only.
     *
     * @param mask a {@code cpu_set_t}: bit n of the little-endian bytes is processor n
     */
    static void setAffinity(MemorySegment mask, String what) throws NativeException {
        MemorySegment capture = CAPTURE.get();
        try {
            int result = (int) SCHED_SETAFFINITY.invokeExact(capture, 0, mask.byteSize(), mask.address());
            if (result < 0) {
                throw new NativeException(
                        "sched_setaffinity to " + what,
                        errno(capture),
                        "name processors that are online and that this process may use (taskset -pc)");
            }
        } catch (Throwable failed) {
            throw rethrow(failed);
        }
    }

    /** Fills the mask with the processors that the calling thread may use. */
    static void getAffinity(MemorySegment mask) throws NativeException {
        MemorySegment capture = CAPTURE.get();
        try {
            int result = (int) SCHED_GETAFFINITY.invokeExact(capture, 0, mask.byteSize(), mask.address());
            if (result < 0) {
                throw new NativeException("sched_getaffinity", errno(capture), "this machine has very many processors");
            }
        } catch (Throwable failed) {
            throw rethrow(failed);
        }
    }

    /** What a downcall handle throws is what its caller in here threw, or a bug. */
    private static <E extends Throwable> RuntimeException rethrow(Throwable failed) throws E {
        @SuppressWarnings("unchecked")
        E same = (E) failed;
        throw same;
    }
}
