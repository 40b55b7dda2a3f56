// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.handler.DeviceConfig;
import io.sluice.handler.DeviceConfigException;
import io.sluice.handler.GroupMember;
import io.sluice.handler.OperationException;
import io.sluice.vtl.operation.LibraryGroupProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code [[library]]} and the journal of the library that it names. */
final class LibraryGroupTest {
    private final LibraryGroupProvider provider = new LibraryGroupProvider();

    @TempDir
    Path directory;

    private DeviceConfig config(Map<String, ?> keys) {
        Map<String, Object> all = new HashMap<>(keys);
        all.put("path", directory.toString());
        return DeviceConfig.of("vtl", all);
    }

    private List<GroupMember> expand(Map<String, ?> keys) throws DeviceConfigException {
        provider.check(config(keys));
        return provider.expand(config(keys));
    }

    @Test
    void shouldBeAChangerAtLunZeroAndItsDrivesBehind() throws Exception {
        List<GroupMember> members = expand(Map.of("drives", 3, "slots", 9, "capacity", "1GiB", "model", "lto-9"));
        assertThat(members)
                .extracting(GroupMember::name)
                .containsExactly("vtl-changer", "vtl-drive-1", "vtl-drive-2", "vtl-drive-3");
        assertThat(members).extracting(GroupMember::lun).containsExactly(0, 1, 2, 3);
        assertThat(members)
                .extracting(GroupMember::type)
                .containsExactly("vtl-changer", "vtl-drive", "vtl-drive", "vtl-drive");
        Map<String, Object> changer =
                Map.of("drives", 3L, "slots", 9L, "capacity", 1L << 30, "path", directory.toString());
        assertThat(members.getFirst().keys()).isEqualTo(changer);
        Map<String, Object> drive = new HashMap<>(changer);
        drive.put("drive", 3);
        drive.put("model", "lto-9");
        assertThat(members.getLast().keys()).isEqualTo(drive);
    }

    @Test
    void shouldHaveTheDrivesThatItsInventoryHas() throws Exception {
        LibrarySpec spec = LibraryConfig.parse(config(Map.of("drives", 2, "cartridges", 0)));
        Library library = Libraries.open(spec, new LabelledStore(), new JournalFile(spec.inventory()));
        try {
            assertThat(expand(Map.of("drives", 9))).hasSize(1 + 2);
            new LibraryOperator(library).addDrives(3);
            assertThat(expand(Map.of("drives", 2))).as("while it is used").hasSize(1 + 5);
        } finally {
            library.close();
        }
        assertThat(expand(Map.of("drives", 1))).hasSize(1 + 5);
    }

    @Test
    void shouldLeaveADamagedInventoryToWhoOpensIt() throws Exception {
        Files.writeString(directory.resolve("inventory"), "no journal");
        assertThat(expand(Map.of("drives", 4))).hasSize(1 + 4);
    }

    @Test
    void shouldSayWhatIsWrongWithItsTable() {
        assertThatThrownBy(() -> provider.check(config(Map.of("drives", 257)))).hasMessageContaining("256");
        assertThatThrownBy(() -> provider.check(config(Map.of("model", "dds")))).hasMessageContaining("\"lto-8\"");
    }

    @Test
    void shouldRefuseCommandsWhileItsDevicesAreNotOpen() {
        assertThatThrownBy(() -> provider.operate(config(Map.of()), "tape", List.of("list")))
                .isInstanceOf(OperationException.class)
                .hasMessageContaining("not open");
    }
}
