// SPDX-License-Identifier: Apache-2.0
package io.sluice.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What statx(2) says of an open file.
 *
 * @param regular a regular file, not a block device
 * @param blockSize the file system's preferred block, bytes
 * @param directMemoryAlignment what O_DIRECT demands of addresses, bytes; 0 when the kernel does not tell (before 6.1)
 * @param directOffsetAlignment what O_DIRECT demands of offsets and lengths, bytes; 0 when the kernel does not tell
 */
public record FileShape(boolean regular, int blockSize, int directMemoryAlignment, int directOffsetAlignment) {
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int STATX_DIOALIGN = 0x2000;
    private static final int S_IFMT = 0xf000;
    private static final int S_IFREG = 0x8000;

    // Offsets in struct statx (uapi/linux/stat.h), the same on every architecture.
    private static final long STX_MASK = 0;
    private static final long STX_BLKSIZE = 4;
    private static final long STX_MODE = 28;
    private static final long STX_DIO_MEM_ALIGN = 152;
    private static final long STX_DIO_OFFSET_ALIGN = 156;
    private static final long STATX_BYTES = 256;

    public static FileShape of(NativeFile file) throws NativeException {
        Libc.Scratch scratch = Libc.scratch();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment empty = arena.allocateFrom("");
            MemorySegment statx = arena.allocate(STATX_BYTES, 8);
            int mask = STATX_BASIC_STATS | STATX_DIOALIGN;
            int rc = (int) Libc.STATX.invokeExact(scratch.state, file.fd(), empty, AT_EMPTY_PATH, mask, statx);
            if (rc < 0) {
                throw new NativeException("statx", file.path().toString(), scratch.errno());
            }
            boolean direct = (statx.get(ValueLayout.JAVA_INT, STX_MASK) & STATX_DIOALIGN) != 0;
            return new FileShape(
                    (statx.get(ValueLayout.JAVA_SHORT, STX_MODE) & S_IFMT) == S_IFREG,
                    statx.get(ValueLayout.JAVA_INT, STX_BLKSIZE),
                    direct ? statx.get(ValueLayout.JAVA_INT, STX_DIO_MEM_ALIGN) : 0,
                    direct ? statx.get(ValueLayout.JAVA_INT, STX_DIO_OFFSET_ALIGN) : 0);
        } catch (NativeException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }
}
