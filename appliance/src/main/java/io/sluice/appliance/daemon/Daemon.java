// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.appliance.config.ApplianceConfig;
import io.sluice.appliance.config.ConfigSource;
import io.sluice.appliance.config.GatewayKind;
import io.sluice.appliance.config.HandlerName;
import io.sluice.appliance.config.PortalAddress;
import io.sluice.handler.DeviceConfigException;
import io.sluice.runtime.HandlerOptions;
import io.sluice.runtime.HandlerRuntime;
import io.sluice.runtime.SessionLink;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A handler process from start to end: devices are opened first, so that what is wrong with them is found before an initiator can
 * see anything. The main process then tells the gateway targets and LUNs, and portals come last; the others serve their devices.
 */
public final class Daemon {
    /** Exit status when SIGTERM asked for the end. */
    public static final int ASKED_TO_STOP = 0;

    /** Exit status when the gateway went away (EX_TEMPFAIL): started again, it may work. */
    public static final int GATEWAY_LOST = 75;

    static final int CONFIGURATION = 78;
    static final int UNAVAILABLE = 69;

    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);
    private static final long SHUTDOWN_SECONDS = 25;

    /** Longer than a handler takes that answers at all: it waits for its devices' commands, then closes them. */
    private static final Duration HAND_OVER_PATIENCE = Duration.ofSeconds(40);

    private final HomeDirectory home;
    private final ApplianceConfig config;
    private final ConfigSource source;
    private final String handler;
    private final ProviderCatalog catalog;
    private final boolean takeOver;
    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile int status = ASKED_TO_STOP;
    private volatile boolean handedOver;
    private volatile Optional<MetricsEndpoint> metrics = Optional.empty();
    private volatile @Nullable AdminServer listening;

    /**
     * @param source reads the configuration again
     * @param handler which of the configuration's devices it serves
     * @param takeOver another process of that name serves in this home: when this one is ready to, it asks that one to hand over
     */
    public Daemon(
            HomeDirectory home,
            ApplianceConfig config,
            ConfigSource source,
            String handler,
            ProviderCatalog catalog,
            boolean takeOver) {
        this.takeOver = takeOver;
        this.home = home;
        this.config = config;
        this.source = source;
        this.handler = handler;
        this.catalog = catalog;
    }

    /**
     * Serves until SIGTERM, or until the gateway is gone; returns the exit status.
     *
     * @throws StartException if it cannot start
     */
    public int run() throws StartException {
        LogConfigurator.level(config.gateway().logLevel());
        CountDownLatch ended = new CountDownLatch(1);
        Thread hook = Thread.ofPlatform().unstarted(() -> stopAndWait(ended));
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            if (takeOver) {
                askToHandOver();
            } else if (isMain()) {
                SupervisorFiles.write(home, config, others().names());
            }
            serve();
            return status;
        } finally {
            ended.countDown();
        }
    }

    private boolean isMain() {
        return handler.equals(ApplianceConfig.MAIN_HANDLER);
    }

    private void stopAndWait(CountDownLatch ended) {
        stop.countDown();
        try {
            if (!ended.await(SHUTDOWN_SECONDS, TimeUnit.SECONDS)) {
                LOG.error("devices were not closed within {} s", SHUTDOWN_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private OtherHandlers others() {
        return new OtherHandlers(
                home,
                config.handlers().stream().filter(name -> !name.equals(handler)).toList());
    }

    /**
     * Last of what can be done before: the configuration is read, providers are loaded. From here on until the devices are
     * served again their initiators wait.
     */
    private void askToHandOver() throws StartException {
        try {
            AdminProtocol.ask(home.adminSocket(handler), AdminProtocol.request("hand-over"), HAND_OVER_PATIENCE);
        } catch (IOException | AdminException e) {
            throw new StartException(UNAVAILABLE, "the process that serves does not hand over: " + e.getMessage(), e);
        }
    }

    private void serve() throws StartException {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new JvmMemoryMetrics().bindTo(registry);
        ApplianceConfig.Gateway gateway = config.gateway();
        String session = HandlerName.stem("appliance", handler);
        HandlerOptions options = new HandlerOptions(
                session, gateway.queues(), gateway.depth(), gateway.poolBytes(), gateway.workers(), gateway.grace());
        try (HandlerRuntime runtime =
                new HandlerRuntime(options, SessionLink.connector(home.gatewaySocket(), options), registry)) {
            DeviceOpener opener = new DeviceOpener(home, config.file(), catalog.providers(), runtime);
            Map<String, String> devices = openDevices(opener);
            try (GatewayControl control = GatewayControl.connect(home.gatewaySocket(), session, this::gatewayLost)) {
                if (isMain()) {
                    GatewaySetup.configure(control, config);
                }
                runtime.start();
                GroupOperations groups = new GroupOperations(handler, config, source, opener);
                HandlerOperator own =
                        new HandlerOperator(handler, runtime, groups, registry::scrape, () -> handOver(runtime));
                if (isMain()) {
                    serveAll(own, control, devices, registry);
                } else {
                    listen(own, String.join("\n", devices.keySet()));
                }
            }
        } catch (IOException e) {
            throw new StartException(UNAVAILABLE, String.valueOf(e.getMessage()), e);
        }
    }

    /** Last of all; returns the portals that were bound. */
    private List<PortalAddress> open(GatewayControl control) throws IOException {
        if (config.gateway().kind() == GatewayKind.MODULE) {
            sayWhatTheModuleHasNot();
            GatewaySetup.logIn(control, config);
            return List.of();
        }
        List<PortalAddress> wanted =
                BoundPortals.recall(home.portals(), config.gateway().portals());
        List<PortalAddress> bound = GatewaySetup.open(control, wanted);
        BoundPortals.remember(home.portals(), bound);
        return bound;
    }

    /** What only iSCSI has is not refused: a configuration can go from one gateway to the other and back. */
    private void sayWhatTheModuleHasNot() {
        LOG.info(
                "portals {}: not opened, the module has no iSCSI; its LUNs are devices of this machine",
                config.gateway().portals());
        boolean chap = !config.discovery().equals(ApplianceConfig.Chap.NONE)
                || config.targets().stream().anyMatch(target -> !target.chap().equals(ApplianceConfig.Chap.NONE));
        if (chap) {
            LOG.warn("CHAP: asked of nobody, this machine's root logs in without; iSCSI through the module is the"
                    + " kernel's target, which has credentials of its own");
        }
    }

    private void serveAll(
            HandlerOperator own, GatewayControl control, Map<String, String> devices, PrometheusMeterRegistry registry)
            throws IOException {
        List<PortalAddress> portals = open(control);
        OtherHandlers others = others();
        SessionMeters sessions = new SessionMeters(registry, config.handlers(), control::sessions);
        metrics = openMetrics(
                () -> {
                    sessions.refresh();
                    return registry.scrape();
                },
                others);
        Optional<PortalAddress> metricsAddress = metrics.map(MetricsEndpoint::address);
        LOG.info("portals {}, handler processes beside this one: {}", portals, others.names());
        for (ApplianceConfig.Device device : config.devices()) {
            if (!device.handler().equals(handler)) {
                devices.put(device.name(), device.type() + ", handler " + device.handler());
            }
        }
        listen(
                new Operator(own, others, config, source, control, portals, metricsAddress),
                ReadyFile.text(config, portals, devices, metricsAddress));
    }

    /** Answers operators until the end. */
    private void listen(AdminServer.Service service, String readyText) throws IOException {
        try (AdminServer admin = AdminServer.open(home.adminSocket(handler), service)) {
            listening = admin;
            ReadyFile.write(home.served(handler), "");
            ReadyFile.write(home.ready(handler), readyText);
            LOG.info("serving, operator socket {}", admin.socket());
            stop.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (!handedOver) { // else they are the other's by now
                Files.deleteIfExists(home.ready(handler));
                metrics.ifPresent(MetricsEndpoint::close);
            }
        }
    }

    /** On the thread of the request; the answer tells the process that asked that it may open the devices. */
    private long handOver(HandlerRuntime runtime) {
        LOG.info("handing over to another process");
        handedOver = true;
        try {
            Files.deleteIfExists(home.ready(handler));
            AdminServer admin = listening;
            if (admin != null) {
                admin.stopListening();
            }
        } catch (IOException e) {
            LOG.warn("{}: {}", home.ready(handler), e.getMessage());
        }
        metrics.ifPresent(MetricsEndpoint::close);
        Duration pause = runtime.handOver();
        LOG.info("handed over after {} ms", pause.toMillis());
        stop.countDown();
        return pause.toMillis();
    }

    private Optional<MetricsEndpoint> openMetrics(Supplier<String> own, OtherHandlers others) {
        if (config.metrics().isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(MetricsEndpoint.open(config.metrics().get(), own, others));
        } catch (IOException e) {
            // Nobody's disk stays away for want of its metrics.
            LOG.warn("{}", e.getMessage());
            return Optional.empty();
        }
    }

    /** Opens all of the handler's but those whose plugin is broken, which it logs; returns a description of each by name. */
    private Map<String, String> openDevices(DeviceOpener opener) throws StartException {
        Map<String, String> descriptions = new LinkedHashMap<>();
        catalog.faults().forEach(LOG::error);
        for (ApplianceConfig.Device wanted : config.devicesOf(handler)) {
            try {
                opener.open(wanted).ifPresent(description -> descriptions.put(wanted.name(), description));
            } catch (DeviceConfigException e) {
                throw new StartException(CONFIGURATION, config.file() + ": " + e.getMessage(), e);
            } catch (IOException e) {
                throw new StartException(UNAVAILABLE, String.valueOf(e.getMessage()), e);
            }
        }
        return descriptions;
    }

    private void gatewayLost(String why) {
        if (stop.getCount() > 0) {
            LOG.error("the gateway is gone ({}): closing the devices; the supervisor starts all again", why);
            status = GATEWAY_LOST;
            stop.countDown();
        }
    }
}
