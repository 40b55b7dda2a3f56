// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import io.sluice.handler.HotPath;

/** An open file of the module's device. */
record DeviceFile(int fd) implements RingCalls {
    @Override
    @HotPath
    public int enter(long enter) {
        return Linux.ioctl(fd, Abi.IOC_ENTER, enter);
    }

    @Override
    @HotPath
    public void wake(int queue) {
        int ignored = Linux.ioctl(fd, Abi.IOC_WAKE, queue & 0xFFFF_FFFFL);
    }

    @Override
    public void close() {
        Linux.close(fd);
    }
}
