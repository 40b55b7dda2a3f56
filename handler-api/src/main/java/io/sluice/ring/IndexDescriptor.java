// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import io.sluice.handler.HotPath;
import java.lang.foreign.MemorySegment;

/**
 * The indices of one ring: {@code struct sluice_gw_index}, which the gateway writes, and {@code struct
 * sluice_user_index}, which the handler writes. Each index has two cache lines of its own.
 *
 * <pre>
 *        gateway writes        handler writes
 *    0   sub_producer          sub_consumer
 *  128   comp_consumer         comp_producer
 *  256   sleeping              sleeping (futex word)
 *  260   cpu
 *  384
 * </pre>
 */
final class IndexDescriptor {
    static final int SUBMISSION = 0;
    static final int COMPLETION = Abi.CACHE_LINE;
    static final int SLEEPING = 2 * Abi.CACHE_LINE;
    static final int CPU = SLEEPING + 4;
    static final int SIZE = 3 * Abi.CACHE_LINE;

    private final MemorySegment gateway;
    private final long gatewayOffset;
    private final MemorySegment user;
    private final long userOffset;
    private final long futexWord;

    IndexDescriptor(MemorySegment gateway, long gatewayOffset, MemorySegment user, long userOffset) {
        this.gateway = gateway;
        this.gatewayOffset = gatewayOffset;
        this.user = user;
        this.userOffset = userOffset;
        this.futexWord = user.address() + userOffset + SLEEPING;
    }

    /** Pairs with the gateway's release after it filled descriptor and slot. */
    @HotPath
    int loadSubProducerAcquire() {
        return Layout.loadAcquire(gateway, gatewayOffset + SUBMISSION);
    }

    @HotPath
    int loadSubConsumerAcquire() {
        return Layout.loadAcquire(user, userOffset + SUBMISSION);
    }

    @HotPath
    void storeSubConsumerRelease(int index) {
        Layout.storeRelease(user, userOffset + SUBMISSION, index);
    }

    @HotPath
    int loadCompConsumerAcquire() {
        return Layout.loadAcquire(gateway, gatewayOffset + COMPLETION);
    }

    /** Pairs with the gateway's acquire: slot and response are filled before. */
    @HotPath
    void storeCompProducerRelease(int index) {
        Layout.storeRelease(user, userOffset + COMPLETION, index);
    }

    @HotPath
    int loadCompProducerAcquire() {
        return Layout.loadAcquire(user, userOffset + COMPLETION);
    }

    /** The gateway thread sleeps, or is about to; after a full fence. */
    @HotPath
    boolean isGatewaySleeping() {
        return Layout.loadVolatile(gateway, gatewayOffset + SLEEPING) != 0;
    }

    /** Where the gateway would have the thread of this ring: the number of a processor, plus 1; 0: anywhere. */
    @HotPath
    int wishedCpu() {
        return Layout.i32(gateway, gatewayOffset + CPU);
    }

    @HotPath
    void storeSleepingVolatile(int value) {
        Layout.storeVolatile(user, userOffset + SLEEPING, value);
    }

    /** True for the one caller that lowered the flag of a sleeper and now has to wake it. */
    @HotPath
    boolean claimSleeper() {
        return Layout.loadVolatile(user, userOffset + SLEEPING) != 0
                && Layout.compareAndSet(user, userOffset + SLEEPING, 1, 0);
    }

    /** Address of the futex word on which the handler sleeps. */
    long futexWord() {
        return futexWord;
    }

    // ---- the gateway's half, for the in-process double

    void storeSubProducerRelease(int index) {
        Layout.storeRelease(gateway, gatewayOffset + SUBMISSION, index);
    }

    void storeCompConsumerRelease(int index) {
        Layout.storeRelease(gateway, gatewayOffset + COMPLETION, index);
    }
}
