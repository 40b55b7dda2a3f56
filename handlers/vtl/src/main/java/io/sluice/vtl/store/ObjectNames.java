// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.store;

/** Names of a cartridge's objects. */
final class ObjectNames {
    static final String LABEL = "label";
    /** What is kept beside the data; a cartridge without has never been in a drive that keeps anything. */
    static final String MEMORY = "memory";
    /** Of a cartridge whose label is deleted, and the rest soon. */
    static final String DELETED = "deleted";

    private ObjectNames() {}

    static String segments(int partition) {
        return "p" + partition + ".segments";
    }

    static String data(int partition, int segment) {
        return "p" + partition + "." + hex(segment) + ".data";
    }

    static String index(int partition, int segment) {
        return "p" + partition + "." + hex(segment) + ".index";
    }

    private static String hex(int segment) {
        String digits = Integer.toHexString(segment);
        return "0".repeat(8 - digits.length()) + digits;
    }
}
