// SPDX-License-Identifier: Apache-2.0
package io.sluice.runtime;

import io.sluice.handler.HotPath;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.varhandle.MpmcVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * A bounded set of worker threads that devices share. Handing over and waiting allocate nothing: one lock-free queue, and
 * workers that park. A producer that finds a parked worker wakes exactly one.
 */
final class WorkerPool implements AutoCloseable {
    /** Something to run: a command of a PARALLEL device, or the mailbox of a SERIAL one. */
    interface Task {
        @HotPath
        void run();
    }

    private static final VarHandle PARKED = MethodHandles.arrayElementVarHandle(int[].class);
    private static final int STRIDE = 32; // ints: two cache lines apart
    private static final int POLLS_BEFORE_PARKING = 200;

    private final MpmcVarHandleArrayQueue<Task> tasks;
    private final Thread[] workers;
    private final int[] parked;
    private volatile boolean stopped;

    /**
     * Starts the workers.
     *
     * @param capacity tasks that may wait; more than commands can be outstanding
     */
    WorkerPool(String name, int size, int capacity) {
        tasks = new MpmcVarHandleArrayQueue<>(Math.max(16, capacity));
        workers = new Thread[size];
        parked = new int[(size + 1) * STRIDE];
        for (int i = 0; i < size; i++) {
            int number = i;
            workers[i] =
                    Thread.ofPlatform().daemon().name(name + "-worker-" + i).unstarted(() -> work(number));
        }
        for (Thread worker : workers) {
            worker.start();
        }
    }

    int size() {
        return workers.length;
    }

    /** Tasks that wait for a worker. */
    int backlog() {
        return tasks.size();
    }

    /** Hands a task to some worker. */
    @HotPath
    void execute(Task task) {
        while (!tasks.offer(task)) {
            Thread.onSpinWait(); // never with the capacity that the constructor asks for
        }
        // Pairs with the fence in work(): a worker raises its flag before it looks a last time.
        VarHandle.fullFence();
        for (int i = 0; i < workers.length; i++) {
            int cell = (i + 1) * STRIDE;
            if ((int) PARKED.getOpaque(parked, cell) != 0 && PARKED.compareAndSet(parked, cell, 1, 0)) {
                LockSupport.unpark(workers[i]);
                return;
            }
        }
    }

    @HotPath
    private void work(int number) {
        int cell = (number + 1) * STRIDE;
        while (!stopped) {
            Task task = poll();
            if (task == null) {
                PARKED.setVolatile(parked, cell, 1);
                VarHandle.fullFence();
                task = tasks.poll();
                if (task == null) {
                    LockSupport.park(this);
                }
                PARKED.setVolatile(parked, cell, 0);
            }
            if (task != null) {
                task.run();
            }
        }
    }

    @HotPath
    private @Nullable Task poll() {
        for (int i = 0; i < POLLS_BEFORE_PARKING; i++) {
            Task task = tasks.poll();
            if (task != null) {
                return task;
            }
            Thread.onSpinWait();
        }
        return null;
    }

    /** Stops after the tasks that run; what waits is dropped. */
    @Override
    public void close() {
        stopped = true;
        for (Thread worker : workers) {
            LockSupport.unpark(worker);
        }
        for (Thread worker : workers) {
            try {
                worker.join(1000);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
