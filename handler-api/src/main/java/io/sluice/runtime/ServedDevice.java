// SPDX-License-Identifier: Apache-2.0
package io.sluice.runtime;

import io.sluice.handler.ControlMode;
import io.sluice.handler.Device;
import io.sluice.handler.DeviceProfile;
import io.sluice.handler.Execution;
import io.sluice.handler.HotPath;
import io.sluice.handler.ItNexus;
import io.sluice.handler.TaskManagement;
import io.sluice.ring.Abi;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;
import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A device and how it is run. It outlives sessions: after a reconnect the same object is served again. */
final class ServedDevice implements WorkerPool.Task {
    private static final Logger LOG = LoggerFactory.getLogger(ServedDevice.class);
    /** Commands that a mailbox runs before it lets other devices have the worker. */
    private static final int TURN = 32;

    private static final VarHandle SCHEDULED;

    static {
        try {
            SCHEDULED = MethodHandles.lookup().findVarHandle(ServedDevice.class, "scheduled", int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final String name;
    private final Device device;
    private final DeviceProfile profile;
    private final WorkerPool workers;
    private final @Nullable ReservationStore reservations;
    private final MpscVarHandleArrayQueue<WorkerPool.Task> mailbox;
    private final List<CommandCounters[]> allCounters = new CopyOnWriteArrayList<>();
    private volatile CommandCounters[] counters;
    private final AtomicLong exceptions = new AtomicLong();
    private final Set<String> logged = ConcurrentHashMap.newKeySet();
    private volatile boolean descriptorSense;
    private volatile ControlMode controlMode;

    @SuppressWarnings("unused") // by SCHEDULED
    private volatile int scheduled;

    /**
     * Wraps an opened device.
     *
     * @param queues of every session that will serve it
     * @param outstanding commands that can be outstanding over all those queues
     * @param reservations where the gateway's record goes; null: nowhere
     */
    ServedDevice(
            String name,
            Device device,
            DeviceProfile profile,
            WorkerPool workers,
            int queues,
            int outstanding,
            @Nullable ReservationStore reservations) {
        this.name = name;
        this.device = device;
        this.profile = profile;
        this.workers = workers;
        this.reservations = reservations;
        this.mailbox =
                new MpscVarHandleArrayQueue<>(profile.execution() == Execution.SERIAL ? 2 * outstanding + 1024 : 2);
        this.counters = freshCounters(queues);
        this.descriptorSense = profile.controlMode().descriptorSense();
        this.controlMode = profile.controlMode();
    }

    String name() {
        return name;
    }

    Device device() {
        return device;
    }

    DeviceProfile profile() {
        return profile;
    }

    /** Of queue {@code queue}; its loop writes. */
    @HotPath
    CommandCounters counters(int queue) {
        return counters[queue];
    }

    private CommandCounters[] freshCounters(int queues) {
        CommandCounters[] fresh = new CommandCounters[queues];
        for (int i = 0; i < queues; i++) {
            fresh[i] = new CommandCounters();
        }
        allCounters.add(fresh);
        return fresh;
    }

    /** A new session's loops write; if a loop of an old one still has commands to end, it keeps its own counters. */
    void sessionBegins() {
        if (reservations != null) {
            reservations.sessionBegins();
        }
        if (held() != 0) {
            counters = freshCounters(counters.length);
        }
    }

    /** The sum of one counter over all queues and sessions. */
    long sum(ToLongFunction<CommandCounters> value) {
        long sum = 0;
        for (CommandCounters[] ofSession : allCounters) {
            for (CommandCounters counter : ofSession) {
                sum += value.applyAsLong(counter);
            }
        }
        return sum;
    }

    long exceptions() {
        return exceptions.get();
    }

    @HotPath
    boolean descriptorSense() {
        return descriptorSense;
    }

    void controlModeChanged(ControlMode mode) {
        descriptorSense = mode.descriptorSense();
        controlMode = mode;
    }

    /** {@code Abi.CONTROL_MODE_*} now. */
    int controlMode() {
        ControlMode mode = controlMode;
        return (mode.descriptorSense() ? Abi.CONTROL_MODE_D_SENSE : 0)
                | (mode.taskAbortedStatus() ? Abi.CONTROL_MODE_TAS : 0)
                | (mode.taskManagementOnly() ? Abi.CONTROL_MODE_TMF_ONLY : 0)
                | (mode.taskSetType() << Abi.CONTROL_MODE_TST_SHIFT)
                | (mode.queueError() << Abi.CONTROL_MODE_QERR_SHIFT)
                | (mode.unitAttentionInterlock() << Abi.CONTROL_MODE_UA_INTLCK_SHIFT);
    }

    /** Runs the command as the profile says; called by the queue loop. */
    @HotPath
    void dispatch(RingCommand command) {
        if (command.stores()) {
            workers.execute(command);
            return;
        }
        switch (profile.execution()) {
            case INLINE -> execute(command);
            case PARALLEL -> {
                if (!tryExecute(command)) {
                    workers.execute(command);
                }
            }
            case SERIAL -> {
                if (!tryInTurn(command)) {
                    post(command);
                }
            }
        }
    }

    /** True if the command is done with: the device ended it here and now, or threw. */
    @HotPath
    private boolean tryExecute(RingCommand command) {
        int generation = command.generation();
        try {
            return device.tryExecute(command);
        } catch (Throwable thrown) {
            failed(command, generation, thrown);
            return true;
        }
    }

    /** Calls the device; whatever it throws ends the command. */
    @HotPath
    void execute(RingCommand command) {
        int generation = command.generation();
        try {
            device.execute(command);
        } catch (Throwable thrown) {
            failed(command, generation, thrown);
        }
    }

    /** On a worker: the device has no part in it. */
    void store(RingCommand command) {
        ReservationStore store = reservations;
        if (store == null) {
            execute(command);
            return;
        }
        int generation = command.generation();
        try {
            store.execute(command);
        } catch (RuntimeException | Error thrown) {
            failed(command, generation, thrown);
        }
    }

    @Nullable
    ReservationStore reservations() {
        return reservations;
    }

    private void failed(RingCommand command, int generation, Throwable thrown) {
        exceptions.incrementAndGet();
        report("executing " + command, thrown);
        if (command.isExecuting(generation)) {
            try {
                command.internalFailure();
            } catch (IllegalStateException endedMeanwhile) {
                LOG.debug("device {}: another thread ended {} first", name, command);
            }
        }
    }

    /** Logs each kind of failure once with its stack, so that a broken device cannot fill a disk with log lines. */
    private void report(String doing, Throwable thrown) {
        StackTraceElement[] stack = thrown.getStackTrace();
        String kind = thrown.getClass().getName() + (stack.length > 0 ? stack[0].toString() : "");
        if (logged.add(kind)) {
            LOG.error("device {}: {} threw; further ones of this kind are only counted", name, doing, thrown);
        }
    }

    // ---- SERIAL: a mailbox that is a task of the pool while it has letters

    @HotPath
    private void post(WorkerPool.Task letter) {
        while (!mailbox.offer(letter)) {
            Thread.onSpinWait(); // only events can fill it, and they do not come in thousands
        }
        if (SCHEDULED.compareAndSet(this, 0, 1)) {
            workers.execute(this);
        }
    }

    /** On the queue loop, if it is nobody's turn and no letter waits: then a command need not become one. True if it is done with. */
    @HotPath
    private boolean tryInTurn(RingCommand command) {
        if (!SCHEDULED.compareAndSet(this, 0, 1)) {
            return false;
        }
        boolean done = mailbox.isEmpty() && tryExecute(command);
        endTurn();
        return done;
    }

    /** On a worker: a turn of this device. */
    @Override
    @HotPath
    public void run() {
        for (int i = 0; i < TURN; i++) {
            WorkerPool.Task letter = mailbox.poll();
            if (letter == null) {
                break;
            }
            letter.run();
        }
        endTurn();
    }

    @HotPath
    private void endTurn() {
        SCHEDULED.setVolatile(this, 0);
        // A letter that came before the flag fell found it up and relies on us.
        if (!mailbox.isEmpty() && SCHEDULED.compareAndSet(this, 0, 1)) {
            workers.execute(this);
        }
    }

    // ---- events

    void nexusAdded(ItNexus nexus) {
        event("nexusAdded", () -> device.nexusAdded(nexus));
    }

    void nexusRemoved(ItNexus nexus) {
        event("nexusRemoved", () -> device.nexusRemoved(nexus));
    }

    void nexusReset(ItNexus nexus) {
        event("nexusReset", () -> device.nexusReset(nexus));
    }

    void poweredOn() {
        event("poweredOn", device::poweredOn);
    }

    void takenOver() {
        event("takenOver", device::takenOver);
    }

    void writeBack() {
        guarded("writeBack", device::writeBack);
    }

    void logicalUnitReset() {
        event("logicalUnitReset", device::logicalUnitReset);
    }

    /** At once and on the caller's thread, also for SERIAL: it is meant to overtake what the device waits for. */
    void taskManagement(TaskManagement event) {
        guarded("taskManagement", () -> device.taskManagement(event));
    }

    private void event(String what, Runnable call) {
        if (profile.execution() == Execution.SERIAL) {
            post(() -> guarded(what, call));
        } else {
            guarded(what, call);
        }
    }

    private void guarded(String what, Runnable call) {
        try {
            call.run();
        } catch (RuntimeException | Error thrown) {
            exceptions.incrementAndGet();
            report(what, thrown);
        }
    }

    /** Commands that the device holds. */
    long held() {
        return sum(CommandCounters::takenCount) - sum(CommandCounters::endedCount);
    }
}
