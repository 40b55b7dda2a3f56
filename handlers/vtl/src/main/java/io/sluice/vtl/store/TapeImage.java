// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store;

import io.sluice.vtl.medium.Cartridge;
import io.sluice.vtl.medium.CartridgeMemory;
import io.sluice.vtl.medium.CartridgeStore;
import io.sluice.vtl.medium.MediumResult;
import io.sluice.vtl.medium.Partition;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import java.util.function.LongConsumer;

/**
 * A cartridge's contents as a SIMH magnetic tape image ({@code .tap}), which many programs read: each block between two copies of its length
 * (4 bytes, little-endian), an odd one with a zero byte behind it; 00000000 is a filemark, FFFFFFFF the end of the medium; the
 * top bit of a length says that the block was read with an error.
 */
public final class TapeImage {
    private static final int FILEMARK = 0;
    private static final int END_OF_MEDIUM = -1;
    private static final int ERROR_FLAG = 0x8000_0000;
    private static final int LONGEST = 0x00FF_FFFF;

    private TapeImage() {}

    /**
     * Writes all objects. In place of one that cannot be read the image has an empty record with the error flag.
     *
     * @param progress is told the next object now and then
     * @return how many objects cannot be read; {@link TapeCheck} says which
     * @throws IOException names the first object that does not fit the image's lengths of 24 bits
     */
    public static long exportTo(CartridgeStore store, String barcode, OutputStream out, LongConsumer progress)
            throws IOException {
        try (Cartridge cartridge = store.mount(barcode, UUID.randomUUID());
                Arena arena = Arena.ofConfined()) {
            Partition partition = cartridge.partition(0);
            MemorySegment block = arena.allocate(TapeCheck.LARGEST_BLOCK);
            byte[] bytes = new byte[TapeCheck.LARGEST_BLOCK];
            long damaged = 0;
            for (long object = 0; object < partition.objects(); object++) {
                long read = partition.read(object, block, 0, TapeCheck.LARGEST_BLOCK);
                if (read == MediumResult.FILEMARK) {
                    number(out, FILEMARK);
                } else if (read < 0) {
                    number(out, ERROR_FLAG);
                    number(out, ERROR_FLAG);
                    damaged++;
                } else if (read > LONGEST) {
                    throw new IOException("object " + object + " of " + barcode + " has " + read
                            + " bytes, and an image's blocks have up to " + LONGEST);
                } else {
                    MemorySegment.copy(block, ValueLayout.JAVA_BYTE, 0, bytes, 0, (int) read);
                    number(out, (int) read);
                    out.write(bytes, 0, (int) read);
                    if (read % 2 != 0) {
                        out.write(0);
                    }
                    number(out, (int) read);
                }
                if (object % 1024 == 0) {
                    progress.accept(object);
                }
            }
            number(out, END_OF_MEDIUM);
            return damaged;
        }
    }

    /**
     * Replaces a cartridge's contents by an image's, as far as its capacity goes.
     *
     * @param replace a cartridge that is not empty is overwritten, not refused
     * @return objects written, all on stable storage
     * @throws IOException if the image is damaged, or the cartridge cannot take it: what was written until then stays
     */
    public static long importFrom(
            CartridgeStore store,
            String barcode,
            InputStream in,
            boolean replace,
            boolean compress,
            LongConsumer progress)
            throws IOException {
        try (Cartridge cartridge = store.mount(barcode, UUID.randomUUID());
                Arena arena = Arena.ofConfined()) {
            Partition partition = cartridge.partition(0);
            MemorySegment block = arena.allocate(TapeCheck.LARGEST_BLOCK);
            byte[] bytes = new byte[TapeCheck.LARGEST_BLOCK];
            if (partition.objects() > 0 && !replace) {
                throw new IOException(barcode + " has " + partition.objects()
                        + " objects: say --replace yes to overwrite them, or choose an empty cartridge");
            }
            CartridgeMemory kept = cartridge.memory();
            if (kept != null) {
                // Whoever knows the cartridge by its volume change reference has to see that it is another one now.
                done(cartridge.keep(kept.with(kept.history().changed())), barcode, 0);
            }
            done(partition.erase(0, 0), barcode, 0);
            long object = 0;
            while (true) {
                byte[] head = in.readNBytes(4);
                int length = head.length == 0 ? END_OF_MEDIUM : length(head, object);
                if (length == END_OF_MEDIUM) {
                    break;
                }
                if (length == FILEMARK) {
                    done(partition.writeFilemarks(object, 1, 0), barcode, object);
                } else {
                    if (partition.used(object) + length > partition.capacity()) {
                        throw new IOException("object " + object + " of the image does not fit on " + barcode
                                + ", which takes " + partition.capacity()
                                + " bytes: import it to one with more capacity");
                    }
                    body(in, bytes, length, object);
                    MemorySegment.copy(bytes, 0, block, ValueLayout.JAVA_BYTE, 0, length);
                    done(partition.writeBlock(object, block, 0, length, compress, 0), barcode, object);
                }
                object++;
                if (object % 1024 == 0) {
                    progress.accept(object);
                }
            }
            done(partition.sync(), barcode, object);
            return object;
        }
    }

    private static int length(byte[] head, long object) throws IOException {
        if (head.length < 4) {
            throw new EOFException("the image ends within the length of object " + object);
        }
        int length = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt();
        if (length != END_OF_MEDIUM && (length & ~LONGEST) != 0) {
            throw new IOException("object " + object + " of the image has length word 0x" + Integer.toHexString(length)
                    + ((length & ERROR_FLAG) != 0 ? ": it was recorded with an error" : ": this is no SIMH image"));
        }
        return length;
    }

    private static void body(InputStream in, byte[] bytes, int length, long object) throws IOException {
        if (in.readNBytes(bytes, 0, length) < length) {
            throw new EOFException("the image ends within object " + object);
        }
        in.skipNBytes(length % 2);
        if (length(in.readNBytes(4), object) != length) {
            throw new IOException("object " + object + " of the image has two different lengths: the image is damaged");
        }
    }

    private static void number(OutputStream out, int value) throws IOException {
        out.write(value);
        out.write(value >>> 8);
        out.write(value >>> 16);
        out.write(value >>> 24);
    }

    private static void done(long result, String barcode, long object) throws IOException {
        if (result != MediumResult.OK) {
            throw new IOException("object " + object + " is not written to " + barcode + ": "
                    + (result == MediumResult.NO_SPACE
                            ? "the storage is full: free space in its file system"
                            : result == MediumResult.WRITE_PROTECTED
                                    ? "set the write protect switch off"
                                    : "the storage failed: its log says why"));
        }
    }
}
