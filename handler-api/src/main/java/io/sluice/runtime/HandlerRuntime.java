// SPDX-License-Identifier: Apache-2.0
package io.sluice.runtime;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.handler.CommandTimeouts;
import io.sluice.handler.Device;
import io.sluice.handler.DeviceConfig;
import io.sluice.handler.DeviceConfigException;
import io.sluice.handler.DeviceContext;
import io.sluice.handler.DeviceProfile;
import io.sluice.handler.DeviceProvider;
import io.sluice.ring.Abi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves devices at a gateway: opens them, keeps a session, and opens a new one with the same devices when it is lost, with
 * back-off, for as long as it takes. Methods may be called from any thread but a device's.
 */
public final class HandlerRuntime implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HandlerRuntime.class);
    private static final long FIRST_BACKOFF_MILLIS = 50;
    private static final long MAX_BACKOFF_MILLIS = 2_000;
    private static final long REMOVE_PATIENCE_NANOS = 10_000_000_000L;
    private static final long END_PATIENCE_NANOS = 2_000_000_000L;
    private static final long QUIESCE_PATIENCE_NANOS = 10_000_000_000L;
    private static final long LOOK_NANOS = 1_000_000L;

    /** Opens a device by hand, for tests and for devices without a provider. */
    @FunctionalInterface
    public interface Opener {
        Device open(DeviceContext context) throws DeviceConfigException, IOException;
    }

    private record Entry(ServedDevice served, ServedContext context, int queue) {}

    private final HandlerOptions options;
    private final GatewayLink.Connector connector;
    private final RuntimeMeters meters;
    private final WorkerPool workers;
    private final AtomicLong refusedEnds = new AtomicLong();
    private final AtomicLong sessionsLost = new AtomicLong();
    private final Map<String, Entry> devices = new TreeMap<>(); // guarded by this
    private volatile @Nullable HandlerSession session;
    private volatile boolean closed;
    private @Nullable Thread reconnecting; // guarded by this
    private int nextQueue; // guarded by this

    /**
     * Makes a runtime without a session.
     *
     * @param connector opens sessions: {@link SessionLink#connector}
     */
    public HandlerRuntime(HandlerOptions options, GatewayLink.Connector connector, MeterRegistry registry) {
        this.options = options;
        this.connector = connector;
        this.workers = new WorkerPool("sluice", options.workers(), 4 * options.queues() * options.depth() + 4096);
        this.meters = new RuntimeMeters(registry, this);
    }

    HandlerOptions options() {
        return options;
    }

    WorkerPool workers() {
        return workers;
    }

    @Nullable
    HandlerSession session() {
        return session;
    }

    long refusedEnds() {
        return refusedEnds.get();
    }

    long sessionsLost() {
        return sessionsLost.get();
    }

    /** A session is open. */
    public boolean isConnected() {
        return session != null;
    }

    // ---- devices

    /**
     * Opens a device and serves it, at once if there is a session.
     *
     * @param home the device's directory; made if absent
     * @throws DeviceConfigException if its configuration is wrong, an unknown key included
     * @throws IOException if it cannot be opened or the gateway refuses it
     */
    public Device open(Path home, DeviceProvider provider, DeviceConfig config)
            throws DeviceConfigException, IOException {
        return open(home, provider, config, CommandTimeouts.DEFAULT);
    }

    /**
     * The same with timeouts of the operator's.
     *
     * @param timeouts those that are not zero take the place of the profile's
     */
    public Device open(Path home, DeviceProvider provider, DeviceConfig config, CommandTimeouts timeouts)
            throws DeviceConfigException, IOException {
        return open(config.name(), home, timeouts, context -> {
            Device device = provider.open(context, config);
            try {
                config.rejectUnknown();
            } catch (DeviceConfigException unknown) {
                device.close();
                throw unknown;
            }
            return device;
        });
    }

    /** The same with an opener. */
    public Device open(String name, Path home, Opener opener) throws DeviceConfigException, IOException {
        return open(name, home, CommandTimeouts.DEFAULT, opener);
    }

    private synchronized Device open(String name, Path home, CommandTimeouts timeouts, Opener opener)
            throws DeviceConfigException, IOException {
        if (devices.containsKey(name)) {
            throw new IOException("device \"" + name + "\" is served already: give each device a name of its own");
        }
        Files.createDirectories(home);
        ServedContext context = new ServedContext(name, home, meters.ofDevice(name));
        Device device = opener.open(context);
        DeviceProfile profile =
                device.profile().withTimeouts(timeouts.orElse(device.profile().timeouts()));
        ServedDevice served = new ServedDevice(
                name,
                device,
                profile,
                workers,
                options.queues(),
                options.queues() * options.depth(),
                new ReservationStore(name, home));
        int queue = profile.spread() ? Abi.QUEUE_ANY : nextQueue++ % options.queues();
        Entry entry = new Entry(served, context, queue);
        context.serves(served);
        HandlerSession current = session;
        if (current != null) {
            try {
                serve(current, entry);
            } catch (IOException refused) {
                meters.removeDevice(name);
                device.close();
                throw refused;
            }
        }
        devices.put(name, entry);
        meters.addDevice(served);
        return device;
    }

    private static void serve(HandlerSession at, Entry entry) throws IOException {
        entry.context().sessionBegins(at);
        at.add(entry.served(), entry.queue());
        entry.context().sessionBegan();
    }

    /** The device of a name, or null. */
    public synchronized @Nullable Device device(String name) {
        Entry entry = devices.get(name);
        return entry == null ? null : entry.served().device();
    }

    public synchronized List<String> deviceNames() {
        return new ArrayList<>(devices.keySet());
    }

    /**
     * Takes a device away from the gateway and closes it.
     *
     * @throws IOException if its commands do not end in time (then it stays) or closing fails
     */
    public synchronized void remove(String name) throws IOException {
        Entry entry = devices.get(name);
        if (entry == null) {
            return;
        }
        HandlerSession current = session;
        if (current != null) {
            current.remove(entry.served(), REMOVE_PATIENCE_NANOS);
        }
        devices.remove(name);
        meters.removeDevice(name);
        entry.served().device().close();
    }

    // ---- session

    /**
     * Opens the first session and serves the devices that are open.
     *
     * @throws IOException if the gateway cannot be reached or refuses; the message names the remedy
     */
    public synchronized void start() throws IOException {
        if (session == null && !closed) {
            session = connect();
        }
    }

    private HandlerSession connect() throws IOException {
        SessionSlot slot = new SessionSlot();
        GatewayLink link = connector.connect(slot::lost);
        HandlerSession opened;
        try {
            opened = new HandlerSession(link, slot::lost, workers, refusedEnds, options.queueCpus());
        } catch (RuntimeException failed) {
            link.close();
            throw failed;
        }
        opened.start();
        try {
            for (Entry entry : devices.values()) {
                if (entry.served().held() == 0) {
                    serve(opened, entry);
                } else {
                    serveLater(opened, entry);
                }
            }
        } catch (IOException refused) {
            end(opened);
            throw refused;
        }
        slot.opened(opened);
        LOG.info(
                "session {} epoch {}: {} queues of {} commands, {} devices",
                opened.transport().control().session(),
                opened.transport().control().epoch(),
                opened.transport().control().queues(),
                opened.transport().control().depth(),
                devices.size());
        return opened;
    }

    /**
     * The gateway hands over again what the former session had taken and not answered; a device that still works on it would do
     * it twice, and at the same time. So the device comes back when it has let go, while its commands wait at the gateway.
     */
    private void serveLater(HandlerSession at, Entry entry) {
        LOG.warn(
                "device {}: still holds {} commands of the session that was lost; it is served again when they end",
                entry.served().name(),
                entry.served().held());
        Thread.ofPlatform()
                .daemon()
                .name("sluice-late-" + entry.served().name())
                .start(() -> {
                    while (entry.served().held() != 0 || session != at) {
                        if (closed || at.isOver()) {
                            return;
                        }
                        LockSupport.parkNanos(LOOK_NANOS);
                    }
                    serveLate(at, entry);
                });
    }

    private synchronized void serveLate(HandlerSession at, Entry entry) {
        if (closed || session != at) {
            return;
        }
        try {
            serve(at, entry);
        } catch (IOException refused) {
            LOG.error("device {}: not served again: {}", entry.served().name(), refused.getMessage());
        }
    }

    private static void end(HandlerSession ended) {
        ended.stop();
        ended.closeLink();
    }

    /** Ties a loss, which may come before connect() returned, to its session. */
    private final class SessionSlot {
        private @Nullable HandlerSession opened; // guarded by this
        private @Nullable String loss; // guarded by this

        void lost(String why) {
            HandlerSession mine;
            synchronized (this) {
                if (loss != null) {
                    return;
                }
                loss = why;
                mine = opened;
            }
            if (mine != null) {
                sessionLost(mine, why);
            }
        }

        void opened(HandlerSession session) {
            String why;
            synchronized (this) {
                opened = session;
                why = loss;
            }
            if (why != null) {
                sessionLost(session, why);
            }
        }
    }

    private void sessionLost(HandlerSession mine, String why) {
        if (closed) {
            return;
        }
        LOG.warn("session lost: {}; reconnecting", why);
        sessionsLost.incrementAndGet();
        Thread.ofPlatform().daemon().name("sluice-reconnect").start(() -> reconnect(mine));
    }

    private void reconnect(HandlerSession old) {
        synchronized (this) {
            if (session == old) {
                session = null;
            }
            end(old);
            reconnecting = Thread.currentThread();
        }
        long backoff = FIRST_BACKOFF_MILLIS;
        String last = "";
        while (!closed) {
            try {
                synchronized (this) {
                    if (!closed && session == null) {
                        session = connect();
                    }
                    return;
                }
            } catch (IOException failed) {
                String message = String.valueOf(failed.getMessage());
                if (!message.equals(last)) {
                    LOG.warn("reconnecting failed, trying again: {}", message);
                    last = message;
                }
            } catch (RuntimeException failed) {
                LOG.error("reconnecting failed, trying again", failed);
            }
            try {
                Thread.sleep(backoff);
            } catch (InterruptedException interrupted) {
                return; // close() asks
            }
            backoff = Math.min(2 * backoff, MAX_BACKOFF_MILLIS);
        }
    }

    /**
     * Ends for the sake of a process that takes over: the gateway keeps the devices' commands, those under way are answered, then
     * devices and session are closed. The runtime is closed afterwards.
     *
     * @return how long the gateway has kept commands by now
     */
    public Duration handOver() {
        closed = true;
        long start = System.nanoTime();
        synchronized (this) {
            devices.values().forEach(entry -> entry.served().writeBack());
            start = System.nanoTime();
            HandlerSession current = session;
            session = null;
            if (current != null) {
                try {
                    if (!current.quiesce(QUIESCE_PATIENCE_NANOS)) {
                        LOG.warn("devices have not ended their commands in time: they are handed over as they are");
                    }
                } catch (IOException failed) {
                    LOG.warn(
                            "the gateway does not quiesce the session, it is closed all the same: {}",
                            failed.getMessage());
                }
                end(current);
                current.awaitEnd(END_PATIENCE_NANOS);
            }
            closeDevices();
        }
        close();
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private void closeDevices() {
        for (String name : deviceNames()) {
            try {
                remove(name);
            } catch (IOException failed) {
                LOG.error("closing device {}: {}", name, failed.getMessage());
            }
        }
    }

    /** Removes every device, after its commands ended, and closes the session. */
    @Override
    public void close() {
        closed = true;
        synchronized (this) {
            if (reconnecting != null) {
                reconnecting.interrupt();
            }
            closeDevices();
            HandlerSession current = session;
            session = null;
            if (current != null) {
                end(current);
                if (!current.awaitEnd(END_PATIENCE_NANOS)) {
                    LOG.warn("devices still hold commands; their memory stays until the process ends");
                }
            }
            meters.close();
        }
        workers.close();
    }

    int openSessions() {
        return session == null ? 0 : 1;
    }

    /** All devices, for the meters. */
    synchronized List<ServedDevice> served() {
        return devices.values().stream().map(Entry::served).toList();
    }
}
