// SPDX-License-Identifier: Apache-2.0
package io.sluice.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.NoSuchElementException;

/**
 * Bindings of glibc's calls. Pointers of the data path are raw addresses ({@code long}), so that a call makes no object; the
 * caller keeps the memory behind them alive. None may be linked as critical: all of them can block, which would hold up
 * every safepoint of the process.
 */
final class Libc {
    static final int O_RDONLY = 0;
    static final int O_RDWR = 2;
    static final int O_CREAT = 0x40;
    static final int O_EXCL = 0x80;
    static final int O_DIRECT = "aarch64".equals(System.getProperty("os.arch")) ? 0x10000 : 0x4000;
    static final int O_CLOEXEC = 0x80000;

    static final int SEEK_END = 2;
    static final int SEEK_DATA = 3;
    static final int SEEK_HOLE = 4;

    static final int FALLOC_FL_KEEP_SIZE = 0x01;
    static final int FALLOC_FL_PUNCH_HOLE = 0x02;
    static final int FALLOC_FL_ZERO_RANGE = 0x10;

    static final int RWF_DSYNC = 0x02;
    static final int RWF_NOWAIT = 0x08;
    static final int POSIX_FADV_WILLNEED = 3;
    static final int POSIX_FADV_DONTNEED = 4;

    static final int SYNC_FILE_RANGE_WRITE = 2;

    static final int F_OFD_SETLK = 37;
    static final short F_WRLCK = 1;

    static final int PROT_READ_WRITE = 0x3;
    static final int MAP_PRIVATE_ANONYMOUS = 0x22;
    static final int MAP_NORESERVE = 0x4000;
    static final int MAP_POPULATE = 0x8000;
    static final int MADV_DONTNEED = 4;
    static final int SC_PAGESIZE = 30;
    static final int SC_PHYS_PAGES = 85;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle STATE_ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    static final MethodHandle OPEN = bind("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT), 2);
    static final MethodHandle CLOSE = bind("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT), -1);
    static final MethodHandle PREAD =
            bind("pread", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG), -1);
    static final MethodHandle PWRITE =
            bind("pwrite", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG), -1);
    static final MethodHandle PWRITEV2 =
            bind("pwritev2", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT), -1);
    static final MethodHandle PREADV2 =
            bind("preadv2", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT), -1);
    static final MethodHandle FDATASYNC = bind("fdatasync", FunctionDescriptor.of(JAVA_INT, JAVA_INT), -1);
    static final MethodHandle FSYNC = bind("fsync", FunctionDescriptor.of(JAVA_INT, JAVA_INT), -1);
    static final MethodHandle FALLOCATE =
            bind("fallocate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG), -1);
    static final MethodHandle FTRUNCATE = bind("ftruncate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG), -1);
    static final MethodHandle LSEEK =
            bind("lseek", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT), -1);
    static final MethodHandle FCNTL = bind("fcntl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS), 2);
    /** Returns the error itself; errno is not set. */
    static final MethodHandle POSIX_FADVISE =
            bind("posix_fadvise", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT), -1);

    static final MethodHandle SYNC_FILE_RANGE =
            bind("sync_file_range", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT), -1);

    static final MethodHandle STATX =
            bind("statx", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS), -1);
    static final MethodHandle MMAP = bind(
            "mmap",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG),
            -1);
    static final MethodHandle MUNMAP = bind("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG), -1);
    static final MethodHandle MADVISE =
            bind("madvise", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT), -1);
    static final MethodHandle SYSCONF = bind("sysconf", FunctionDescriptor.of(JAVA_LONG, JAVA_INT), -1);

    /** Memory of one thread: the captured errno, and two iovecs. It lives as long as its thread. */
    static final class Scratch {
        final MemorySegment state = Arena.ofAuto().allocate(STATE);
        final MemorySegment iovec = Arena.ofAuto().allocate(32, 8);
        final MemorySegment probe = Arena.ofAuto().allocate(1);

        int errno() {
            return (int) STATE_ERRNO.get(state, 0L);
        }

        void errno(int value) {
            STATE_ERRNO.set(state, 0L, value);
        }

        void iovec(int index, long address, long length) {
            iovec.set(JAVA_LONG, index * 16L, address);
            iovec.set(JAVA_LONG, index * 16L + 8, length);
        }
    }

    private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

    private Libc() {}

    static Scratch scratch() {
        return SCRATCH.get();
    }

    /** A binding that did not return: only a bug in its descriptor can do that. */
    static AssertionError unexpected(Throwable cause) {
        return new AssertionError("a downcall threw", cause);
    }

    @SuppressWarnings("restricted") // this module is the one that may call native code: --enable-native-access
    private static MethodHandle bind(String name, FunctionDescriptor shape, int firstVariadicArgument) {
        MemorySegment symbol = LINKER.defaultLookup()
                .find(name)
                .orElseThrow(
                        () -> new NoSuchElementException("glibc has no symbol " + name + ": 2.28 or newer is needed"));
        Linker.Option capture = Linker.Option.captureCallState("errno");
        return firstVariadicArgument < 0
                ? LINKER.downcallHandle(symbol, shape, capture)
                : LINKER.downcallHandle(symbol, shape, capture, Linker.Option.firstVariadicArg(firstVariadicArgument));
    }
}
