// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.operation;

import io.sluice.handler.DeviceConfig;
import io.sluice.handler.DeviceConfigException;
import io.sluice.handler.DeviceGroupProvider;
import io.sluice.handler.GroupMember;
import io.sluice.handler.OperationException;
import io.sluice.vtl.drive.DriveModel;
import io.sluice.vtl.library.Geometry;
import io.sluice.vtl.library.Libraries;
import io.sluice.vtl.library.Library;
import io.sluice.vtl.library.LibraryConfig;
import io.sluice.vtl.library.LibrarySpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * {@code [[library]]}: a changer at LUN 0 and drives at LUN 1 and up. The keys are those of {@link LibraryConfig}, and {@code model} of
 * the drives. How many drives there are is the inventory's to say once there is one (docs/decisions/0015).
 */
public final class LibraryGroupProvider implements DeviceGroupProvider {
    /** Those of {@link LibraryConfig} that are whole numbers, and those that are text. */
    private static final List<String> NUMBERS = List.of("drives", "mail_slots", "slots", "cartridges");

    private static final List<String> TEXTS = List.of("path", "medium", "barcode_prefix");

    @Override
    public String word() {
        return "library";
    }

    @Override
    public void check(DeviceConfig config) throws DeviceConfigException {
        LibraryConfig.parse(config);
        model(config);
    }

    private static DriveModel model(DeviceConfig config) throws DeviceConfigException {
        return config.oneOf("model", DriveModel.LTO_8);
    }

    @Override
    public List<GroupMember> expand(DeviceConfig config) throws DeviceConfigException {
        Map<String, Object> keys = keys(config);
        List<GroupMember> members = new ArrayList<>();
        members.add(new GroupMember(config.name() + "-changer", 0, "vtl-changer", keys));
        String model = model(config).name().toLowerCase(Locale.ROOT).replace('_', '-');
        int drives = drives(LibraryConfig.parse(config));
        for (int drive = 1; drive <= drives; drive++) {
            Map<String, Object> own = new LinkedHashMap<>(keys);
            own.put("drive", drive);
            own.put("model", model);
            members.add(new GroupMember(config.name() + "-drive-" + drive, drive, "vtl-drive", own));
        }
        return members;
    }

    /** What is written there, for each of the devices to read. */
    private static Map<String, Object> keys(DeviceConfig config) throws DeviceConfigException {
        Map<String, Object> keys = new LinkedHashMap<>();
        for (String key : NUMBERS) {
            if (config.has(key)) {
                keys.put(key, config.integer(key, 0, 0, Geometry.MAX_SLOTS));
            }
        }
        for (String key : TEXTS) {
            if (config.has(key)) {
                keys.put(key, config.string(key));
            }
        }
        if (config.has("capacity")) {
            keys.put("capacity", config.bytes("capacity"));
        }
        return keys;
    }

    private static int drives(LibrarySpec spec) {
        try {
            return Libraries.geometry(spec).orElse(spec.geometry()).drives();
        } catch (IOException unreadable) {
            return spec.geometry().drives(); // whoever opens it says what is wrong
        }
    }

    @Override
    public Set<String> nouns() {
        return Set.of("library", "tape", "drive");
    }

    @Override
    public Map<String, ?> operate(DeviceConfig config, String noun, List<String> arguments)
            throws OperationException, DeviceConfigException, IOException {
        LibrarySpec spec = LibraryConfig.parse(config);
        Library library = Libraries.join(spec)
                .orElseThrow(() -> new OperationException("library \"" + config.name() + "\" at " + spec.directory()
                        + " is not open: ./sluice status and the log of its handler tell why"));
        try {
            return operate(config.name(), library, noun, Arguments.parse(arguments));
        } finally {
            Libraries.close(library);
        }
    }

    /** The same for a library that is open. */
    static Map<String, ?> operate(String name, Library library, String noun, Arguments arguments)
            throws OperationException, DeviceConfigException, IOException {
        return switch (noun) {
            case "library" -> new LibraryOperation(name, library).run(arguments);
            case "tape" -> new TapeOperation(name, library).run(arguments);
            case "drive" -> new DriveOperation(name, library).run(arguments);
            default -> throw new OperationException(noun + ": it is library, tape or drive");
        };
    }
}
