// SPDX-License-Identifier: Apache-2.0
package io.sluice.ring;

import java.lang.foreign.MemorySegment;

/**
 * The control page, {@code struct sluice_control}: first page of the gateway region. A handler computes no offset by
 * itself, all are here.
 *
 * <pre>
 *    0 magic             8 abi_version   12 state          16 features
 *   24 session          28 epoch         32 queues         36 depth
 *   40 admin_depth      44 max_buffer    48 gateway_bytes  56 handler_bytes
 *   64 gw_queue_off     72 gw_queue_stride
 *   80 gw_ring_off      84 gw_desc_off   88 gw_admin_off   96 gw_event_off
 *  104 user_queue_off  112 user_queue_stride
 *  120 user_comp_off   124 user_resp_off
 *  128 user_admin_off  136 user_request_off
 *  144 pool_off        152 pool_bytes   160 incarnation   168 grace_ns
 * </pre>
 */
public final class ControlDescriptor {
    static final int MAGIC = 0;
    static final int ABI_VERSION = 8;
    static final int STATE = 12;
    static final int FEATURES = 16;
    static final int SESSION = 24;
    static final int EPOCH = 28;
    static final int QUEUES = 32;
    static final int DEPTH = 36;
    static final int ADMIN_DEPTH = 40;
    static final int MAX_BUFFER = 44;
    static final int GATEWAY_BYTES = 48;
    static final int HANDLER_BYTES = 56;
    static final int GW_QUEUE_OFF = 64;
    static final int GW_QUEUE_STRIDE = 72;
    static final int GW_RING_OFF = 80;
    static final int GW_DESC_OFF = 84;
    static final int GW_ADMIN_OFF = 88;
    static final int GW_EVENT_OFF = 96;
    static final int USER_QUEUE_OFF = 104;
    static final int USER_QUEUE_STRIDE = 112;
    static final int USER_COMP_OFF = 120;
    static final int USER_RESP_OFF = 124;
    static final int USER_ADMIN_OFF = 128;
    static final int USER_REQUEST_OFF = 136;
    static final int POOL_OFF = 144;
    static final int POOL_BYTES = 152;
    static final int INCARNATION = 160;
    static final int GRACE_NS = 168;
    static final int SIZE = Abi.PAGE;

    private final MemorySegment region;

    public ControlDescriptor(MemorySegment gatewayRegion) {
        region = gatewayRegion;
    }

    /**
     * Refuses a page that this handler cannot serve.
     *
     * @throws NativeException EPROTO, with what is wrong
     */
    public void verify() throws NativeException {
        if (Layout.i64(region, MAGIC) != Abi.MAGIC) {
            throw new NativeException(
                    String.format("control page with magic %016Xh", Layout.i64(region, MAGIC)),
                    71,
                    "this is no Sluice session; is something else behind the socket?");
        }
        int version = Layout.i32(region, ABI_VERSION);
        if (version >>> 16 != Abi.VERSION >>> 16) {
            throw new NativeException(
                    "control page of ABI " + Abi.versionText(version),
                    71,
                    "this handler speaks ABI " + Abi.versionText(Abi.VERSION) + ": install both from one release");
        }
    }

    /** One of {@code Abi.SESSION_*}. */
    public int stateAcquire() {
        return Layout.loadAcquire(region, STATE);
    }

    public int session() {
        return Layout.i32(region, SESSION);
    }

    public int epoch() {
        return Layout.i32(region, EPOCH);
    }

    public int queues() {
        return Layout.i32(region, QUEUES);
    }

    public int depth() {
        return Layout.i32(region, DEPTH);
    }

    int adminDepth() {
        return Layout.i32(region, ADMIN_DEPTH);
    }

    long gatewayQueue(int queue) {
        return Layout.i64(region, GW_QUEUE_OFF) + queue * Layout.i64(region, GW_QUEUE_STRIDE);
    }

    long submissionRing(int queue) {
        return gatewayQueue(queue) + Layout.i32(region, GW_RING_OFF);
    }

    long descriptors(int queue) {
        return gatewayQueue(queue) + Layout.i32(region, GW_DESC_OFF);
    }

    long userQueue(int queue) {
        return Layout.i64(region, USER_QUEUE_OFF) + queue * Layout.i64(region, USER_QUEUE_STRIDE);
    }

    long completionRing(int queue) {
        return userQueue(queue) + Layout.i32(region, USER_COMP_OFF);
    }

    long responses(int queue) {
        return userQueue(queue) + Layout.i32(region, USER_RESP_OFF);
    }

    long gatewayAdmin() {
        return Layout.i64(region, GW_ADMIN_OFF);
    }

    long events() {
        return Layout.i64(region, GW_EVENT_OFF);
    }

    long userAdmin() {
        return Layout.i64(region, USER_ADMIN_OFF);
    }

    long requests() {
        return Layout.i64(region, USER_REQUEST_OFF);
    }

    long pool() {
        return Layout.i64(region, POOL_OFF);
    }

    long poolBytes() {
        return Layout.i64(region, POOL_BYTES);
    }
}
