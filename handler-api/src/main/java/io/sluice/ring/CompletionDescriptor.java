// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

/**
 * One answer, {@code struct sluice_completion}: 32 bytes, and its {@code struct sluice_response}: 256 bytes, indexed by tag.
 *
 * <pre>
 *   0 tag            4 generation
 *   8 status   9 flags   10 sense_len   12 data_len
 *  16 delegate_off  24 delegate_file    28 delegate_len
 *  32
 * </pre>
 */
final class CompletionDescriptor {
    static final int TAG = 0;
    static final int GENERATION = 4;
    static final int STATUS = 8;
    static final int FLAGS = 9;
    static final int SENSE_LEN = 10;
    static final int DATA_LEN = 12;
    static final int DELEGATE_OFF = 16;
    static final int DELEGATE_FILE = 24;
    static final int DELEGATE_LEN = 28;
    static final int SIZE = 32;

    static final int RESPONSE_SENSE = 0;
    static final int RESPONSE_SIZE = 256;

    private CompletionDescriptor() {}
}
