// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import io.sluice.appliance.config.ApplianceConfig;
import io.sluice.appliance.config.ByteSize;
import io.sluice.appliance.config.GatewayKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** The status object as text for people. */
public final class StatusText {
    private StatusText() {}

    public static String of(JsonNode status) {
        StringBuilder text = new StringBuilder();
        JsonNode gateway = status.path("gateway");
        boolean module = word(gateway, "kind").equals(GatewayKind.MODULE.word());
        text.append(module ? module(gateway) : daemon(gateway));
        JsonNode appliance = status.path("appliance");
        text.append("appliance  process %d, up %s%n"
                .formatted(number(appliance, "pid"), duration(number(appliance, "uptime_s"))));
        text.append(handlers(status.path("handlers")));
        List<String> portals = new ArrayList<>();
        status.path("portals").forEach(portal -> portals.add(portal.stringValue("")));
        text.append("portals    ")
                .append(module ? "none: its LUNs are devices of this machine" : String.join(", ", portals))
                .append('\n');
        text.append("metrics    ").append(metrics(status.path("metrics"))).append('\n');
        text.append('\n').append(luns(status.path("targets")));
        text.append('\n')
                .append(devices(status.path("devices"), status.path("handlers").size() > 1));
        text.append('\n').append(sessions(status.path("sessions")));
        text.append('\n').append(nexuses(status.path("nexuses")));
        return text.toString();
    }

    private static String daemon(JsonNode gateway) {
        return "gateway    process %d, up %s, %d event loop%s, %d commands, %d protocol errors, %d refused connections%n"
                .formatted(
                        number(gateway, "pid"),
                        duration(number(gateway, "uptime_s")),
                        number(gateway, "loops"),
                        number(gateway, "loops") == 1 ? "" : "s",
                        number(gateway, "commands"),
                        number(gateway, "protocol_errors"),
                        number(gateway, "connections_refused"));
    }

    private static String module(JsonNode gateway) {
        return "gateway    sluice.ko, up %s, %d commands, %d nexuses%n"
                .formatted(
                        duration(number(gateway, "uptime_s")), number(gateway, "commands"), number(gateway, "nexuses"));
    }

    /** Answers to {@code commands}. */
    public static String commands(JsonNode answer) {
        if (answer.path("commands").isEmpty()) {
            return "no command is live\n";
        }
        Columns columns = new Columns(
                "AGE", "STATE", "WAITS FOR", "LEFT", "DEVICE", "LUN", "CDB", "INITIATOR", "TAG", "SEQUENCE");
        for (JsonNode command : answer.path("commands")) {
            columns.row(
                    time(command, "age_s"),
                    word(command, "state") + (command.path("aborted").booleanValue(false) ? ", aborted" : ""),
                    word(command, "waits_for"),
                    command.has("left_s") ? time(command, "left_s") : "-",
                    word(command, "device"),
                    lun(word(command, "lun")),
                    word(command, "cdb"),
                    word(command, "initiator"),
                    Long.toHexString(number(command, "task_tag")),
                    "" + number(command, "sequence"));
        }
        return columns.toString();
    }

    /** As LUN maps have it; what is addressed in another way stays the eight bytes that it is (SAM-6 4.7). */
    private static String lun(String bytes) {
        boolean simple = bytes.matches("(00..|[4-7]...)0{12}");
        return simple ? "" + (Integer.parseInt(bytes.substring(0, 4), 16) & 0x3fff) : bytes;
    }

    private static String sessions(JsonNode sessions) {
        Columns columns = new Columns(
                "SESSION",
                "PROCESS",
                "STATE",
                "HEALTH",
                "DEVICES",
                "IN FLIGHT",
                "UNTAKEN",
                "WAITING",
                "OLDEST",
                "TIMEOUT",
                "ABORT",
                "FAULT");
        for (JsonNode session : sessions) {
            columns.row(
                    word(session, "name"),
                    "" + number(session, "pid"),
                    word(session, "state"),
                    session.path("stalled_s").doubleValue(0) > 0 ? "stalled " + time(session, "stalled_s") : "good",
                    "" + number(session, "devices"),
                    "" + number(session, "in_flight"),
                    "" + number(session, "untaken"),
                    "" + number(session, "waiting"),
                    time(session, "oldest_s"),
                    "" + number(session, "timeouts"),
                    "" + number(session, "aborts"),
                    "" + number(session, "faults"));
        }
        return columns.toString();
    }

    private static String time(JsonNode node, String key) {
        return "%.1f s".formatted(node.path(key).doubleValue(0));
    }

    /** The main one is the appliance. */
    private static String handlers(JsonNode handlers) {
        StringBuilder text = new StringBuilder();
        for (JsonNode handler : handlers) {
            if (word(handler, "name").equals(ApplianceConfig.MAIN_HANDLER)) {
                continue;
            }
            text.append("handler    ").append(word(handler, "name"));
            text.append(
                    handler.path("answers").booleanValue(false)
                            ? ", process %d, up %s%n"
                                    .formatted(number(handler, "pid"), duration(number(handler, "uptime_s")))
                            : ", does not answer\n");
        }
        return text.toString();
    }

    private static String metrics(JsonNode address) {
        return address.isString() ? "http://" + address.stringValue() + "/metrics" : "off";
    }

    private static String luns(JsonNode targets) {
        Columns columns = new Columns("TARGET", "GROUP", "LUN", "DEVICE");
        for (JsonNode target : targets) {
            for (JsonNode lun : target.path("luns")) {
                columns.row(word(target, "name"), word(lun, "group"), "" + number(lun, "lun"), word(lun, "device"));
            }
        }
        return columns.toString();
    }

    private static String devices(JsonNode devices, boolean severalHandlers) {
        List<String> titles = new ArrayList<>(List.of(
                "DEVICE",
                "TYPE",
                "STATE",
                "SIZE",
                "COMMANDS",
                "READ",
                "WRITTEN",
                "CHECK",
                "TIMEOUT",
                "ABORT",
                "LIVE",
                "OLDEST",
                "KEPT",
                "QUARANTINED",
                "TAKEOVERS"));
        if (severalHandlers) {
            titles.add(1, "HANDLER");
        }
        Columns columns = new Columns(titles.toArray(String[]::new));
        for (JsonNode device : devices) {
            List<String> cells = new ArrayList<>(List.of(
                    word(device, "name"),
                    word(device, "type"),
                    word(device, "state"),
                    device.has("capacity") ? ByteSize.format(number(device, "capacity")) : "-",
                    "" + number(device, "commands"),
                    ByteSize.format(number(device, "bytes_in")),
                    ByteSize.format(number(device, "bytes_out")),
                    "" + number(device, "check_conditions"),
                    "" + number(device, "timeouts"),
                    "" + number(device, "aborts"),
                    "" + number(device, "live"),
                    time(device, "oldest_s"),
                    "" + number(device, "kept"),
                    "" + number(device, "quarantined"),
                    "" + number(device, "takeovers")));
            if (severalHandlers) {
                cells.add(1, word(device, "handler"));
            }
            columns.row(cells.toArray(String[]::new));
        }
        return columns.toString();
    }

    private static String nexuses(JsonNode nexuses) {
        if (nexuses.isEmpty()) {
            return "no initiator is logged in\n";
        }
        Columns columns = new Columns("INITIATOR", "TARGET", "FROM", "LIVE", "COMMANDS");
        for (JsonNode nexus : nexuses) {
            columns.row(
                    word(nexus, "initiator"),
                    word(nexus, "target"),
                    word(nexus, "peer"),
                    "" + number(nexus, "live"),
                    "" + number(nexus, "commands"));
        }
        return columns.toString();
    }

    private static long number(JsonNode node, String key) {
        return node.path(key).longValue(0);
    }

    private static String word(JsonNode node, String key) {
        return node.path(key).stringValue("");
    }

    private static String duration(long seconds) {
        Duration up = Duration.ofSeconds(seconds);
        return up.toDays() > 0
                ? "%d d %02d:%02d".formatted(up.toDays(), up.toHoursPart(), up.toMinutesPart())
                : "%02d:%02d:%02d".formatted(up.toHours(), up.toMinutesPart(), up.toSecondsPart());
    }
}
