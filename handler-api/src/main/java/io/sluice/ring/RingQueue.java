// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import io.sluice.handler.HotPath;
import java.lang.foreign.MemorySegment;

/**
 * The handler's end of one queue. Owned by one thread, its queue loop; only {@link #claimSleeper()} is for all. There are
 * never more completions than tags, so the completion ring cannot run over.
 */
public final class RingQueue {
    private final MemorySegment gateway;
    private final MemorySegment handler;
    private final IndexDescriptor index;
    private final BatchClock clock = new BatchClock();
    private final int number;
    private final int depth;
    private final int mask;
    private final long submission;
    private final long descriptors;
    private final long completions;
    private final long responses;
    private int subConsumer;
    private int compProducer;
    private int unpublished;

    RingQueue(ControlDescriptor control, MemorySegment gateway, MemorySegment handler, int number) {
        this.gateway = gateway;
        this.handler = handler;
        this.number = number;
        depth = control.depth();
        mask = depth - 1;
        index = new IndexDescriptor(gateway, control.gatewayQueue(number), handler, control.userQueue(number));
        submission = control.submissionRing(number);
        descriptors = control.descriptors(number);
        completions = control.completionRing(number);
        responses = control.responses(number);
        subConsumer = index.loadSubConsumerAcquire();
        compProducer = index.loadCompProducerAcquire();
    }

    public int number() {
        return number;
    }

    public int depth() {
        return depth;
    }

    /** Of the queue's loop. */
    @HotPath
    public BatchClock clock() {
        return clock;
    }

    /** Commands that wait to be taken. */
    @HotPath
    public int available() {
        return index.loadSubProducerAcquire() - subConsumer;
    }

    /** The tag that waits at {@code position}, 0 to {@code available() - 1}. */
    @HotPath
    public int peekTag(int position) {
        return Layout.i32(gateway, submission + ((long) ((subConsumer + position) & mask) << 2)) & mask;
    }

    /**
     * Takes the first {@code count}. Before any of them executes: what lies behind the index counts as never seen when
     * another process takes over (REQUEUE).
     */
    @HotPath
    public void take(int count) {
        subConsumer += count;
        index.storeSubConsumerRelease(subConsumer);
    }

    /** The index of the next command to be taken; of the queue's loop. */
    @HotPath
    int consumer() {
        return subConsumer;
    }

    /** Offset of a tag's descriptor in {@link #gatewayRegion()}; fields by {@link CommandDescriptor}. */
    public long descriptorOffset(int tag) {
        return descriptors + (long) tag * CommandDescriptor.SIZE;
    }

    /** Offset of a tag's sense area in {@link #handlerRegion()}. */
    public long senseOffset(int tag) {
        return responses + (long) tag * CompletionDescriptor.RESPONSE_SIZE + CompletionDescriptor.RESPONSE_SENSE;
    }

    /** The generation in a tag's descriptor. */
    @HotPath
    public int generation(int tag) {
        return Layout.i32(gateway, descriptorOffset(tag) + CommandDescriptor.GENERATION);
    }

    public MemorySegment gatewayRegion() {
        return gateway;
    }

    public MemorySegment handlerRegion() {
        return handler;
    }

    /** Fills the next completion; {@link #publish()} shows it. */
    @HotPath
    public void complete(int tag, int generation, int status, int senseLength, int dataLength) {
        long slot = completions + (long) (compProducer & mask) * CompletionDescriptor.SIZE;
        // A word for several fields each, little-endian: every access of a segment is checked, and this is for every
        // command.
        // The delegate's fields stay zero, as the region was at first.
        Layout.put64(handler, slot + CompletionDescriptor.TAG, tag | (long) generation << 32);
        Layout.put64(handler, slot + CompletionDescriptor.STATUS, status | senseLength << 16 | (long) dataLength << 32);
        compProducer++;
        unpublished++;
    }

    /** Shows what was completed since; returns how many. */
    @HotPath
    public int publish() {
        int count = unpublished;
        if (count != 0) {
            index.storeCompProducerRelease(compProducer);
            unpublished = 0;
        }
        return count;
    }

    /** Completions that the gateway has not copied out yet. */
    public int completionBacklog() {
        return index.loadCompProducerAcquire() - index.loadCompConsumerAcquire();
    }

    /** Commands in the ring that nobody took yet; for meters, from any thread. */
    public int submissionBacklog() {
        return index.loadSubProducerAcquire() - index.loadSubConsumerAcquire();
    }

    /** Every command that was ever handed over has been answered, and the gateway has copied the answers out. Any thread. */
    public boolean isDrained() {
        return index.loadSubProducerAcquire() == index.loadCompConsumerAcquire();
    }

    /** The processor on which the gateway would have this queue's loop; -1: any. It may change at any time. */
    @HotPath
    public int wishedCpu() {
        return index.wishedCpu() - 1;
    }

    IndexDescriptor index() {
        return index;
    }

    /** True if the loop sleeps and the caller is the one to wake it. Any thread. */
    @HotPath
    public boolean claimSleeper() {
        return index.claimSleeper();
    }
}
