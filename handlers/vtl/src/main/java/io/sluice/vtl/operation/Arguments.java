// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.operation;

import io.sluice.handler.DeviceConfig;
import io.sluice.handler.OperationException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A command's verb, the words behind it, and its options, {@code --key value}.
 *
 * @param verb empty if there is none
 * @param options by key, without the hyphens
 */
record Arguments(String verb, List<String> words, Map<String, String> options) {
    Arguments {
        words = List.copyOf(words);
        options = Map.copyOf(options);
    }

    static Arguments parse(List<String> arguments) throws OperationException {
        List<String> words = new ArrayList<>();
        Map<String, String> options = new LinkedHashMap<>();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (!argument.startsWith("--")) {
                words.add(argument);
                continue;
            }
            int equals = argument.indexOf('=');
            if (equals > 0) {
                options.put(argument.substring(2, equals), argument.substring(equals + 1));
            } else if (i + 1 < arguments.size()) {
                options.put(argument.substring(2), arguments.get(++i));
            } else {
                throw new OperationException(argument + " has no value: write " + argument + " VALUE");
            }
        }
        String verb = words.isEmpty() ? "" : words.removeFirst();
        return new Arguments(verb, words, options);
    }

    /**
     * Refuses another number of words, and options where none are known.
     *
     * @param usage what to write instead
     */
    Arguments want(int atLeast, int atMost, String usage) throws OperationException {
        if (words.size() < atLeast || words.size() > atMost) {
            throw new OperationException("usage: sluice " + usage);
        }
        return this;
    }

    /** The same for a verb that has no options. */
    Arguments wantWords(int atLeast, int atMost, String usage) throws OperationException {
        if (!options.isEmpty()) {
            throw new OperationException(
                    "unknown option --" + options.keySet().iterator().next() + "; usage: sluice " + usage);
        }
        return want(atLeast, atMost, usage);
    }

    String word(int index) {
        return words.get(index);
    }

    /** A whole number; {@code otherwise} if that word is not there. */
    int number(int index, int otherwise, int min, int max, String what) throws OperationException {
        if (index >= words.size()) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(words.get(index));
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException none) {
            // as one that is out of range
        }
        throw new OperationException(
                what + " \"" + words.get(index) + "\": write a whole number from " + min + " to " + max);
    }

    /** The option {@code key}, a whole number from 0; {@code otherwise} without it. Refuses options that are not {@code key}. */
    long option(String key, long otherwise, String usage) throws OperationException {
        String text = only(key, usage);
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException none) {
            // as one that is negative
        }
        throw new OperationException("--" + key + " \"" + text + "\": write a whole number from 0");
    }

    /** The option {@code key}, yes or no; no without it. Refuses options that are not {@code key}. */
    boolean flag(String key, String usage) throws OperationException {
        return switch (only(key, usage)) {
            case "yes" -> true;
            case "no", "" -> false;
            default -> throw new OperationException("--" + key + ": write yes or no");
        };
    }

    private String only(String key, String usage) throws OperationException {
        for (String option : options.keySet()) {
            if (!option.equals(key)) {
                throw new OperationException("unknown option --" + option + "; usage: sluice " + usage);
            }
        }
        return options.getOrDefault(key, "");
    }

    /** Options as a table of the configuration: they are written and checked as keys are. */
    DeviceConfig table(String word, String name) {
        return DeviceConfig.of(word, name, options, Path.of(""), Set.of(), key -> 0);
    }
}
