// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.kit;

import io.sluice.scsi.ParameterWriter;

/** Log parameters (SPC-5 7.3.2): code, control byte, length, value. Those below PARAMETER POINTER are left out. */
public final class LogParameters {
    /** FORMAT AND LINKING 11b, a binary list, with TSD: not saved by the device. */
    public static final int BINARY_LIST = 0x03;
    /** FORMAT AND LINKING 01b: an ASCII list. */
    public static final int ASCII_LIST = 0x01;
    /** FORMAT AND LINKING 00b: a bounded counter. */
    public static final int COUNTER = 0x00;

    private final ParameterWriter out;
    private final int from;
    private final boolean defaults;
    private int highest = -1;

    LogParameters(ParameterWriter out, int from, boolean defaults) {
        this.out = out;
        this.from = from;
        this.defaults = defaults;
    }

    /** A counter of {@code bytes} bytes, 1 to 8; zero where default values are asked for. */
    public LogParameters counter(int code, int bytes, long value) {
        if (begin(code, COUNTER, bytes)) {
            long shown = defaults ? 0 : value;
            for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
                out.u8((int) (shown >>> shift));
            }
        }
        return this;
    }

    /** A parameter of any bytes. */
    public LogParameters list(int code, int control, byte[] value) {
        if (begin(code, control, value.length)) {
            out.bytes(value);
        }
        return this;
    }

    private boolean begin(int code, int control, int length) {
        highest = Math.max(highest, code);
        if (code < from) {
            return false;
        }
        out.u16(code).u8(control).u8(length);
        return true;
    }

    int highest() {
        return highest;
    }
}
