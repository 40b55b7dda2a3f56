// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.config;

import io.sluice.handler.CommandTimeouts;
import io.sluice.handler.DeviceConfig;
import io.sluice.handler.DeviceGroupProvider;
import io.sluice.runtime.ControlClient.Access;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The whole configuration, checked.
 *
 * @param file where it was read from
 * @param metrics empty: no endpoint
 * @param devices also those of groups
 */
public record ApplianceConfig(
        Path file,
        Gateway gateway,
        Supervision supervision,
        Optional<PortalAddress> metrics,
        Chap discovery,
        List<Device> devices,
        List<DeviceGroup> groups,
        List<Target> targets,
        List<AccessState> accessStates) {

    /** The name of the group that takes every initiator that no other group names. */
    public static final String DEFAULT_GROUP = "default";

    /** The handler process that always is: it brings up targets and portals, and serves the devices that name no other. */
    public static final String MAIN_HANDLER = "main";

    /**
     * Portals, and limits; those of the ring and the workers are each handler process's own.
     *
     * @param kind the module has no use for portals, loops, spin, cpus, and the limits of nexuses and sessions
     * @param loops event-loop threads of the gateway
     * @param spin microseconds that a gateway thread spins before it sleeps, or {@code auto}
     * @param cpus processors of the gateway's threads: a list, {@code any}, {@code follow} or {@code auto}
     * @param logLevel of both processes: error, warn, info, debug
     * @param queues queues of the ring, one handler thread each
     * @param depth commands per queue
     * @param poolBytes memory for the data of commands
     * @param workers threads of a handler process for devices that wait for storage
     * @param grace how long the gateway keeps commands when their handler process is gone
     * @param limits what the gateway has room for
     */
    public record Gateway(
            GatewayKind kind,
            List<PortalAddress> portals,
            int loops,
            String spin,
            String cpus,
            String logLevel,
            int queues,
            int depth,
            long poolBytes,
            int workers,
            Duration grace,
            Limits limits) {
        public Gateway {
            portals = List.copyOf(portals);
        }

        /** The same with another portal instead of those configured. */
        public Gateway withPortal(PortalAddress portal) {
            return new Gateway(
                    kind,
                    List.of(portal),
                    loops,
                    spin,
                    cpus,
                    logLevel,
                    queues,
                    depth,
                    poolBytes,
                    workers,
                    grace,
                    limits);
        }

        /** The same of another kind. */
        public Gateway withKind(GatewayKind other) {
            return new Gateway(
                    other, portals, loops, spin, cpus, logLevel, queues, depth, poolBytes, workers, grace, limits);
        }
    }

    /**
     * What the gateway has room for: its tables are made when it starts.
     *
     * @param devices that were ever named, since the start
     * @param nexuses initiators logged in to targets, at a time
     * @param sessions handler processes at a time, those that are just ending among them
     */
    public record Limits(int devices, int nexuses, int sessions) {
        public static final Limits DEFAULT = new Limits(1024, 1024, 64);
    }

    /**
     * What holds for every handler process.
     *
     * @param hangTimeout how long one may let commands or events lie before the supervisor replaces it; zero: for ever
     */
    public record Supervision(Duration hangTimeout) {}

    /** Who must prove what with CHAP (RFC 7143 12.1.3): the initiator, and with mutual credentials the target, too. */
    public record Chap(Optional<Credentials> initiator, Optional<Credentials> target) {
        public static final Chap NONE = new Chap(Optional.empty(), Optional.empty());
    }

    /** Name and secret; the secret never appears in a message. */
    public record Credentials(String user, String secret) {
        @Override
        public String toString() {
            return user;
        }
    }

    /**
     * One device and the keys that its provider reads.
     *
     * @param handler the process that serves it
     * @param timeouts those that are not zero take the place of its own
     * @param values its table as it is written
     */
    public record Device(
            String name,
            String type,
            String handler,
            CommandTimeouts timeouts,
            int line,
            Map<String, Object> values,
            DeviceConfig config) {
        public Device {
            values = Map.copyOf(values);
        }

        /** The same device, with the same words in its table. */
        boolean isLike(Device other) {
            return name.equals(other.name)
                    && type.equals(other.type)
                    && handler.equals(other.handler)
                    && values.equals(other.values);
        }
    }

    /**
     * A table that stands for several devices.
     *
     * @param handler the process that serves them
     * @param devices their names
     * @param config makes a view of its table; each is for one thread
     */
    public record DeviceGroup(
            String name,
            String handler,
            List<String> devices,
            DeviceGroupProvider provider,
            Supplier<DeviceConfig> config) {
        public DeviceGroup {
            devices = List.copyOf(devices);
        }

        /** The word of its table. */
        public String word() {
            return provider.word();
        }
    }

    /**
     * One target.
     *
     * @param allow patterns of the initiators that may log in beside those of the groups; empty: everybody may
     */
    public record Target(String name, String alias, Chap chap, List<String> allow, List<Lun> luns, List<Group> groups) {
        public Target {
            allow = List.copyOf(allow);
            luns = List.copyOf(luns);
            groups = List.copyOf(groups);
        }
    }

    /** Initiators with a LUN map of their own. */
    public record Group(String name, List<String> initiators, List<Lun> luns) {
        public Group {
            initiators = List.copyOf(initiators);
            luns = List.copyOf(luns);
        }
    }

    /**
     * One row of a LUN map.
     *
     * @param readOnly writes through this LUN end DATA PROTECT
     */
    public record Lun(int lun, String device, boolean readOnly) {}

    /**
     * How devices can be reached through the portals of a group.
     *
     * @param device empty: every device
     * @param preferred initiators are told to prefer the group
     */
    public record AccessState(int group, Access state, Optional<String> device, boolean preferred) {}

    public ApplianceConfig {
        devices = List.copyOf(devices);
        groups = List.copyOf(groups);
        targets = List.copyOf(targets);
        accessStates = List.copyOf(accessStates);
    }

    /** The same with the targets, groups, credentials and access states of another one. */
    public ApplianceConfig withTargetsOf(ApplianceConfig other) {
        return new ApplianceConfig(
                file,
                gateway,
                supervision,
                metrics,
                other.discovery,
                devices,
                groups,
                other.targets,
                other.accessStates);
    }

    /**
     * Devices that groups have in another one and not here, because a group has grown: of groups that are here, served by the same
     * process.
     */
    public List<Device> grown(ApplianceConfig other) {
        List<Device> grown = new ArrayList<>();
        for (DeviceGroup group : groups) {
            for (DeviceGroup now : other.groups) {
                if (now.word().equals(group.word())
                        && now.name().equals(group.name())
                        && now.handler().equals(group.handler())) {
                    other.devices.stream()
                            .filter(device -> now.devices().contains(device.name()))
                            .filter(device -> devices.stream()
                                    .noneMatch(here -> here.name().equals(device.name())))
                            .forEach(grown::add);
                }
            }
        }
        return grown;
    }

    /** The same with more devices, which are of groups that have grown. */
    public ApplianceConfig withDevices(List<Device> more) {
        List<Device> all = new ArrayList<>(devices);
        all.addAll(more);
        return new ApplianceConfig(file, gateway, supervision, metrics, discovery, all, groups, targets, accessStates);
    }

    /** What another one has different beside targets and access states: processes read that when they start. */
    public List<String> differences(ApplianceConfig other) {
        List<String> different = new ArrayList<>();
        if (!gateway.equals(other.gateway)) {
            different.add("[gateway]");
        }
        if (!supervision.equals(other.supervision)) {
            different.add("[handler]");
        }
        if (!metrics.equals(other.metrics)) {
            different.add("[metrics]");
        }
        for (Device device : other.devices) {
            boolean same = devices.stream().anyMatch(device::isLike);
            if (!same) {
                different.add("device " + device.name());
            }
        }
        for (Device device : devices) {
            if (other.devices.stream().noneMatch(now -> now.name().equals(device.name()))) {
                different.add("device " + device.name());
            }
        }
        return different;
    }

    /** Every handler process: the main one, then the others in the order in which devices name them. */
    public List<String> handlers() {
        Set<String> names = new LinkedHashSet<>(List.of(MAIN_HANDLER));
        devices.forEach(device -> names.add(device.handler()));
        return List.copyOf(names);
    }

    /** The devices that one handler process serves. */
    public List<Device> devicesOf(String handler) {
        return devices.stream()
                .filter(device -> device.handler().equals(handler))
                .toList();
    }

    /** The same with another portal than those configured. */
    public ApplianceConfig withPortal(PortalAddress portal) {
        return withGateway(gateway.withPortal(portal));
    }

    /** The same at another kind of gateway. */
    public ApplianceConfig withKind(GatewayKind kind) {
        return withGateway(gateway.withKind(kind));
    }

    private ApplianceConfig withGateway(Gateway other) {
        return new ApplianceConfig(
                file, other, supervision, metrics, discovery, devices, groups, targets, accessStates);
    }
}
