// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.e2e;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Stands between an initiator that knows no data digest (libiscsi 1.19) and the target: toward the target it negotiates header
 * and data digests and makes and checks them, toward the initiator there are none.
 */
final class DigestProxy implements AutoCloseable {
    private final ServerSocket listener;
    private final int targetPort;
    private final AtomicInteger negotiated = new AtomicInteger();
    private final AtomicLong checkedBytes = new AtomicLong();
    private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();

    DigestProxy(int targetPort) throws IOException {
        this.targetPort = targetPort;
        listener = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Sessions for which the target agreed to both digests. */
    int sessionsWithDigests() {
        return negotiated.get();
    }

    /** Bytes of data segments that came under a digest that was right. */
    long checkedBytes() {
        return checkedBytes.get();
    }

    @Nullable
    IOException failure() {
        return failure.get();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Session session =
                        new Session(listener.accept(), new Socket(InetAddress.getLoopbackAddress(), targetPort));
                Thread.ofVirtual().start(session::requests);
                Thread.ofVirtual().start(session::responses);
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    /** One connection; digests begin on the target's side when the login ends. */
    private final class Session {
        private final Socket initiator;
        private final Socket target;
        private volatile boolean digests;

        Session(Socket initiator, Socket target) {
            this.initiator = initiator;
            this.target = target;
        }

        void requests() {
            try (initiator;
                    target) {
                DataInputStream in = new DataInputStream(new BufferedInputStream(initiator.getInputStream(), 1 << 18));
                OutputStream out = new BufferedOutputStream(target.getOutputStream(), 1 << 18);
                while (true) {
                    Pdu pdu = Pdu.read(in, false);
                    boolean login = pdu.opcode() == Pdu.LOGIN_REQUEST;
                    (login ? rewrite(pdu, "CRC32C") : pdu).write(out, digests);
                }
            } catch (IOException e) {
                ended(e);
            }
        }

        void responses() {
            try (initiator;
                    target) {
                DataInputStream in = new DataInputStream(new BufferedInputStream(target.getInputStream(), 1 << 18));
                OutputStream out = new BufferedOutputStream(initiator.getOutputStream(), 1 << 18);
                boolean header = false;
                boolean data = false;
                while (true) {
                    Pdu pdu = Pdu.read(in, digests);
                    if (digests) {
                        checkedBytes.addAndGet(pdu.data().length);
                    }
                    if (pdu.opcode() == Pdu.LOGIN_RESPONSE) {
                        header |= pdu.text().contains("HeaderDigest=CRC32C");
                        data |= pdu.text().contains("DataDigest=CRC32C");
                        boolean last = (pdu.flags() & 0x83) == 0x83 && pdu.header()[36] == 0;
                        if (last && header && data) {
                            negotiated.incrementAndGet();
                            digests = true;
                        }
                        pdu = rewrite(pdu, "None");
                    }
                    pdu.write(out, false);
                }
            } catch (IOException e) {
                ended(e);
            }
        }

        private Pdu rewrite(Pdu pdu, String digest) {
            String text = pdu.text().replaceAll("(HeaderDigest|DataDigest)=[^\0]*", "$1=" + digest);
            return pdu.with(text.getBytes(StandardCharsets.UTF_8));
        }

        private void ended(IOException e) {
            if (String.valueOf(e.getMessage()).contains("digest")) {
                failure.compareAndSet(null, e);
            }
        }
    }
}
