// SPDX-License-Identifier: Apache-2.0
package io.sluice.runtime;

import io.sluice.handler.HotPath;
import io.sluice.handler.ItNexus;
import io.sluice.handler.TaskManagement;
import io.sluice.handler.TaskManagementFunction;
import io.sluice.ring.Abi;
import io.sluice.ring.AddedDevice;
import io.sluice.ring.AdminRing;
import io.sluice.ring.RestoredReservations;
import io.sluice.ring.Transport;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One session's threads and tables, from SESSION_OPEN until the last command that devices hold has ended. Then the memory is
 * unmapped, never earlier: a device may have given a buffer's address to the kernel.
 */
final class HandlerSession {
    private static final Logger LOG = LoggerFactory.getLogger(HandlerSession.class);
    private static final long ADMIN_WAIT_NANOS = 200_000_000L;
    private static final long REQUEST_PATIENCE_NANOS = 2_000_000_000L;

    private final GatewayLink link;
    private final Transport transport;
    private final GatewayLink.LossListener listener;
    private final QueueLoop[] loops;
    private final Thread adminThread;
    private final IdTable<ItNexus> nexuses = new IdTable<>();
    private final IdTable<ServedDevice> devices = new IdTable<>();
    private final List<ServedDevice> audience = new CopyOnWriteArrayList<>();
    private final ServedDevice absent;
    private final Object events = new Object(); // one reader of the admin ring at a time
    private final Object requests = new Object(); // one writer
    private final Object binding = new Object(); // a device's identifier is being asked for
    private final AtomicInteger running;
    private volatile boolean stopped;
    private boolean unmapped; // guarded by requests
    private volatile boolean over;

    HandlerSession(
            GatewayLink link,
            GatewayLink.LossListener listener,
            WorkerPool workers,
            AtomicLong refusedEnds,
            List<Integer> queueCpus) {
        this.link = link;
        this.transport = link.transport();
        this.listener = listener;
        int queues = transport.control().queues();
        loops = new QueueLoop[queues];
        for (int i = 0; i < queues; i++) {
            int cpu = queueCpus.isEmpty() ? -1 : queueCpus.get(i % queueCpus.size());
            loops[i] = new QueueLoop(this, transport, transport.queue(i), refusedEnds, cpu);
        }
        absent = AbsentDevice.served(workers, queues);
        adminThread = Thread.ofPlatform().daemon().name("sluice-admin").unstarted(this::runAdmin);
        running = new AtomicInteger(queues + 1);
    }

    void start() {
        adminThread.start();
        for (QueueLoop loop : loops) {
            loop.start();
        }
    }

    Transport transport() {
        return transport;
    }

    boolean isOver() {
        return over;
    }

    // ---- devices

    /**
     * Binds a device; its callbacks for the nexuses that exist come first, and its first command after them. The device holds no
     * command of a former session: one of those may be handed over again now.
     */
    void add(ServedDevice device, int queue) throws IOException {
        synchronized (events) {
            drainEvents();
            nexuses.all().forEach(device::nexusAdded);
            audience.add(device);
        }
        device.sessionBegins();
        try {
            restoreReservations(device);
            synchronized (binding) {
                AddedDevice added =
                        link.addDevice(new DeviceBinding(device.name(), device.profile(), queue, device.controlMode()));
                int told = device.controlMode();
                if (added.takenOver()) {
                    LOG.info("device {}: taken over, after command {}", device.name(), added.sequence());
                    catchUpSlowly();
                    device.takenOver();
                } else {
                    device.poweredOn();
                }
                devices.put(added.id(), device); // who looks for it waits for our lock, and its commands with him
                if (device.controlMode() != told) {
                    controlMode(device, device.controlMode());
                }
            }
        } catch (IOException failed) {
            audience.remove(device);
            throw failed;
        }
    }

    /** The gateway may be another one than the one that had them stored, without a memory of its own. */
    private void restoreReservations(ServedDevice device) throws IOException {
        ReservationStore store = device.reservations();
        byte[] record = store == null ? null : store.read();
        if (record == null) {
            return;
        }
        RestoredReservations restored = link.restoreReservations(device.name(), record);
        if (restored.outcome() == RestoredReservations.Outcome.LOST) {
            LOG.error(
                    "device {}: its persistent reservations are lost: {}; its commands end DATA PROTECT until an initiator"
                            + " replaces them (sg_persist --out --replace-lost), or remove the file \"reservations\" in its"
                            + " home and restart the gateway if none of them are needed",
                    device.name(),
                    restored.why());
        }
    }

    /** Unbinds a device and waits until its commands have ended, at most the given time. */
    void remove(ServedDevice device, long patienceNanos) throws IOException {
        Integer id = devices.idOf(device);
        if (id == null) {
            return;
        }
        long start = System.nanoTime();
        while (true) {
            try {
                link.removeDevice(id);
                break;
            } catch (IOException failed) {
                if (!link.isBusy(failed) || System.nanoTime() - start > patienceNanos) {
                    throw failed;
                }
                LockSupport.parkNanos(5_000_000L);
            }
        }
        audience.remove(device);
        devices.remove(id);
    }

    /** The device of an identifier; if it is just being added, waits until that is known. */
    @HotPath
    ServedDevice device(int id) {
        ServedDevice device = devices.find(id);
        return device != null ? device : deviceSlowly(id);
    }

    private ServedDevice deviceSlowly(int id) {
        synchronized (binding) {
            ServedDevice device = devices.find(id);
            return device != null ? device : absent;
        }
    }

    /** The nexus of an identifier. Its event lies in the admin ring before its first command lies in a queue. */
    @HotPath
    ItNexus nexus(int id) {
        ItNexus nexus = nexuses.find(id);
        return nexus != null ? nexus : nexusSlowly(id);
    }

    /**
     * What the gateway said before it handed over a command takes effect before that command: an initiator that was told that
     * its LOGICAL UNIT RESET is done must not meet what was there before it.
     */
    @HotPath
    void catchUp() {
        if (transport.admin().hasEvents()) {
            catchUpSlowly();
        }
    }

    private void catchUpSlowly() {
        synchronized (events) {
            drainEvents();
        }
    }

    private ItNexus nexusSlowly(int id) {
        synchronized (events) {
            drainEvents();
            ItNexus nexus = nexuses.find(id);
            if (nexus == null) {
                LOG.warn("nexus {}: the gateway sent a command of a nexus that it has not announced", id);
                nexus = new ItNexus(id, "", "");
                nexuses.put(id, nexus);
            }
            return nexus;
        }
    }

    // ---- events from the gateway

    private void runAdmin() {
        try {
            while (!stopped) {
                synchronized (events) {
                    drainEvents();
                }
                int state = transport.control().stateAcquire();
                if (state != Abi.SESSION_ACTIVE) {
                    listener.lost(
                            state == Abi.SESSION_CLOSING
                                    ? "the gateway is shutting down"
                                    : "the gateway judged the ring broken; its log says why");
                    break;
                }
                transport.awaitAdmin(ADMIN_WAIT_NANOS);
            }
        } catch (RuntimeException | Error failed) {
            LOG.error("the admin loop failed, the session is given up", failed);
            listener.lost("the admin loop failed: " + failed);
        }
        loopEnded();
    }

    private void drainEvents() {
        transport.admin().drain(this::handle);
    }

    private void handle(AdminRing.Event event) {
        switch (event.type()) {
            case Abi.EVENT_NEXUS_ADD -> {
                ItNexus known = nexuses.find(event.nexus());
                if (known == null || !known.initiatorPort().equals(event.initiatorPort())) {
                    ItNexus nexus = new ItNexus(event.nexus(), event.initiatorPort(), event.targetPort());
                    audience.forEach(device -> device.nexusAdded(nexus));
                    nexuses.put(event.nexus(), nexus);
                }
            }
            case Abi.EVENT_NEXUS_REMOVE -> {
                ItNexus nexus = nexuses.remove(event.nexus());
                if (nexus != null) {
                    audience.forEach(device -> device.nexusRemoved(nexus));
                }
            }
            case Abi.EVENT_TASK_MANAGEMENT -> taskManagement(event);
            case Abi.EVENT_LUN_RESET -> {
                ServedDevice device = devices.find(event.device());
                if (device != null) {
                    device.logicalUnitReset();
                }
            }
            case Abi.EVENT_PING -> {} // that it has been taken is the answer
            default -> LOG.warn("event of type {}: not known to this handler; is the gateway newer?", event.type());
        }
    }

    private void taskManagement(AdminRing.Event event) {
        ServedDevice device = devices.find(event.device());
        if (device == null || event.function() < 1 || event.function() > Abi.TMF_MAX) {
            return;
        }
        boolean one = event.function() == TaskManagementFunction.ABORT_TASK.code();
        long sequence = one && event.queue() >= 0 && event.queue() < loops.length
                ? loops[event.queue()].sequenceOf(event.tag(), event.generation())
                : 0;
        TaskManagementFunction function = TaskManagementFunction.of(event.function());
        ItNexus nexus = nexuses.find(event.nexus());
        device.taskManagement(new TaskManagement(function, nexus, sequence));
        if (function == TaskManagementFunction.I_T_NEXUS_RESET && nexus != null) {
            device.nexusReset(nexus);
        }
    }

    // ---- requests to the gateway

    /** Sends a unit attention; false if the session is over. */
    boolean unitAttention(ServedDevice device, int scope, int nexus, int asc, int ascq) {
        return request(device, id -> transport.admin().unitAttention(id, nexus, scope, asc, ascq));
    }

    boolean controlMode(ServedDevice device, int mode) {
        return request(device, id -> transport.admin().controlMode(id, mode));
    }

    @FunctionalInterface
    private interface Request {
        void send(int device);
    }

    private boolean request(ServedDevice device, Request request) {
        Integer id = devices.idOf(device);
        if (id == null) {
            return false;
        }
        synchronized (requests) {
            long start = System.nanoTime();
            while (!unmapped && !stopped && !transport.admin().hasRoom()) {
                transport.signalAdmin();
                if (System.nanoTime() - start > REQUEST_PATIENCE_NANOS) {
                    LOG.error("device {}: the gateway does not read admin requests, one is lost", device.name());
                    return true;
                }
                LockSupport.parkNanos(50_000L);
            }
            if (unmapped || stopped) {
                return false;
            }
            request.send(id);
            transport.signalAdmin();
            return true;
        }
    }

    // ---- the end

    /**
     * Tells the gateway to keep commands for another process, and waits until this one holds none.
     *
     * @return false if devices still hold some after that time
     */
    boolean quiesce(long patienceNanos) throws IOException {
        link.quiesce();
        long start = System.nanoTime();
        while (!isIdle()) {
            if (System.nanoTime() - start > patienceNanos) {
                return false;
            }
            LockSupport.parkNanos(100_000L);
        }
        return true;
    }

    private boolean isIdle() {
        for (QueueLoop loop : loops) {
            if (!loop.queue().isDrained()) {
                return false;
            }
        }
        return true;
    }

    /** Takes no more commands; unmaps when the last one has ended. */
    void stop() {
        stopped = true;
        synchronized (requests) {
            if (!unmapped) {
                for (QueueLoop loop : loops) {
                    loop.stop();
                }
                transport.wakeAdmin();
            }
        }
    }

    void closeLink() {
        link.close();
    }

    void loopFailed(Throwable failed) {
        listener.lost("a queue loop failed: " + failed);
    }

    void loopEnded() {
        if (running.decrementAndGet() == 0) {
            synchronized (requests) {
                unmapped = true;
                transport.close();
            }
            over = true;
        }
    }

    /** Waits for the end after {@link #stop()}; false if devices hold commands past the time. */
    boolean awaitEnd(long patienceNanos) {
        long start = System.nanoTime();
        while (!over) {
            if (System.nanoTime() - start > patienceNanos) {
                return false;
            }
            LockSupport.parkNanos(1_000_000L);
        }
        return true;
    }

    /** For meters: a value of the rings, or 0 when there is none any more. */
    double read(ToDoubleFunction<Transport> value) {
        if (over) {
            return 0;
        }
        try {
            return value.applyAsDouble(transport);
        } catch (IllegalStateException closedMeanwhile) {
            return 0;
        }
    }

    @Nullable
    ItNexus knownNexus(int id) {
        return nexuses.find(id);
    }
}
