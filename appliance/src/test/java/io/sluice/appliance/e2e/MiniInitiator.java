// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.e2e;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** An initiator that sends the CDB it is told, whatever it is: one session, one command at a time. */
final class MiniInitiator implements AutoCloseable {
    private static final int SCSI_COMMAND = 0x01;
    private static final int DATA_OUT = 0x05;
    private static final int SCSI_RESPONSE = 0x21;
    private static final int DATA_IN = 0x25;
    private static final int NOP_IN = 0x20;
    private static final int R2T = 0x31;
    private static final int SEGMENT = 256 << 10;

    /** How a command ended. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Result(int status, byte[] sense, byte[] data, int residual) {
        int senseKey() {
            return sense.length > 2 ? sense[2] & 0xf : 0;
        }

        /** Additional sense code and qualifier, for example 0x2a09. */
        int additionalSense() {
            return sense.length > 13 ? (sense[12] & 0xff) << 8 | (sense[13] & 0xff) : 0;
        }
    }

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private int cmdSn = 1;
    private int expStatSn;
    private int taskTag = 1;

    MiniInitiator(int port, String target, String initiator) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), SEGMENT));
        out = new BufferedOutputStream(socket.getOutputStream(), SEGMENT);
        login(target, initiator);
    }

    private void login(String target, String initiator) throws IOException {
        String keys = String.join(
                        "\0",
                        "InitiatorName=" + initiator,
                        "TargetName=" + target,
                        "SessionType=Normal",
                        "HeaderDigest=None",
                        "DataDigest=None",
                        "InitialR2T=Yes",
                        "ImmediateData=No",
                        "MaxRecvDataSegmentLength=" + SEGMENT,
                        "MaxBurstLength=1048576",
                        "FirstBurstLength=65536",
                        "MaxConnections=1",
                        "ErrorRecoveryLevel=0")
                + "\0";
        Pdu request = Pdu.of(0x40 | Pdu.LOGIN_REQUEST, 0x87).with(keys.getBytes(StandardCharsets.UTF_8));
        request.header()[8] = (byte) 0x80;
        request.word(10, initiator.hashCode()); // ISID qualifier: sessions of two initiators differ anyway
        request.header()[14] = 0;
        request.header()[15] = 0;
        request.word(16, 0).word(24, cmdSn);
        request.write(out, false);
        Pdu response = Pdu.read(in, false);
        int status = (response.header()[36] & 0xff) << 8 | (response.header()[37] & 0xff);
        if (response.opcode() != Pdu.LOGIN_RESPONSE || status != 0 || (response.flags() & 0x83) != 0x83) {
            throw new IOException("login as " + initiator + ": status %04x, %s".formatted(status, response.text()));
        }
        expStatSn = response.word(24) + 1;
    }

    /** Reads until the first command without a Unit Attention, so that tests begin with a clean slate. */
    void clearUnitAttentions(int lun) throws IOException {
        byte[] testUnitReady = new byte[6];
        for (int i = 0; i < 10 && command(lun, testUnitReady, new byte[0], 0).status() != 0; i++) {
            // each reports one condition
        }
    }

    /** Sends a command with Data-Out, or with room for so many bytes of Data-In. */
    Result command(int lun, byte[] cdb, byte[] dataOut, int dataIn) throws IOException {
        int tag = taskTag++;
        int flags = 0x81 | (dataIn > 0 ? 0x40 : 0) | (dataOut.length > 0 ? 0x20 : 0);
        Pdu request = Pdu.of(SCSI_COMMAND, flags);
        request.header()[9] = (byte) lun;
        request.word(16, tag)
                .word(20, Math.max(dataIn, dataOut.length))
                .word(24, cmdSn++)
                .word(28, expStatSn);
        System.arraycopy(cdb, 0, request.header(), 32, cdb.length);
        request.write(out, false);
        byte[] data = new byte[dataIn];
        while (true) {
            Pdu pdu = Pdu.read(in, false);
            switch (pdu.opcode()) {
                case R2T -> send(lun, tag, pdu, dataOut);
                case DATA_IN -> {
                    System.arraycopy(pdu.data(), 0, data, pdu.word(40), pdu.data().length);
                    if ((pdu.flags() & 1) != 0) {
                        expStatSn = pdu.word(24) + 1;
                        return new Result(pdu.header()[3] & 0xff, new byte[0], data, pdu.word(44));
                    }
                }
                case SCSI_RESPONSE -> {
                    expStatSn = pdu.word(24) + 1;
                    byte[] sense =
                            pdu.data().length > 2 ? Arrays.copyOfRange(pdu.data(), 2, pdu.data().length) : new byte[0];
                    return new Result(pdu.header()[3] & 0xff, sense, data, pdu.word(44));
                }
                case NOP_IN -> answerPing(pdu);
                default -> throw new IOException("PDU with opcode %02x: %s".formatted(pdu.opcode(), pdu.text()));
            }
        }
    }

    private void send(int lun, int tag, Pdu r2t, byte[] dataOut) throws IOException {
        int offset = r2t.word(40);
        int end = offset + r2t.word(44);
        for (int number = 0; offset < end; number++) {
            int length = Math.min(8192, end - offset);
            Pdu pdu = Pdu.of(DATA_OUT, offset + length == end ? 0x80 : 0)
                    .with(Arrays.copyOfRange(dataOut, offset, offset + length));
            pdu.header()[9] = (byte) lun;
            pdu.word(16, tag)
                    .word(20, r2t.word(20))
                    .word(28, expStatSn)
                    .word(36, number)
                    .word(40, offset);
            pdu.write(out, false);
            offset += length;
        }
    }

    private void answerPing(Pdu ping) throws IOException {
        if (ping.word(20) != -1) {
            Pdu pong = Pdu.of(0x40, 0x80);
            pong.word(16, -1).word(20, ping.word(20)).word(24, cmdSn).word(28, expStatSn);
            pong.write(out, false);
        }
    }

    static byte[] read16(long lba, int blocks) {
        return ByteBuffer.allocate(16)
                .put((byte) 0x88)
                .put((byte) 0)
                .putLong(lba)
                .putInt(blocks)
                .array();
    }

    static byte[] write16(long lba, int blocks) {
        return ByteBuffer.allocate(16)
                .put((byte) 0x8a)
                .put((byte) 0)
                .putLong(lba)
                .putInt(blocks)
                .array();
    }

    static byte[] readCapacity16() {
        return ByteBuffer.allocate(16)
                .put((byte) 0x9e)
                .put((byte) 0x10)
                .putLong(0)
                .putInt(32)
                .array();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
