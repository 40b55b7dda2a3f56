// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Two descriptors of which each reads the packets that the other writes. The second one does not block. */
final class SocketPair {
    @SuppressWarnings("restricted")
    private static final MethodHandle SOCKETPAIR = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("socketpair"),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS));

    static final long FIONBIO = 0x5421;

    private SocketPair() {}

    static int[] make() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pair = arena.allocate(8, 8);
            int result =
                    (int) SOCKETPAIR.invokeExact(Linux.AF_UNIX, Linux.SOCK_SEQPACKET | Linux.SOCK_CLOEXEC, 0, pair);
            MemorySegment on = arena.allocateFrom(ValueLayout.JAVA_INT, 1);
            int second = pair.get(ValueLayout.JAVA_INT, 4);
            if (result != 0 || Linux.ioctl(second, FIONBIO, on.address()) != 0) {
                throw new IOException("no socket pair");
            }
            return new int[] {pair.get(ValueLayout.JAVA_INT, 0), second};
        } catch (IOException failed) {
            throw failed;
        } catch (Throwable failed) {
            throw new IllegalStateException(failed);
        }
    }
}
