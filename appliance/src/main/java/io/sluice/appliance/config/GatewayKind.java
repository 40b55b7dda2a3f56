// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Which gateway the handlers serve at. */
public enum GatewayKind {
    /** sluiced, for initiators of iSCSI. */
    DAEMON,
    /** sluice.ko: this machine's own SCSI devices. */
    MODULE;

    /** As the configuration has it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<GatewayKind> parse(String word) {
        return Arrays.stream(values()).filter(kind -> kind.word().equals(word)).findFirst();
    }

    public static List<String> words() {
        return Arrays.stream(values()).map(GatewayKind::word).toList();
    }
}
