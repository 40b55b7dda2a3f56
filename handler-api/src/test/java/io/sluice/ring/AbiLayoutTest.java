// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.handler.Pace;
import io.sluice.handler.Recovery;
import io.sluice.handler.TaskManagementFunction;
import io.sluice.scsi.DataDirection;
import io.sluice.scsi.TaskAttribute;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every layout constant here must be what the C compiler makes of abi.h. */
class AbiLayoutTest {
    private static final Path GATEWAY = Path.of("../kernel-gateway");
    private static final Path DUMP = GATEWAY.resolve("build/release/abi-dump");
    private static final Map<String, Long> C = new HashMap<>();

    @BeforeAll
    static void dump() throws IOException, InterruptedException {
        if (!Files.isExecutable(DUMP)) {
            run("make", "-s", "-C", GATEWAY.toString(), "build/release/abi-dump");
        }
        Assumptions.assumeTrue(
                Files.isExecutable(DUMP),
                "SKIPPED: " + DUMP + " is absent and make cannot build it: install gcc, make");
        for (String line : run(DUMP.toString()).lines().toList()) {
            String[] words = line.split(" ", 2);
            C.put(words[0], Long.parseUnsignedLong(words[1].strip()));
        }
        assertThat(C).hasSizeGreaterThan(200);
    }

    private static String run(String... command) throws IOException, InterruptedException {
        try {
            Process process = new ProcessBuilder(command).start();
            byte[] output = process.getInputStream().readAllBytes();
            process.waitFor();
            return new String(output, StandardCharsets.UTF_8);
        } catch (IOException absent) {
            return "";
        }
    }

    @Test
    void shouldHaveTheConstantsOfTheHeader() throws IllegalAccessException {
        List<String> wrong = new ArrayList<>();
        for (Field field : Abi.class.getDeclaredFields()) {
            if (!Modifier.isPublic(field.getModifiers())) {
                continue;
            }
            Object value = field.get(null);
            long java = value instanceof Long number ? number : ((Integer) value) & 0xFFFF_FFFFL;
            String name = "SLUICE_" + (field.getName().equals("VERSION") ? "ABI_VERSION" : field.getName());
            if (field.getName().equals("TMF_MAX")) {
                name = "SLUICE_TMF_QUERY_ASYNC_EVENT";
            }
            compare(name, java, wrong);
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void shouldHaveTheEnumerationsOfTheHeader() {
        List<String> wrong = new ArrayList<>();
        for (TaskManagementFunction function : TaskManagementFunction.values()) {
            compare("SLUICE_TMF_" + function.name(), function.code(), wrong);
        }
        for (TaskAttribute attribute : TaskAttribute.values()) {
            compare("SLUICE_ATTR_" + attribute.name(), attribute.code(), wrong);
        }
        for (DataDirection direction : DataDirection.values()) {
            compare("SLUICE_DIR_" + direction.name(), direction.code(), wrong);
        }
        for (Pace pace : Pace.values()) {
            compare("SLUICE_PACE_" + pace.name(), pace.code(), wrong);
        }
        compare("SLUICE_PACES", Pace.values().length, wrong);
        for (Recovery recovery : Recovery.values()) {
            compare("SLUICE_RECOVERY_" + recovery.name(), recovery.code(), wrong);
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void shouldHaveTheOffsetsOfTheHeader() throws IllegalAccessException {
        List<String> wrong = new ArrayList<>();
        structure("sluice_control", ControlDescriptor.class, "", wrong);
        structure("sluice_desc", CommandDescriptor.class, "", wrong);
        structure("sluice_completion", CompletionDescriptor.class, "", wrong);
        structure("sluice_event", AdminDescriptor.class, "EVENT_", wrong);
        structure("sluice_enter", EnterDescriptor.class, "", wrong);
        structure("sluice_request", AdminDescriptor.class, "REQUEST_", wrong);
        structure("sluice_msg", MessageDescriptor.class, "", wrong);
        structure("sluice_hello", MessageDescriptor.Hello.class, "", wrong);
        structure("sluice_session_open", MessageDescriptor.SessionOpen.class, "", wrong);
        structure("sluice_session_opened", MessageDescriptor.SessionOpened.class, "", wrong);
        structure("sluice_device_add", MessageDescriptor.DeviceAdd.class, "", wrong);
        structure("sluice_device_added", MessageDescriptor.DeviceAdded.class, "", wrong);
        structure("sluice_reservation_restore", MessageDescriptor.ReservationRestore.class, "", wrong);
        structure("sluice_reservation_restored", MessageDescriptor.ReservationRestored.class, "", wrong);
        structure("sluice_device_remove", MessageDescriptor.DeviceRemove.class, "", wrong);
        structure("sluice_portal", MessageDescriptor.Portal.class, "", wrong);
        structure("sluice_target", MessageDescriptor.Target.class, "", wrong);
        structure("sluice_target_port", MessageDescriptor.TargetPort.class, "", wrong);
        structure("sluice_group", MessageDescriptor.Group.class, "", wrong);
        structure("sluice_group_initiator", MessageDescriptor.GroupInitiator.class, "", wrong);
        structure("sluice_lun", MessageDescriptor.Lun.class, "", wrong);
        structure("sluice_access_state", MessageDescriptor.AccessState.class, "", wrong);
        structure("sluice_auth", MessageDescriptor.Auth.class, "", wrong);
        structure("sluice_cursor", MessageDescriptor.Cursor.class, "", wrong);
        structure("sluice_gateway_info", MessageDescriptor.GatewayInfo.class, "", wrong);
        structure("sluice_device_info", MessageDescriptor.DeviceInfo.class, "", wrong);
        structure("sluice_nexus_info", MessageDescriptor.NexusInfo.class, "", wrong);
        structure("sluice_session_info", MessageDescriptor.SessionInfo.class, "", wrong);
        structure("sluice_command_cursor", MessageDescriptor.CommandCursor.class, "", wrong);
        structure("sluice_command_page", MessageDescriptor.CommandPage.class, "", wrong);
        structure("sluice_command_info", MessageDescriptor.CommandInfo.class, "", wrong);
        assertThat(wrong).isEmpty();
    }

    @Test
    void shouldHaveTheIndicesOfTheHeader() {
        List<String> wrong = new ArrayList<>();
        compare("sluice_gw_index.sub_producer.offset", IndexDescriptor.SUBMISSION, wrong);
        compare("sluice_gw_index.comp_consumer.offset", IndexDescriptor.COMPLETION, wrong);
        compare("sluice_gw_index.sleeping.offset", IndexDescriptor.SLEEPING, wrong);
        compare("sluice_gw_index.cpu.offset", IndexDescriptor.CPU, wrong);
        compare("sluice_gw_index.size", IndexDescriptor.SIZE, wrong);
        compare("sluice_user_index.sub_consumer.offset", IndexDescriptor.SUBMISSION, wrong);
        compare("sluice_user_index.comp_producer.offset", IndexDescriptor.COMPLETION, wrong);
        compare("sluice_user_index.sleeping.offset", IndexDescriptor.SLEEPING, wrong);
        compare("sluice_user_index.size", IndexDescriptor.SIZE, wrong);
        compare("sluice_response.sense.offset", CompletionDescriptor.RESPONSE_SENSE, wrong);
        compare("sluice_response.size", CompletionDescriptor.RESPONSE_SIZE, wrong);
        compare("sluice_error.text.size", MessageDescriptor.ERROR_TEXT, wrong);
        assertThat(wrong).isEmpty();
    }

    private static void structure(String name, Class<?> layout, String prefix, List<String> wrong)
            throws IllegalAccessException {
        int compared = 0;
        for (Field field : layout.getDeclaredFields()) {
            int modifiers = field.getModifiers();
            String constant = field.getName();
            boolean belongs = field.getType() == int.class
                    && Modifier.isStatic(modifiers)
                    && constant.startsWith(prefix)
                    && !constant.startsWith("RESPONSE_")
                    && !constant.equals("ERROR_TEXT");
            if (!belongs) {
                continue;
            }
            String member = constant.substring(prefix.length()).toLowerCase(Locale.ROOT);
            String key = member.equals("size") ? name + ".size" : name + "." + member + ".offset";
            compare(key, field.getInt(null), wrong);
            compared++;
        }
        assertThat(compared).as(name).isPositive();
    }

    private static void compare(String key, long java, List<String> wrong) {
        Long c = C.get(key);
        if (c == null || c != java) {
            wrong.add(key + ": Java " + java + ", C " + c);
        }
    }
}
