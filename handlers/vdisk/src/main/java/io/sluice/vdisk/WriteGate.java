// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import io.sluice.handler.HotPath;
import io.sluice.handler.ScsiCommand;
import io.sluice.handler.kit.CommandTable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets commands that write run side by side, and COMPARE AND WRITE without any of them (SBC-4 5.3: comparing and writing are
 * one uninterrupted series of actions).
 *
 * <pre>
 *  open      writers count themselves in and out; nobody waits
 *  closing   a COMPARE AND WRITE, on the gate's thread, waits until those within are out; who comes is put aside
 *  alone     it runs; who comes is put aside
 *  open      those put aside are within, on threads of the gate, before anybody else may close it: so none starves
 * </pre>
 *
 * <p>Nobody but the gate's own threads ever waits, so queue loops and workers may call everything here. They are there while
 * initiators use COMPARE AND WRITE and end a while after. A command that was aborted keeps its place, and is executed whole.
 */
final class WriteGate implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WriteGate.class);
    private static final int STRIPES = 16; // more than threads that write at once, mostly
    private static final int STRIDE = 32; // ints: two cache lines apart
    private static final int GOING_ON = 4; // threads for those put aside
    private static final int IDLE_SECONDS = 10;

    private final CommandTable commands;
    private final AtomicIntegerArray within = new AtomicIntegerArray((STRIPES + 1) * STRIDE);
    private final ThreadPoolExecutor turns;
    private final ThreadPoolExecutor goingOn;
    private List<ScsiCommand> aside = new ArrayList<>(); // guarded by this

    /** The gate's thread while the gate is closed; set only by it. */
    private volatile @Nullable Thread closedBy;

    WriteGate(String device, CommandTable commands) {
        this.commands = commands;
        turns = threads(device + "-alone", 1);
        goingOn = threads(device + "-writes", GOING_ON);
    }

    private static ThreadPoolExecutor threads(String name, int size) {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                size,
                size,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().daemon().name(name).factory());
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    /** Executes a command that writes: at once on this thread, or when the COMPARE AND WRITE that has the gate is done. */
    @HotPath
    void write(ScsiCommand command) {
        int stripe = stripe();
        while (!tryEnter(stripe)) {
            if (putAside(command)) {
                return;
            }
        }
        try {
            commands.execute(command);
        } finally {
            leave(stripe);
        }
    }

    /** Executes a command when none that writes is under way, on the gate's thread. */
    void alone(ScsiCommand command) {
        turns.execute(() -> turn(command));
    }

    /** This thread's, for {@link #tryEnter} and {@link #leave}. */
    @HotPath
    static int stripe() {
        return (((int) Thread.currentThread().threadId() & (STRIPES - 1)) + 1) * STRIDE;
    }

    /** True: the caller may write until it leaves. False: the gate is closed. Never waits. */
    @HotPath
    boolean tryEnter(int stripe) {
        // Pairs with turn(): we count, then look whether it is closed; it closes, then looks whether anybody counted.
        within.getAndAdd(stripe, 1);
        if (closedBy == null) {
            return true;
        }
        leave(stripe);
        return false;
    }

    @HotPath
    void leave(int stripe) {
        within.getAndAdd(stripe, -1);
        Thread waiting = closedBy;
        if (waiting != null) {
            LockSupport.unpark(waiting);
        }
    }

    /** False if the gate is open again. */
    private synchronized boolean putAside(ScsiCommand command) {
        return closedBy != null && aside.add(command);
    }

    private void turn(ScsiCommand command) {
        closedBy = Thread.currentThread();
        while (isAnyWithin()) {
            LockSupport.park(this);
        }
        try {
            run(command);
        } finally {
            open();
        }
    }

    /** Once it is closed, a stripe that was zero stays so, but for callers who are refused and leave. */
    private boolean isAnyWithin() {
        for (int i = 1; i <= STRIPES; i++) {
            if (within.get(i * STRIDE) != 0) {
                return true;
            }
        }
        return false;
    }

    private void open() {
        int stripe = stripe();
        List<ScsiCommand> next;
        synchronized (this) {
            next = aside;
            aside = new ArrayList<>();
            within.getAndAdd(stripe, next.size());
            closedBy = null;
        }
        for (ScsiCommand command : next) {
            goingOn.execute(() -> {
                try {
                    run(command);
                } finally {
                    leave(stripe);
                }
            });
        }
    }

    /** As the runtime does on its threads: whatever is thrown ends the command. */
    private void run(ScsiCommand command) {
        try {
            commands.execute(command);
        } catch (RuntimeException | Error thrown) {
            LOG.error("executing {} threw", command, thrown);
            try {
                command.internalFailure();
            } catch (IllegalStateException endedBefore) {
                LOG.debug("{} had ended", command);
            }
        }
    }

    /** When no command is held any more. */
    @Override
    public void close() {
        turns.shutdown();
        goingOn.shutdown();
    }
}
