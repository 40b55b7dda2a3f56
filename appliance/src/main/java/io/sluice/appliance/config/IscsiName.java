// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.config;

import java.util.Optional;
import java.util.regex.Pattern;

/** iSCSI names (RFC 7143 4.2.7): iqn., eui. and naa. forms. */
final class IscsiName {
    private static final int LONGEST = 223;
    private static final Pattern IQN = Pattern.compile("iqn\\.\\d{4}-(0[1-9]|1[0-2])\\.[a-z0-9][a-z0-9.-]*(:[^\\s]+)?");
    private static final Pattern EUI = Pattern.compile("eui\\.[0-9A-Fa-f]{16}");
    private static final Pattern NAA = Pattern.compile("naa\\.([0-9A-Fa-f]{16}|[0-9A-Fa-f]{32})");

    private IscsiName() {}

    /** What is wrong with a name, and the remedy; empty when nothing is. */
    static Optional<String> problem(String name) {
        if (name.length() > LONGEST) {
            return Optional.of(
                    "has " + name.length() + " characters; at most " + LONGEST + " are allowed (RFC 7143 4.2.7.1)");
        }
        if (!name.equals(name.toLowerCase(java.util.Locale.ROOT)) && name.startsWith("iqn.")) {
            return Optional.of("has upper-case letters; write it in lower case (RFC 7143 4.2.7.2)");
        }
        if (IQN.matcher(name).matches()
                || EUI.matcher(name).matches()
                || NAA.matcher(name).matches()) {
            return Optional.empty();
        }
        return Optional.of(
                "is no iSCSI name; write one like \"iqn.2026-11.com.example:disk\" (year and month in which you held"
                        + " the domain, the domain reversed, a colon, any word)");
    }
}
