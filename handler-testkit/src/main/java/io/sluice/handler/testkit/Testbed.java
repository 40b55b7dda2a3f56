// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.testkit;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.handler.DeviceConfigException;
import io.sluice.handler.DeviceProfile;
import io.sluice.handler.testing.CommandResult;
import io.sluice.handler.testing.GatewayDouble;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.DataDirection;
import io.sluice.scsi.SenseKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A device on a {@link GatewayDouble}, and the eyes on it: every answer is judged as it comes, and {@link #close} fails when
 * something escaped from the device meanwhile. Commands are hexadecimal text, spaces allowed. Any thread.
 */
public final class Testbed implements AutoCloseable {
    private static final int QUEUES = 2;

    private final DeviceUnderTest subject;
    private final Path directory;
    private final List<String> escaped = WatchedDevice.none();
    private GatewayDouble gateway;
    private FunctionCounter endedTwice;

    private Testbed(DeviceUnderTest subject, Path directory) throws DeviceConfigException, IOException {
        this.subject = subject;
        this.directory = directory;
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        this.gateway = openGateway(GatewayDouble.options(), meters);
        this.endedTwice = counter(meters);
    }

    /**
     * Opens a device.
     *
     * @param directory an empty one, for the device's home and medium
     */
    public static Testbed open(DeviceUnderTest subject, Path directory) throws DeviceConfigException, IOException {
        return new Testbed(subject, directory);
    }

    /** The runtime takes its meters out of the registry when it closes; what one counted can be asked for later all the same. */
    private static FunctionCounter counter(SimpleMeterRegistry meters) {
        return meters.get("sluice.commands.ended.twice").functionCounter();
    }

    private GatewayDouble openGateway(GatewayDouble.Options options, SimpleMeterRegistry meters)
            throws DeviceConfigException, IOException {
        return GatewayDouble.open(
                options.queues(QUEUES).meters(meters),
                subject.name(),
                directory.resolve("home"),
                context -> new WatchedDevice(subject.open(context, directory), escaped));
    }

    /** Closes the device and opens it again with the same configuration and the same directory, as after a power cycle. */
    public void reopen() throws DeviceConfigException, IOException {
        reopen(GatewayDouble.options());
    }

    /**
     * The same as a successor that takes over while initiators wait and are told nothing.
     *
     * @param afterSequence of the last command that the predecessor had
     */
    public void takeOver(long afterSequence) throws DeviceConfigException, IOException {
        reopen(GatewayDouble.options().takesOver(afterSequence));
    }

    private void reopen(GatewayDouble.Options options) throws DeviceConfigException, IOException {
        gateway.device().writeBack();
        close();
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        gateway = openGateway(options, meters);
        endedTwice = counter(meters);
    }

    public GatewayDouble gateway() {
        return gateway;
    }

    DeviceProfile profile() {
        return gateway.device().profile();
    }

    // ---- commands, judged

    /** A command without data. */
    public CommandResult none(String cdb) {
        return run(parse(cdb), DataDirection.NONE, new byte[0], 0);
    }

    /** A command with room for Data-In. */
    public CommandResult in(String cdb, int expectedLength) {
        return run(parse(cdb), DataDirection.IN, new byte[0], expectedLength);
    }

    /** A command with Data-Out. */
    public CommandResult out(String cdb, byte[] data) {
        return run(parse(cdb), DataDirection.OUT, data, data.length);
    }

    CommandResult run(byte[] cdb, DataDirection direction, byte[] data, int expectedLength) {
        return await(cdb, direction, expectedLength, gateway.nexus().submit(cdb, direction, data, expectedLength));
    }

    CommandResult await(
            byte[] cdb, DataDirection direction, int expectedLength, CompletableFuture<CommandResult> future) {
        CommandResult result;
        try {
            result = future.get(subject.patience().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            throw new AssertionError(
                    Verdict.describe(cdb, direction, expectedLength) + " did not end within " + subject.patience()
                            + ": does each path of the device end its command?",
                    late);
        } catch (ExecutionException failed) {
            throw new AssertionError(
                    Verdict.describe(cdb, direction, expectedLength) + ": " + failed.getCause(), failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
        return Verdict.judge(cdb, direction, expectedLength, gateway.descriptorSense(), result);
    }

    /** A command that must end GOOD; returns its Data-In. */
    public byte[] good(String cdb, int expectedLength) {
        CommandResult result = in(cdb, expectedLength);
        check(result.isGood(), "%s ended %s, expected GOOD", cdb, result);
        return result.dataIn();
    }

    /** A command without data, or with room for Data-In, that must end with this sense data. */
    public void refused(String cdb, int expectedLength, AdditionalSense additional, int fieldByte) {
        refused(cdb, in(cdb, expectedLength), additional, fieldByte);
    }

    /** @param fieldByte what the field pointer must name; -1 if none is asked for */
    static void refused(String cdb, CommandResult result, AdditionalSense additional, int fieldByte) {
        check(
                result.senseKey() == SenseKey.ILLEGAL_REQUEST && additional.equals(result.additionalSense()),
                "%s ended %s, expected ILLEGAL REQUEST %s",
                cdb,
                result,
                additional);
        check(
                fieldByte < 0 || result.sense().fieldPointerByte() == fieldByte,
                "%s: the field pointer names byte %d, expected %d",
                cdb,
                result.sense().fieldPointerByte(),
                fieldByte);
    }

    static byte[] parse(String cdb) {
        return HexFormat.of().parseHex(cdb.replace(" ", ""));
    }

    static String hex(byte[] bytes) {
        return HexFormat.ofDelimiter(" ").withUpperCase().formatHex(bytes);
    }

    /** Fails with a formatted message unless a condition holds. */
    @SuppressWarnings(
            "AnnotateFormatMethod") // the annotation would be a dependency of every test that uses the contract
    static void check(boolean holds, String message, Object... arguments) {
        if (!holds) {
            throw new AssertionError(String.format(message, arguments));
        }
    }

    // ---- the end

    /**
     * Closes the device.
     *
     * @throws AssertionError if an exception escaped from it, or if it ended a command twice, since it was opened
     */
    @Override
    public void close() {
        gateway.close();
        synchronized (escaped) {
            check(escaped.isEmpty(), "%s", String.join("\n", escaped));
        }
        double twice = endedTwice.count();
        check(twice == 0, "%.0f commands were ended more than once: end each exactly once", twice);
    }
}
