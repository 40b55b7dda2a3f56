// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.config;

import io.sluice.appliance.config.ApplianceConfig.DeviceGroup;
import io.sluice.appliance.config.ApplianceConfig.Lun;
import io.sluice.handler.CommandTimeouts;
import io.sluice.handler.DeviceConfig;
import io.sluice.handler.DeviceConfigException;
import io.sluice.handler.DeviceGroupProvider;
import io.sluice.handler.GroupMember;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The tables that stand for several devices and their LUNs, {@code [[library]]} for one. What they say is their provider's. */
final class GroupSections {
    private final List<DeviceGroup> groups = new ArrayList<>();
    private final List<Mapping> luns = new ArrayList<>();
    private final DeviceTypes types;
    private final Path home;
    private final DeviceSections devices;

    /**
     * LUNs that a group has in a target.
     *
     * @param table the group's
     * @param alias of a target that only the group names
     */
    record Mapping(Table table, String target, String alias, List<Lun> luns) {
        Mapping {
            luns = List.copyOf(luns);
        }
    }

    private GroupSections(DeviceTypes types, Path home, DeviceSections devices) {
        this.types = types;
        this.home = home;
        this.devices = devices;
    }

    /** @param devices gets those of the groups */
    static GroupSections read(Table root, DeviceTypes types, Path home, DeviceSections devices) {
        GroupSections sections = new GroupSections(types, home, devices);
        new TreeMap<>(types.groups()).forEach((word, provider) -> {
            Map<String, Integer> names = new HashMap<>();
            root.tables(word).forEach(table -> sections.group(table, provider, names));
        });
        if (types.areMissing()) {
            root.ignoreTables();
        }
        return sections;
    }

    List<DeviceGroup> groups() {
        return groups;
    }

    List<Mapping> luns() {
        return luns;
    }

    private void group(Table table, DeviceGroupProvider provider, Map<String, Integer> names) {
        String word = provider.word();
        String name = table.required("name", "write name = \"" + word + "\" (its devices' names begin with it)");
        Integer first = name.isEmpty() ? null : names.putIfAbsent(name, table.line());
        if (first != null) {
            table.wrong("name", "a [[" + word + "]] of that name stands on line " + first, "choose another name");
            return;
        }
        String target = table.required("target", "write target = \"iqn.2026-11.com.example:" + word + "\"");
        if (!target.isEmpty()) {
            IscsiName.problem(target)
                    .ifPresent(problem -> table.document()
                            .error(table.at("target"), table.at("target") + " = \"" + target + "\": " + problem));
        }
        String handler = table.string("handler", ApplianceConfig.MAIN_HANDLER);
        HandlerName.check(table, "handler", handler, home);
        CommandTimeouts timeouts = DeviceSections.timeouts(table);
        Map<String, Object> values = table.values();
        int errors = table.document().errors().size();
        if (types.checked().test(handler)) {
            DeviceSections.check(
                    table, provider::check, now -> view(table, word, name, now), new LinkedHashMap<>(values));
        }
        if (table.document().errors().size() > errors || name.isEmpty() || target.isEmpty()) {
            return;
        }
        Supplier<DeviceConfig> config = () -> view(table, word, name, values);
        List<GroupMember> members = expand(table, provider, config.get());
        members.forEach(member -> devices.add(
                table,
                new ApplianceConfig.Device(
                        member.name(),
                        member.type(),
                        handler,
                        timeouts,
                        table.line(),
                        member.keys(),
                        DeviceConfig.of(member.name(), member.keys(), home, Set.of(), table::line))));
        groups.add(new DeviceGroup(
                name, handler, members.stream().map(GroupMember::name).toList(), provider, config));
        luns.add(new Mapping(
                table,
                target,
                name,
                members.stream()
                        .map(member -> new Lun(member.lun(), member.name(), false))
                        .toList()));
    }

    private List<GroupMember> expand(Table table, DeviceGroupProvider provider, DeviceConfig config) {
        try {
            return provider.expand(config);
        } catch (DeviceConfigException wrong) {
            // Found before if it is this process's business.
            return List.of();
        } catch (RuntimeException | LinkageError broken) {
            table.document()
                    .error(
                            table.path(),
                            table.path() + ": the plugin of [[" + provider.word() + "]] fails: " + broken
                                    + ": remove the table, or correct the plugin");
            return List.of();
        }
    }

    private DeviceConfig view(Table table, String word, String name, Map<String, Object> values) {
        return DeviceConfig.of(word, name, values, home, ConfigReader.GROUP_KEYS, table::line);
    }
}
