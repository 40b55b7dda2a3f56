// SPDX-License-Identifier: Apache-2.0
/** Files and memory as the operating system has them, for devices whose data path needs more than {@code java.nio}. */
module io.sluice.posix {
    requires org.jspecify;

    exports io.sluice.posix;
}
