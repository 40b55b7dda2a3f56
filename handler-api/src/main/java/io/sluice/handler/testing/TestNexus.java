// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.testing;

import io.sluice.scsi.DataDirection;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** An initiator of a {@link GatewayDouble}. Any thread. */
public final class TestNexus implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 30;

    private final GatewayDouble gateway;
    private final int id;

    TestNexus(GatewayDouble gateway, int id) {
        this.gateway = gateway;
        this.id = id;
    }

    public int id() {
        return id;
    }

    /** A command without data; the CDB is hexadecimal, spaces allowed. */
    public CommandResult execute(String cdb) {
        return await(submit(cdb));
    }

    /** A command with Data-In. */
    public CommandResult execute(String cdb, int expectedLength) {
        return await(submit(cdb, expectedLength));
    }

    /** A command with Data-Out. */
    public CommandResult execute(String cdb, byte[] dataOut) {
        return await(submit(cdb, dataOut));
    }

    /** The same without waiting. */
    public CompletableFuture<CommandResult> submit(String cdb) {
        return submit(parse(cdb), DataDirection.NONE, new byte[0], 0);
    }

    public CompletableFuture<CommandResult> submit(String cdb, int expectedLength) {
        return submit(parse(cdb), DataDirection.IN, new byte[0], expectedLength);
    }

    public CompletableFuture<CommandResult> submit(String cdb, byte[] dataOut) {
        return submit(parse(cdb), DataDirection.OUT, dataOut, dataOut.length);
    }

    /**
     * Any combination.
     *
     * @param expectedLength the initiator's expected data transfer length, which may differ from what the CDB says
     */
    public CompletableFuture<CommandResult> submit(
            byte[] cdb, DataDirection direction, byte[] dataOut, int expectedLength) {
        PendingCommand command = new PendingCommand(id, cdb.clone(), direction, dataOut.clone(), expectedLength);
        gateway.submit(command);
        return command.future();
    }

    /**
     * The same command once more as a gateway hands it over after its handler died: with {@link
     * io.sluice.handler.ScsiCommand#redelivered()} and the sequence number it had.
     *
     * @param sequence {@link CommandResult#sequence()} of its first delivery
     */
    public CompletableFuture<CommandResult> redeliver(
            long sequence, byte[] cdb, DataDirection direction, byte[] dataOut, int expectedLength) {
        PendingCommand command = new PendingCommand(id, cdb.clone(), direction, dataOut.clone(), expectedLength);
        gateway.submit(command.redelivered(sequence));
        return command.future();
    }

    /**
     * Waits for the end of a command.
     *
     * @throws IllegalStateException if the device has not ended it after half a minute
     */
    public static CommandResult await(CompletableFuture<CommandResult> result) {
        try {
            return result.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            throw new IllegalStateException(
                    "the device did not end a command within " + PATIENCE_SECONDS + " s: does each path end it?", late);
        } catch (ExecutionException failed) {
            throw new IllegalStateException(failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private static byte[] parse(String cdb) {
        return HexFormat.of().parseHex(cdb.replace(" ", ""));
    }

    /** The nexus goes away. */
    @Override
    public void close() {
        gateway.close(this);
    }
}
