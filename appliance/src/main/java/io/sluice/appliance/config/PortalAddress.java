// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where something listens: a numeric address and a TCP port; a portal also has its portal group, which is its target port group
 * (SPC-5 5.18), written behind a comma as SendTargets does (RFC 7143 13.8).
 *
 * @param address IPv4 or IPv6, without brackets
 * @param port 0 to 65535; 0 takes a free one
 * @param group target portal group tag, 1 to 65535
 */
public record PortalAddress(String address, int port, int group) {
    /** The group of what names none. */
    public static final int DEFAULT_GROUP = 1;

    private static final Pattern FORM =
            Pattern.compile("(?:\\[([0-9A-Fa-f:.%\\w]+)]|([^:\\[\\]]+)):(\\d{1,5})(?:,(\\d{1,5}))?");
    private static final Pattern IPV4 = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})");

    /**
     * Parses {@code 127.0.0.1:3260}, {@code [::1]:3260}, or {@code 127.0.0.1:3261,2} of portal group 2.
     *
     * @throws IllegalArgumentException the message names problem and remedy
     */
    public static PortalAddress parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            throw new IllegalArgumentException(
                    "is not ADDRESS:PORT; write it like \"127.0.0.1:3260\" or \"[::1]:3260\"");
        }
        int port = Integer.parseInt(form.group(3));
        if (port > 65535) {
            throw new IllegalArgumentException(
                    "port " + port + " does not exist; choose one from 1 to 65535, or 0 for a free one");
        }
        String address = form.group(1) != null ? form.group(1) : form.group(2);
        boolean valid = form.group(1) != null ? validIpv6(address) : validIpv4(address);
        if (!valid) {
            throw new IllegalArgumentException(
                    "`" + address
                            + "` is no numeric IP address; write one like \"127.0.0.1:3260\", \"0.0.0.0:3260\" or \"[::]:3260\"");
        }
        int group = form.group(4) == null ? DEFAULT_GROUP : Integer.parseInt(form.group(4));
        if (group < 1 || group > 65535) {
            throw new IllegalArgumentException("portal group " + group + " does not exist; choose one from 1 to 65535");
        }
        return new PortalAddress(address, port, group);
    }

    /** In the default group. */
    public PortalAddress(String address, int port) {
        this(address, port, DEFAULT_GROUP);
    }

    /** The same with the port that was bound. */
    public PortalAddress withPort(int bound) {
        return new PortalAddress(address, bound, group);
    }

    private static boolean validIpv4(String address) {
        Matcher parts = IPV4.matcher(address);
        if (!parts.matches()) {
            return false;
        }
        for (int i = 1; i <= 4; i++) {
            if (Integer.parseInt(parts.group(i)) > 255) {
                return false;
            }
        }
        return true;
    }

    private static boolean validIpv6(String address) {
        String withoutZone = address.contains("%") ? address.substring(0, address.indexOf('%')) : address;
        try {
            return withoutZone.indexOf(':') >= 0 && java.net.Inet6Address.ofLiteral(withoutZone) != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** True for an address that only this machine reaches. */
    public boolean isLoopback() {
        return address.startsWith("127.") || address.equals("::1");
    }

    /** Address and port, as a URL has them. */
    public String authority() {
        return (address.indexOf(':') >= 0 ? "[" + address + "]" : address) + ":" + port;
    }

    @Override
    public String toString() {
        return authority() + (group == DEFAULT_GROUP ? "" : "," + group);
    }
}
