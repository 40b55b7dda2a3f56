// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.appliance.config.ApplianceConfig.DeviceGroup;
import io.sluice.handler.DeviceConfig;
import io.sluice.handler.DeviceGroupProvider;
import io.sluice.handler.GroupMember;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

final class GroupChoiceTest {
    private static final class ShelfProvider implements DeviceGroupProvider {
        @Override
        public String word() {
            return "shelf";
        }

        @Override
        public void check(DeviceConfig config) {}

        @Override
        public List<GroupMember> expand(DeviceConfig config) {
            return List.of();
        }

        @Override
        public Set<String> nouns() {
            return Set.of("box");
        }
    }

    private static DeviceGroup shelf(String name) {
        return new DeviceGroup(name, "main", List.of(), new ShelfProvider(), () -> DeviceConfig.of(name, Map.of()));
    }

    private final DeviceGroup a = shelf("a");
    private final DeviceGroup b = shelf("b");

    private static List<String> words(String... words) {
        return new ArrayList<>(List.of(words));
    }

    @Test
    void shouldTakeTheOnlyOneUnnamed() throws AdminException {
        assertThat(GroupChoice.take(List.of(a), "box", words("open", "1"))).containsExactly(a);
    }

    @Test
    void shouldTakeTheOneThatIsNamedAndItsNameOutOfTheArguments() throws AdminException {
        List<String> spaced = words("open", "--shelf", "b", "1");
        assertThat(GroupChoice.take(List.of(a, b), "box", spaced)).containsExactly(b);
        assertThat(spaced).containsExactly("open", "1");
        List<String> joined = words("open", "1", "--shelf=a");
        assertThat(GroupChoice.take(List.of(a, b), "box", joined)).containsExactly(a);
        assertThat(joined).containsExactly("open", "1");
    }

    @Test
    void shouldListThemAllAndAskForANameOtherwise() throws AdminException {
        assertThat(GroupChoice.take(List.of(a, b), "box", words("list"))).containsExactly(a, b);
        assertThatThrownBy(() -> GroupChoice.take(List.of(a, b), "box", words("open")))
                .isInstanceOf(AdminException.class)
                .hasMessageContaining("--shelf NAME")
                .hasMessageContaining("a, b");
    }

    @Test
    void shouldSayWhatThereIs() {
        assertThatThrownBy(() -> GroupChoice.take(List.of(a), "box", words("open", "--shelf", "c")))
                .hasMessageContaining("there are a");
        assertThatThrownBy(() -> GroupChoice.take(List.of(a), "bag", words("open")))
                .hasMessageContaining("[box]");
    }

    @Test
    void shouldJoinLists() {
        ObjectNode all = AdminProtocol.JSON.createObjectNode();
        ObjectNode one = AdminProtocol.JSON.createObjectNode();
        one.putArray("boxes").add("x");
        ObjectNode two = AdminProtocol.JSON.createObjectNode();
        two.putArray("boxes").add("y");
        GroupChoice.join(all, one);
        GroupChoice.join(all, two);
        assertThat(all.toString()).isEqualTo("{\"boxes\":[\"x\",\"y\"]}");
    }

    @Test
    void shouldShowValuesByLineAndListsAsTables() {
        ObjectNode answer =
                AdminProtocol.JSON.createObjectNode().put("name", "s").put("some_count", 2);
        answer.putArray("boxes").addObject().put("box", 1).put("in_it", "");
        answer.withArray("boxes").addObject().put("box", 12).put("in_it", "a cat");
        assertThat(OperationText.of(answer)).isEqualTo("""
                name        s
                some count  2

                BOX  IN IT
                1    -
                12   a cat
                """);
        ObjectNode none = AdminProtocol.JSON.createObjectNode();
        none.putArray("boxes");
        assertThat(OperationText.of(none)).isEqualTo("no boxes\n");
    }
}
