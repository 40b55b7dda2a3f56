// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The name of a handler process. It becomes part of file names in HOME/run and HOME/log, and of a session's name. */
public final class HandlerName {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,31}");

    /** sun_path has 108 bytes, the last one is zero. */
    private static final int LONGEST_SOCKET_PATH = 107;

    private HandlerName() {}

    /** What the files of a process begin with: the main one's have the plain names. */
    public static String stem(String plain, String handler) {
        return handler.equals(ApplianceConfig.MAIN_HANDLER) ? plain : plain + "-" + handler;
    }

    /** The Unix socket of a handler process for the operator's requests. */
    public static Path adminSocket(Path home, String handler) {
        return home.resolve("run").resolve(stem("admin", handler) + ".sock");
    }

    /** Reports a name that is none, or is too long for this home. */
    static void check(Table table, String key, String name, Path home) {
        if (!NAME.matcher(name).matches()) {
            table.wrong(
                    key,
                    "is no name of a handler process",
                    "use 1 to 32 letters, digits, hyphens and underscores, or leave the key out (\""
                            + ApplianceConfig.MAIN_HANDLER + "\")");
            return;
        }
        Path socket = adminSocket(home, name);
        int excess = socket.toString().getBytes(StandardCharsets.UTF_8).length - LONGEST_SOCKET_PATH;
        if (excess > 0) {
            table.wrong(
                    key,
                    "the path of its socket, " + socket + ", is too long by " + excess + " bytes",
                    "shorten the name, or choose a shorter --home DIR");
        }
    }
}
