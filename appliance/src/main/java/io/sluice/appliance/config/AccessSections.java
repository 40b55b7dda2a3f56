// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.config;

import io.sluice.appliance.config.ApplianceConfig.AccessState;
import io.sluice.runtime.ControlClient.Access;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The {@code [[access]]} tables: asymmetric access states of portal groups (SPC-5 5.18). */
final class AccessSections {
    /** What a configuration may name: nothing stays in transition. */
    private static final Map<String, Access> STATES = Stream.of(Access.values())
            .filter(state -> state != Access.TRANSITIONING)
            .collect(Collectors.toMap(AccessSections::word, state -> state));

    private static final int GROUP_MAX = 65535;

    private AccessSections() {}

    /** {@code active-optimized}, {@code standby}, … */
    static String word(Access state) {
        return state.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static List<AccessState> read(List<Table> tables, Set<String> devices, Set<Integer> groups) {
        List<AccessState> states = new ArrayList<>();
        Map<String, Integer> lines = new HashMap<>();
        for (Table table : tables) {
            int group = group(table, groups);
            String word = table.required("state", "write one of " + words());
            Access state = STATES.getOrDefault(word, Access.ACTIVE_OPTIMIZED);
            if (!word.isEmpty() && !STATES.containsKey(word)) {
                table.wrong("state", "is no access state", "choose one of " + words());
            }
            String device = table.string("device", "");
            if (!device.isEmpty() && !devices.contains(device)) {
                table.wrong("device", "no such device", "there are " + devices + "; leave it out for all of them");
            }
            Integer first = lines.putIfAbsent(group + " " + device, table.line());
            if (first != null) {
                table.wrong("group", "has a state on line " + first, "remove one of them");
            }
            boolean preferred = table.bool("preferred", false);
            table.finish();
            states.add(new AccessState(
                    group, state, device.isEmpty() ? Optional.empty() : Optional.of(device), preferred));
        }
        return states;
    }

    private static String words() {
        return STATES.keySet().stream().sorted().collect(Collectors.joining(", "));
    }

    private static int group(Table table, Set<Integer> groups) {
        if (!table.has("group")) {
            table.required("group", "write group = 2, the portal group behind the comma of a portal");
            return 0;
        }
        int group = table.integer("group", 0, 1, GROUP_MAX);
        if (group > 0 && !groups.contains(group)) {
            table.wrong(
                    "group",
                    "no portal is in that group",
                    "there are " + groups + "; write a portal as \"ADDRESS:PORT," + group + "\"");
        }
        return group;
    }
}
