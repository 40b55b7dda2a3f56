// SPDX-License-Identifier: Apache-2.0
package io.sluice.runtime;

import io.sluice.handler.HotPath;
import io.sluice.handler.ItNexus;
import io.sluice.ring.NativeException;
import io.sluice.ring.RingQueue;
import io.sluice.ring.ThreadPlacement;
import io.sluice.ring.Transport;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The duty cycle of one queue: replies out, commands in, dispatch. The only thread that touches its ring; replies of
 * other threads come through a multi-producer queue and leave in one batch with one wake.
 */
final class QueueLoop implements Transport.LocalWork {
    private static final Logger LOG = LoggerFactory.getLogger(QueueLoop.class);
    private static final int BATCH = 32;
    private static final long WAIT_NANOS = 500_000_000L;
    private static final long LINGER_NANOS = 5_000_000L;

    private final HandlerSession session;
    private final Transport transport;
    private final RingQueue queue;
    private final RingCommand[] commands; // two per tag
    private final StagedAnswers staged; // not published yet
    private final int[] tags = new int[BATCH];
    private final MpscVarHandleArrayQueue<RingCommand> replies;
    private final AtomicLong refusedEnds;
    private final Thread thread;
    private final int fixedCpu;
    private int cpu = -1; // where it keeps, or was refused to
    private @Nullable ThreadPlacement placement; // the loop's own; none until it is asked to keep somewhere
    private volatile boolean stopped;
    private long outstanding; // the loop's own

    /**
     * A loop that does not run yet.
     *
     * @param cpu the processor that it keeps to; -1: where the gateway wishes it
     */
    QueueLoop(HandlerSession session, Transport transport, RingQueue queue, AtomicLong refusedEnds, int cpu) {
        this.session = session;
        this.fixedCpu = cpu;
        this.transport = transport;
        this.queue = queue;
        this.refusedEnds = refusedEnds;
        commands = new RingCommand[2 * queue.depth()];
        for (int i = 0; i < commands.length; i++) {
            commands[i] = new RingCommand(this, queue, transport.pool(), i >> 1);
        }
        staged = new StagedAnswers(commands.length);
        replies = new MpscVarHandleArrayQueue<>(2 * queue.depth());
        thread = Thread.ofPlatform()
                .daemon()
                .name("sluice-queue-" + queue.number())
                .unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    Thread thread() {
        return thread;
    }

    RingQueue queue() {
        return queue;
    }

    /** Asks the loop to take no more commands; it ends when the last one it holds has ended. */
    void stop() {
        stopped = true;
        transport.wake(queue);
    }

    private void run() {
        if (fixedCpu >= 0) {
            keepTo(fixedCpu);
        }
        try {
            while (!stopped) {
                cycle();
            }
        } catch (RuntimeException | Error failed) {
            LOG.error("queue {}: the loop failed, the session is given up", queue.number(), failed);
            session.loopFailed(failed);
        }
        linger();
        session.loopEnded();
    }

    /** On one processor from now on; -1: anywhere. */
    private void keepTo(int processor) {
        cpu = processor;
        try {
            if (placement == null) {
                placement = new ThreadPlacement();
            }
            if (processor < 0) {
                placement.release();
            } else {
                placement.pin(processor);
            }
        } catch (NativeException refused) {
            LOG.warn("queue {}: {}; the scheduler places it", queue.number(), refused.getMessage());
        }
    }

    /** Where the gateway's own thread is, if it says so: there, waking each other is cheapest. */
    @HotPath
    private void join() {
        int wished = queue.wishedCpu();
        if (wished != cpu && fixedCpu < 0) {
            keepTo(wished);
        }
    }

    /** One round. */
    @HotPath
    private void cycle() {
        drainReplies();
        countStaged();
        int count = transport.enter(queue, 1, BATCH, WAIT_NANOS, this);
        if (count == 0) {
            return;
        }
        for (int i = 0; i < count; i++) {
            tags[i] = queue.peekTag(i);
        }
        queue.take(count);
        join();
        outstanding += count;
        session.catchUp();
        dispatch(count, queue.clock().now());
        queue.clock().stale();
    }

    /** Mostly one initiator's commands for one device: neither is looked up again for the next one. */
    @HotPath
    private void dispatch(int count, long now) {
        long known = 0;
        ServedDevice device = null;
        ItNexus nexus = null;
        for (int i = 0; i < count; i++) {
            int generation = queue.generation(tags[i]);
            RingCommand command = commands[2 * tags[i] + (generation & 1)];
            long wanted = command.deviceAndNexus();
            if (device == null || nexus == null || wanted != known) {
                device = session.device((int) wanted);
                nexus = session.nexus((int) (wanted >>> 32));
                known = wanted;
            }
            CommandCounters counters = device.counters(queue.number());
            command.begin(generation, device, nexus, counters, now);
            counters.taken();
            device.dispatch(command);
        }
    }

    /** A command ended, on any thread: the loop's own end is staged at once, others come by the queue. */
    @HotPath
    void ended(RingCommand command) {
        if (Thread.currentThread() == thread) {
            stage(command);
            return;
        }
        while (!replies.offer(command)) {
            Thread.onSpinWait(); // never: it has room for every command of the queue
        }
        transport.wake(queue);
    }

    /** The sequence number of a command that a device holds; 0 if it has ended. Any thread. */
    long sequenceOf(int tag, int generation) {
        if (tag < 0 || tag >= queue.depth()) {
            return 0;
        }
        RingCommand command = commands[2 * tag + (generation & 1)];
        long sequence = command.sequence();
        return command.isExecuting(generation) ? sequence : 0;
    }

    void refusedEnd() {
        refusedEnds.incrementAndGet();
    }

    @Override
    @HotPath
    public boolean isPending() {
        return !replies.isEmpty() || stopped;
    }

    @HotPath
    private void drainReplies() {
        RingCommand command = replies.poll();
        while (command != null) {
            stage(command);
            command = replies.poll();
        }
    }

    @HotPath
    private void stage(RingCommand command) {
        staged.add(
                command.counters(),
                command.opcode(),
                command.status(),
                command.directionCode(),
                command.dataLength() & 0xFFFF_FFFFL,
                command.takenNanos());
        queue.complete(
                command.tag(), command.generation(), command.status(), command.senseLength(), command.dataLength());
        command.finish();
        outstanding--;
    }

    /** Before they are published, with one look at the clock for all of them: that look is a third of what a command costs here. */
    @HotPath
    private void countStaged() {
        if (!staged.isEmpty()) {
            staged.count(queue.clock().look());
        }
    }

    /** After the session: waits for the devices to let go of commands, because they may use the pool until then. */
    private void linger() {
        boolean warned = false;
        long start = System.nanoTime();
        while (true) {
            drainReplies();
            countStaged();
            transport.enter(queue, 1, 0, 0, () -> true);
            if (outstanding <= 0) {
                return;
            }
            if (!warned && System.nanoTime() - start > 10_000_000_000L) {
                warned = true;
                LOG.warn(
                        "queue {}: the session is over and devices still hold {} of its commands; its memory stays"
                                + " until they end them",
                        queue.number(),
                        outstanding);
            }
            LockSupport.parkNanos(LINGER_NANOS);
        }
    }
}
