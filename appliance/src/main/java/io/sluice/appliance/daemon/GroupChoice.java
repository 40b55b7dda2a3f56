// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import io.sluice.appliance.config.ApplianceConfig.DeviceGroup;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Which groups an operator's command is for, and how the answers of several become one. */
final class GroupChoice {
    private GroupChoice() {}

    /**
     * The group that the arguments name with {@code --WORD NAME}, which are taken out of them; if they do not, the only one, or for
     * {@code list} every one.
     *
     * @param groups all of the configuration
     * @throws AdminException if there is none, or several of which none is named
     */
    static List<DeviceGroup> take(List<DeviceGroup> groups, String noun, List<String> arguments) throws AdminException {
        List<DeviceGroup> knowing = groups.stream()
                .filter(group -> group.provider().nouns().contains(noun))
                .toList();
        if (knowing.isEmpty()) {
            TreeSet<String> nouns = new TreeSet<>();
            groups.forEach(group -> nouns.addAll(group.provider().nouns()));
            throw new AdminException("nothing that is configured has commands \"" + noun + "\": there are " + nouns
                    + ", of tables such as [[library]]");
        }
        String option = "--" + knowing.getFirst().word();
        Optional<String> name = take(option, arguments);
        List<String> names = knowing.stream().map(DeviceGroup::name).toList();
        if (name.isPresent()) {
            List<DeviceGroup> named = knowing.stream()
                    .filter(group -> group.name().equals(name.get()))
                    .toList();
            if (named.isEmpty()) {
                throw new AdminException(
                        option + " " + name.get() + ": no such one: there are " + String.join(", ", names));
            }
            return named;
        }
        if (knowing.size() == 1 || (!arguments.isEmpty() && arguments.getFirst().equals("list"))) {
            return knowing;
        }
        throw new AdminException(
                "there are several: name one with " + option + " NAME, of " + String.join(", ", names));
    }

    private static Optional<String> take(String option, List<String> arguments) {
        int at = arguments.indexOf(option);
        if (at >= 0 && at + 1 < arguments.size()) {
            arguments.remove(at);
            return Optional.of(arguments.remove(at));
        }
        for (int i = 0; i < arguments.size(); i++) {
            if (arguments.get(i).startsWith(option + "=")) {
                return Optional.of(arguments.remove(i).substring(option.length() + 1));
            }
        }
        return Optional.empty();
    }

    /** Adds an answer to those before: arrays of the same name are joined, the last of other values counts. */
    static void join(ObjectNode all, ObjectNode answer) {
        answer.properties().forEach(field -> {
            JsonNode before = all.get(field.getKey());
            if (before instanceof ArrayNode array && field.getValue() instanceof ArrayNode more) {
                array.addAll(more);
            } else {
                all.set(field.getKey(), field.getValue());
            }
        });
    }
}
