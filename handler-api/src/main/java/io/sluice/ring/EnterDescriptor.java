// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

/**
 * {@code struct sluice_enter}: what a thread of the handler says when it enters the module.
 *
 * <pre>
 *   0 queue    4 consumer    8 timeout_ns    16 reserved    24
 * </pre>
 */
final class EnterDescriptor {
    static final int QUEUE = 0;
    static final int CONSUMER = 4;
    static final int TIMEOUT_NS = 8;
    static final int RESERVED = 16;
    static final int SIZE = 24;

    private EnterDescriptor() {}
}
