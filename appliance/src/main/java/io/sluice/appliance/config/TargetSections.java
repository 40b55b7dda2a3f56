// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.config;

import io.sluice.appliance.config.ApplianceConfig.Group;
import io.sluice.appliance.config.ApplianceConfig.Lun;
import io.sluice.appliance.config.ApplianceConfig.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The {@code [[target]]} tables with their LUN maps and groups. */
final class TargetSections {
    /** SLUICE_LUN_MAX: flat space addressing (SAM-6 4.7.4). */
    private static final int LUN_MAX = 16383;

    private static final int ALIAS_LONGEST = 63;
    private static final int GROUP_LONGEST = 63;
    private static final int PATTERN_LONGEST = 239;

    private final List<Target> targets = new ArrayList<>();
    private final Map<String, Integer> lines = new HashMap<>();
    private final Set<String> devices;

    private TargetSections(Set<String> devices) {
        this.devices = devices;
    }

    static TargetSections read(List<Table> tables, Set<String> devices) {
        TargetSections sections = new TargetSections(devices);
        tables.forEach(sections::target);
        return sections;
    }

    List<Target> targets() {
        return targets;
    }

    /**
     * Adds a group's LUNs to its target, which is made if the file has none of that name.
     */
    void add(GroupSections.Mapping mapping) {
        Table at = mapping.table();
        for (int i = 0; i < targets.size(); i++) {
            Target target = targets.get(i);
            if (target.name().equals(mapping.target())) {
                List<Lun> luns = new ArrayList<>(target.luns());
                for (Lun lun : mapping.luns()) {
                    target.luns().stream()
                            .filter(taken -> taken.lun() == lun.lun())
                            .forEach(taken -> at.wrong(
                                    "target",
                                    "LUN " + lun.lun() + ", wanted for \"" + lun.device() + "\", is \"" + taken.device()
                                            + "\" there",
                                    "choose another target, or another number for that one"));
                    luns.add(lun);
                }
                targets.set(
                        i,
                        new Target(
                                target.name(), target.alias(), target.chap(), target.allow(), luns, target.groups()));
                return;
            }
        }
        targets.add(new Target(
                mapping.target(), mapping.alias(), ApplianceConfig.Chap.NONE, List.of(), mapping.luns(), List.of()));
    }

    private void target(Table table) {
        String name = table.required("name", "write name = \"iqn.2026-11.com.example:disk\"");
        if (!name.isEmpty()) {
            IscsiName.problem(name)
                    .ifPresent(problem -> table.document()
                            .error(table.at("name"), table.at("name") + " = \"" + name + "\": " + problem));
            Integer first = lines.putIfAbsent(name, table.line());
            if (first != null) {
                table.wrong("name", "a target of that name stands on line " + first, "choose another name");
            }
        }
        String alias = table.string("alias", "");
        if (alias.length() > ALIAS_LONGEST) {
            table.wrong("alias", "is longer than " + ALIAS_LONGEST + " characters", "shorten it");
        }
        List<String> allow = patterns(table, "allow");
        if (table.has("allow") && allow.isEmpty() && table.strings("allow").isEmpty()) {
            table.wrong("allow", "lets nobody in", "name initiators, or leave the key out to let everybody in");
        }
        ApplianceConfig.Chap chap = ConfigReader.chap(table.table("chap"));
        List<Lun> luns = luns(table);
        targets.add(new Target(name, alias, chap, allow, luns, groups(table)));
        table.finish();
    }

    private List<Group> groups(Table target) {
        List<Group> groups = new ArrayList<>();
        Map<String, Integer> names = new HashMap<>();
        for (Table table : target.tables("group")) {
            String name = table.required("name", "write name = \"...\"");
            if (name.length() > GROUP_LONGEST) {
                table.wrong("name", "is longer than " + GROUP_LONGEST + " characters", "shorten it");
            } else if (name.equals(ApplianceConfig.DEFAULT_GROUP)) {
                table.wrong(
                        "name",
                        "is the group of all initiators that no other group names",
                        "put its LUNs below the target itself, as [[target.lun]]");
            }
            Integer first = name.isEmpty() ? null : names.putIfAbsent(name, table.line());
            if (first != null) {
                table.wrong("name", "a group of that name stands on line " + first, "choose another name");
            }
            List<String> initiators = patterns(table, "initiators");
            if (!table.has("initiators") || table.strings("initiators").isEmpty()) {
                table.document()
                        .error(
                                table.path(),
                                table.path()
                                        + ": key `initiators` is missing or empty: write initiators = [\"iqn.1993-08.org.debian:*\"]");
            }
            groups.add(new Group(name, initiators, luns(table)));
            table.finish();
        }
        return groups;
    }

    private static List<String> patterns(Table table, String key) {
        List<String> patterns = new ArrayList<>();
        table.strings(key).forEach((path, pattern) -> {
            if (pattern.isEmpty()
                    || pattern.length() > PATTERN_LONGEST
                    || pattern.chars().anyMatch(Character::isWhitespace)) {
                table.document()
                        .error(
                                path,
                                path + " = \"" + pattern
                                        + "\": is no initiator name; write one, * and ? match as in a shell: \"iqn.1993-08.org.debian:*\"");
            } else {
                patterns.add(pattern);
            }
        });
        return patterns;
    }

    private List<Lun> luns(Table owner) {
        List<Lun> luns = new ArrayList<>();
        Map<Integer, Integer> numbers = new HashMap<>();
        for (Table table : owner.tables("lun")) {
            int number = -1;
            if (table.has("lun")) {
                number = table.integer("lun", -1, 0, LUN_MAX);
                Integer first = number < 0 ? null : numbers.putIfAbsent(number, table.line("lun"));
                if (first != null) {
                    table.wrong("lun", "that LUN is mapped on line " + first, "choose a free number");
                }
            } else {
                table.required("lun", "write lun = 0");
            }
            String device = table.required("device", "write device = \"NAME\" of a [[device]]");
            if (!device.isEmpty() && !devices.contains(device)) {
                String remedy = Suggestion.nearest(device, devices)
                        .map(near -> "did you mean \"" + near + "\"?")
                        .orElse("there are " + devices + "; add a [[device]] of that name");
                table.wrong("device", "no such device", remedy);
            }
            boolean readOnly = table.bool("read_only", false);
            table.finish();
            luns.add(new Lun(number, device, readOnly));
        }
        return luns;
    }
}
