// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

/** A cartridge that {@link Library#lend} gave to an operator's command; closing gives it back. */
public interface Loan extends AutoCloseable {
    @Override
    void close();
}
