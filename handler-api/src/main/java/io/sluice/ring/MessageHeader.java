// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * {@code struct msghdr} with one {@code struct iovec}, and the control message of SCM_RIGHTS, on 64-bit Linux.
 *
 * <pre>
 *  msghdr  0 name   8 namelen   16 iov   24 iovlen   32 control   40 controllen   48 flags   56
 *  iovec   0 base   8 len      16
 *  cmsghdr 0 len    8 level    12 type   16 descriptors
 * </pre>
 */
final class MessageHeader {
    private static final int IOV = 16;
    private static final int IOVLEN = 24;
    private static final int CONTROL = 32;
    private static final int CONTROLLEN = 40;
    private static final int SIZE = 56;
    private static final int CMSG_HEADER = 16;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;

    private MessageHeader() {}

    static long controlBytes(int descriptors) {
        return CMSG_HEADER + 8L * ((descriptors + 1) / 2);
    }

    /** A header over one buffer; {@code control} may be NULL. */
    static MemorySegment of(Arena arena, MemorySegment buffer, MemorySegment control) {
        MemorySegment header = arena.allocate(SIZE + 16, 8);
        Layout.put64(header, IOV, header.address() + SIZE);
        Layout.put64(header, IOVLEN, 1);
        Layout.put64(header, SIZE, buffer.address());
        Layout.put64(header, SIZE + 8, buffer.byteSize());
        Layout.put64(header, CONTROL, control.address());
        Layout.put64(header, CONTROLLEN, control.byteSize());
        return header;
    }

    /** The file descriptors that came with a message; empty if none did. */
    static int[] descriptors(MemorySegment header, MemorySegment control) {
        long length = Layout.i64(header, CONTROLLEN);
        if (length < CMSG_HEADER || Layout.i32(control, 8) != SOL_SOCKET || Layout.i32(control, 12) != SCM_RIGHTS) {
            return new int[0];
        }
        int[] fds = new int[(int) (Layout.i64(control, 0) - CMSG_HEADER) / 4];
        for (int i = 0; i < fds.length; i++) {
            fds[i] = Layout.i32(control, CMSG_HEADER + 4L * i);
        }
        return fds;
    }
}
