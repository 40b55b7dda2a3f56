// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Devices that belong together and come from one table of the configuration, such as a library with its changer and drives. Found
 * by {@link java.util.ServiceLoader}, in a plugin that has a {@link DeviceProvider} for each type that it names.
 *
 * <p>The appliance reads {@code name}, {@code target}, {@code handler} and {@code timeout} of such a table itself: the group's name,
 * the target that has its LUNs, the process that serves all of its devices, and their timeouts. All other keys are the provider's.
 */
public interface DeviceGroupProvider {
    /** The table's word: {@code "library"} is for {@code [[library]]}; lower-case letters, digits, hyphens. */
    String word();

    /**
     * Checks the table, as {@link DeviceProvider#check} does; opens, makes and locks nothing.
     *
     * @throws DeviceConfigException the first error found
     */
    void check(DeviceConfig config) throws DeviceConfigException;

    /**
     * The group's devices, as it is now: where its own state says how many there are, that counts and not the table. Changes nothing;
     * a daemon may use the group meanwhile. State that cannot be read counts as none: whoever opens the devices reports it.
     *
     * @param config has passed {@link #check}
     */
    List<GroupMember> expand(DeviceConfig config) throws DeviceConfigException;

    /** The first words of the commands that {@link #operate} knows: {@code sluice NOUN VERB ARGUMENT...}. */
    default Set<String> nouns() {
        return Set.of();
    }

    /**
     * Carries out an operator's command on a group whose devices this process serves. Called from any thread, also at the same time
     * as others and as commands of initiators. May take long.
     *
     * <p>The verb {@code list} is asked of every group when the operator names none; answers are joined, array by array.
     *
     * @param config the group's table
     * @param noun one of {@link #nouns}
     * @param arguments the verb, and what comes behind it
     * @return what {@code --json} prints: text, numbers, booleans, lists and maps of them. A list of maps is shown as a
     *     table; {@code ok} = false makes the exit status 1.
     * @throws OperationException if it is refused; nothing was changed
     * @throws IOException if storage fails; the message names path and remedy
     */
    default Map<String, ?> operate(DeviceConfig config, String noun, List<String> arguments)
            throws OperationException, DeviceConfigException, IOException {
        throw new OperationException(noun + ": no such command");
    }
}
