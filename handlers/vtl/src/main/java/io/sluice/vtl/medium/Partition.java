// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.medium;

import io.sluice.handler.HotPath;
import java.lang.foreign.MemorySegment;

/**
 * One partition of a mounted cartridge: a sequence of logical objects (SSC-5 3.1), each a logical block or a filemark,
 * numbered from 0 without gaps, in 64 bits.
 *
 * <pre>
 *   object     0      1      2      3      4      5
 *            +------+------+------+------+------+------+
 *            | blk  | blk  |  FM  | blk  |  FM  | blk  |  end of data: objects() == 6, filemarks() == 2
 *            +------+------+------+------+------+------+
 *   file     0      0      0      1      1      2         filemarksBefore(object)
 * </pre>
 *
 * <p><b>Writing</b> at {@code at} makes {@code at} the end of data first, whatever stood there and behind it, and then appends;
 * old data never shows again, after a power cut neither. {@code at} may not exceed {@link #objects()}.
 *
 * <p><b>What GOOD promises.</b> What a writing call has returned from is read back at once, survives the death of this process,
 * and survives a power cut only after a later {@link #sync()} has returned {@link MediumResult#OK}. After a power cut the end of
 * data is at a whole object at or behind the last one synced, and everything before it is as it was written. Overwriting keeps
 * that promise for the objects before {@code at}; those behind it may be there or gone until the next sync, never a mixture of
 * old and new ones behind one another.
 *
 * <p><b>Sequence.</b> A command of a drive names itself by its per-device sequence number with each object that it writes; {@link
 * #recorded(long)} tells a successor how many objects of a redelivered command are on the medium already. Numbers are compared within one
 * mount only (see {@link CartridgeStore#mount}).
 *
 * <p>Results: what is said at each method, or one of the negative ones of {@link MediumResult}; a failure changes nothing but what
 * its text says. Calls allocate nothing in steady state where marked {@link HotPath}. Threads: one at a time.
 */
public interface Partition {
    /** Objects recorded: the logical object identifier of the end of data. */
    @HotPath
    long objects();

    /** Filemarks recorded. */
    @HotPath
    long filemarks();

    /** Filemarks in front of an object: its logical file identifier (SSC-5 3.1). {@code object} may be {@link #objects()}. */
    @HotPath
    long filemarksBefore(long object);

    /** The object that is filemark {@code index}, counted from 0; {@link MediumResult#END_OF_DATA} if there are fewer. */
    @HotPath
    long filemark(long index);

    /** Bytes of a block; {@link MediumResult#FILEMARK}, {@link MediumResult#END_OF_DATA}, or a failure. Reads no block's data. */
    @HotPath
    long length(long object);

    /**
     * Reads a block whole, checks it, and copies its first {@code limit} bytes at most.
     *
     * @return the block's own length in bytes, which may exceed {@code limit}; {@link MediumResult#FILEMARK}, {@link
     *     MediumResult#END_OF_DATA}, or a failure, among them {@link MediumResult#DAMAGED}: then {@code to} holds nothing of use
     */
    @HotPath
    long read(long object, MemorySegment to, long toOffset, int limit);

    /**
     * True if reading the objects {@code from} to {@code to - 1}, or finding that there is none, will most likely wait for nothing and
     * decode nothing: asked before that is done on a thread that must not wait. Only the first and the last are looked at.
     */
    @HotPath
    boolean isAtHand(long from, long to);

    /** The same of writing so many bytes at the end of data, in one block or in several: it will sync nothing and compress nothing. */
    @HotPath
    boolean isReady(int blocks, int bytes, boolean compress);

    /**
     * Writes a block at {@code at}. A store may sync now and then by itself, so that opening has little to verify; {@link
     * MediumResult#WRITES_LOST} says that such a sync failed, with what {@link #sync} says of it.
     *
     * @param bytes 1 to 16 MiB
     * @param compress may be stored compressed (SSC-5 DCE); incompressible data are stored as they are anyway
     * @return {@link MediumResult#OK}, or a failure: then {@code at} is the end of data, or everything is as before
     */
    @HotPath
    long writeBlock(long at, MemorySegment from, long fromOffset, int bytes, boolean compress, long sequence);

    /** Writes {@code count} filemarks at {@code at}; results as {@link #writeBlock}. */
    @HotPath
    long writeFilemarks(long at, long count, long sequence);

    /** Makes {@code at} the end of data; results as {@link #writeBlock}. */
    long erase(long at, long sequence);

    /**
     * Everything written so far is on stable storage when this returns {@link MediumResult#OK}. {@link MediumResult#WRITES_LOST}: objects
     * from {@link #durable()} on may be lost, and are taken off: {@code durable()} is the end of data now.
     */
    long sync();

    /** Objects that the last good {@link #sync()}, or opening, found on stable storage; at most {@link #objects()}. */
    @HotPath
    long durable();

    /** Objects at the end of data that the command with this number recorded during this mount; 0 if none. */
    long recorded(long sequence);

    /** Bytes of capacity that the objects in front of {@code object} take on the medium, as compressed, with what describes them. */
    @HotPath
    long used(long object);

    /** Bytes on the medium as {@link #used} counts them when it is full; early warning is the drive's to derive. */
    @HotPath
    long capacity();

    /**
     * Bytes, as {@link #used} counts them, that can still be written at the end of data: what the capacity leaves, or what the storage
     * below has left for this cartridge, whichever is less. Early warning of a thin cartridge on a full disk comes from here.
     */
    @HotPath
    default long room() {
        return Math.max(capacity() - used(objects()), 0);
    }

    /** Bytes of blocks as the host wrote them, in front of {@code object}: with {@link #used}, the compression ratio. */
    @HotPath
    long hostBytes(long object);
}
