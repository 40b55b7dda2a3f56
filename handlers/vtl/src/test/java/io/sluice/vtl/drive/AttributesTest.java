// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.handler.testkit.DeviceAnswer;
import io.sluice.handler.testkit.FakeCommand;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.ScsiStatus;
import io.sluice.scsi.SenseKey;
import io.sluice.vtl.medium.CartridgeMemory;
import io.sluice.vtl.medium.MediumResult;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** READ ATTRIBUTE and WRITE ATTRIBUTE (SPC-5), and what the drive counts by itself. */
final class AttributesTest {
    private static final AdditionalSense OUT_OF_SPACE = AdditionalSense.of(0x55, 0x06);
    private static final int BINARY = 0;
    private static final int ASCII = 1;
    private static final int CHANGES = 0x0009;
    private static final int LOADS = 0x0003;

    @TempDir
    Path home;

    private DriveRig rig;

    @BeforeEach
    void open() throws Exception {
        rig = DriveRig.loaded(home);
    }

    private static String read(int action, int first) {
        return "8C %02X 000000 00 00 00 %04X 00010000 00 00".formatted(action, first);
    }

    private Map<Integer, byte[]> values() {
        ByteBuffer in = rig.in(0x1_0000, read(0, 0)).good().buffer();
        assertThat(in.getInt()).as("AVAILABLE DATA").isEqualTo(in.remaining());
        Map<Integer, byte[]> values = new TreeMap<>();
        int before = -1;
        while (in.hasRemaining()) {
            int identifier = Short.toUnsignedInt(in.getShort());
            assertThat(identifier).as("ascending").isGreaterThan(before);
            before = identifier;
            boolean readOnly = (in.get() & 0x80) != 0;
            assertThat(readOnly).as("READ ONLY of %04x", identifier).isEqualTo(identifier < 0x0800);
            byte[] value = new byte[Short.toUnsignedInt(in.getShort())];
            in.get(value);
            values.put(identifier, value);
        }
        return values;
    }

    private long number(int identifier) {
        byte[] value = values().getOrDefault(identifier, new byte[0]);
        assertThat(value).as("%04x", identifier).isNotEmpty();
        long number = 0;
        for (byte one : value) {
            number = number << 8 | (one & 0xFF);
        }
        return number;
    }

    private String text(int identifier) {
        return new String(values().getOrDefault(identifier, new byte[0]), StandardCharsets.US_ASCII);
    }

    private List<Integer> identifiers(int action) {
        ByteBuffer in = rig.in(0x1_0000, read(action, 0)).good().buffer();
        assertThat(in.getInt()).as("AVAILABLE DATA").isEqualTo(in.remaining());
        List<Integer> all = new ArrayList<>();
        while (in.hasRemaining()) {
            all.add(Short.toUnsignedInt(in.getShort()));
        }
        return all;
    }

    private static byte[] attribute(int identifier, int format, byte[] value) {
        return ByteBuffer.allocate(5 + value.length)
                .putShort((short) identifier)
                .put((byte) format)
                .putShort((short) value.length)
                .put(value)
                .array();
    }

    private static byte[] padded(String text, int bytes) {
        return (text + " ".repeat(bytes - text.length())).getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] list(byte[]... attributes) {
        int bytes = 4;
        for (byte[] one : attributes) {
            bytes += one.length;
        }
        ByteBuffer list = ByteBuffer.allocate(bytes).putInt(bytes - 4);
        for (byte[] one : attributes) {
            list.put(one);
        }
        return list.array();
    }

    private DeviceAnswer write(byte[] list) {
        return rig.out(list, "8D 01 000000 00 00 00 0000 %08X 00 00".formatted(list.length));
    }

    private static final byte[] VENDOR = attribute(0x0800, ASCII, padded("SLUICE", 8));

    @Test
    void shouldDescribeTheMediumThatIsInTheDrive() {
        assertThat(number(0x0001)).isEqualTo(DriveRig.CAPACITY >> 20);
        assertThat(number(0x0000)).isEqualTo(DriveRig.CAPACITY >> 20);
        assertThat(number(0x0006)).as("density code").isEqualTo(0x5E);
        assertThat(text(0x0008)).isEqualTo(new String(padded(DriveRig.BARCODE, 32), StandardCharsets.US_ASCII));
        assertThat(text(0x0400)).isEqualTo("SLUICE  ");
        assertThat(text(0x0401)).matches("[0-9a-f]{32}");
        assertThat(number(0x0402)).as("metres").isEqualTo(960);
        assertThat(number(0x0403)).as("tenths of a millimetre").isEqualTo(127);
        assertThat(text(0x0406)).isEqualTo("19700101");
        assertThat(number(0x0407)).isEqualTo(16_384);
        assertThat(number(0x0408)).as("a data medium").isZero();
        rig.out(new byte[3 << 16], "0A 00 03 00 00 00").good();
        assertThat(number(0x0000)).isEqualTo((DriveRig.CAPACITY >> 20) - 1);
    }

    @Test
    void shouldListWhatThereIsAndWhatThereMayBe() {
        write(list(VENDOR)).good();
        assertThat(identifiers(1)).containsExactlyElementsOf(values().keySet()).contains(0x0800);
        assertThat(identifiers(5))
                .containsAll(identifiers(1))
                .contains(0x020A, 0x020D, 0x0801, 0x0808, 0x080C, 0x1623)
                .isSorted();
        assertThat(rig.in(4, read(2, 0)).good().data()).as("logical volumes").containsExactly(0, 2, 0, 1);
        assertThat(rig.in(4, read(3, 0)).good().data()).as("partitions").containsExactly(0, 2, 0, 1);
        byte[] cut =
                rig.in(7, "8C 00 000000 00 00 00 0000 00000007 00 00").good().data();
        assertThat(cut).hasSize(7);
        assertThat(ByteBuffer.wrap(cut).getInt()).as("all there is").isGreaterThan(200);
    }

    @Test
    void shouldBeginWithTheAttributeThatIsAskedForWhichHasToExist() {
        ByteBuffer in = rig.in(0x1_0000, read(0, 0x0400)).good().buffer();
        assertThat(in.getShort(4)).isEqualTo((short) 0x0400);
        rig.in(64, read(0, 0x0800)).invalidField(8, -1);
        rig.in(64, read(1, 0x0801)).invalidField(8, -1);
        rig.in(64, read(5, 0x7777)).invalidField(8, -1);
        rig.in(64, "8C 04 000000 00 00 00 0000 00000040 00 00").invalidField(1, 4);
        rig.in(64, "8C 00 000000 01 00 00 0000 00000040 00 00").invalidField(5, -1);
        rig.in(64, "8C 00 000000 00 00 01 0000 00000040 00 00").invalidField(7, -1);
    }

    @Test
    void shouldKeepWhatHostsWroteWithTheCartridge() throws Exception {
        byte[] coherency = new byte[70];
        coherency[69] = 7;
        write(list(VENDOR, attribute(0x0801, ASCII, padded("LTFS", 32)), attribute(0x080C, BINARY, coherency)))
                .good();
        long left = number(0x0004);
        rig.drive().remove();
        rig.successor().takenOver();
        rig.in(64, read(0, 0)).check(SenseKey.NOT_READY, AdditionalSense.MEDIUM_NOT_PRESENT);
        rig.drive().insert(DriveRig.BARCODE);
        assertThat(text(0x0800)).isEqualTo("SLUICE  ");
        assertThat(text(0x0801)).startsWith("LTFS ");
        assertThat(values().get(0x080C)).isEqualTo(coherency);
        write(list(attribute(0x0801, ASCII, new byte[0]))).good();
        assertThat(values()).containsKey(0x0800).doesNotContainKey(0x0801);
        assertThat(number(0x0004)).isEqualTo(left + 5 + 32);
        write(list(attribute(0x0801, ASCII, new byte[0]))).good(); // of what is not there
    }

    @Test
    void shouldChangeNothingWhenAnAttributeOfTheListIsWrong() {
        byte[] name = attribute(0x0801, ASCII, padded("LTFS", 32));
        write(list(VENDOR, attribute(0x0802, ASCII, new byte[7]))).invalidParameter(4 + 13 + 3);
        write(list(VENDOR, attribute(0x0802, BINARY, new byte[8]))).invalidParameter(4 + 13 + 2);
        write(list(VENDOR, attribute(0x0899, ASCII, new byte[8]))).invalidParameter(4 + 13);
        write(list(attribute(0x0400, ASCII, padded("OTHERS", 8)))).invalidParameter(4); // read only
        write(list(attribute(0x0400, ASCII, new byte[0]))).invalidParameter(4);
        write(list(name, VENDOR)).invalidParameter(4 + 37); // not ascending
        write(list(VENDOR, VENDOR)).invalidParameter(4 + 13);
        byte[] whole = list(VENDOR, name);
        for (int length = 1; length < whole.length; length++) {
            if (length != 4 && length != 4 + 13) { // where an attribute ends
                write(Arrays.copyOf(whole, length))
                        .check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
            }
        }
        assertThat(values()).doesNotContainKeys(0x0800, 0x0801, 0x0802);
        write(new byte[0]).good();
    }

    @Test
    void shouldSayWhenItsMemoryIsFull() {
        byte[] all = new byte[(int) number(0x0004) - 5 - 13];
        write(list(VENDOR, attribute(0x080C, BINARY, new byte[all.length + 1])))
                .check(SenseKey.ILLEGAL_REQUEST, OUT_OF_SPACE);
        assertThat(values()).doesNotContainKey(0x0800);
        write(list(VENDOR, attribute(0x080C, BINARY, all))).good();
        assertThat(number(0x0004)).isZero();
        rig.store.failKeeping = MediumResult.NO_SPACE;
        write(list(attribute(0x080C, BINARY, new byte[1]))).check(SenseKey.ILLEGAL_REQUEST, OUT_OF_SPACE);
        rig.store.failKeeping = MediumResult.STORAGE_FAILED;
        write(list(attribute(0x080C, BINARY, new byte[1])))
                .check(SenseKey.MEDIUM_ERROR, AdditionalSense.of(0x0C, 0x0B));
        rig.store.failKeeping = MediumResult.OK;
        assertThat(values().get(0x080C)).hasSize(all.length);
    }

    @Test
    void shouldWriteNothingToAProtectedCartridgeButCountItsLoads() throws Exception {
        rig.drive().remove();
        rig.store.writeProtect(DriveRig.BARCODE, true);
        rig.drive().insert(DriveRig.BARCODE);
        write(list(VENDOR)).check(SenseKey.DATA_PROTECT, AdditionalSense.WRITE_PROTECTED);
        assertThat(number(LOADS)).isEqualTo(2);
        rig.none("1B 00 00 00 08 00").good(); // held: its memory can be read
        assertThat(number(LOADS)).isEqualTo(2);
        rig.none("1B 00 00 00 00 00").good();
        rig.in(64, read(0, 0)).check(SenseKey.NOT_READY, AdditionalSense.MEDIUM_NOT_PRESENT);
    }

    @Test
    void shouldCountLoadsAndBytesForTheLifeOfTheMedium() throws Exception {
        byte[] block = new byte[256 << 10];
        for (int i = 0; i < 16; i++) {
            rig.out(block, "0A 00 04 00 00 00").good(); // half of it comes onto the medium
        }
        assertThat(number(0x0220)).isEqualTo(2);
        assertThat(number(0x0222)).isEqualTo(2);
        rig.none("01 00 00 00 00 00").good();
        rig.in(block.length, "08 00 04 00 00 00").good();
        rig.successor().takenOver();
        assertThat(number(LOADS)).as("another process is no load").isEqualTo(1);
        assertThat(number(0x0222)).isEqualTo(2);
        rig.drive().remove();
        rig.drive().insert(DriveRig.BARCODE);
        assertThat(number(LOADS)).isEqualTo(2);
        assertThat(number(0x0220)).isEqualTo(2);
        assertThat(number(0x0222)).isZero();
        assertThat(text(0x020A)).startsWith("IBM     SLC0000001 ").isEqualTo(text(0x020B));
        assertThat(values()).doesNotContainKey(0x020C);
        rig.drive().poweredOn();
        assertThat(number(LOADS)).as("switched on with it in").isEqualTo(3);
        assertThat(number(0x0220)).isEqualTo(2);
    }

    /** LTFS trusts what it knows of a volume while this number is the same. */
    @Test
    void shouldGiveEveryChangeThatAnInitiatorCanTellApartAnotherNumber() throws Exception {
        long made = number(CHANGES);
        rig.out(new byte[100], "0A 00 00 00 64 00").good();
        long written = number(CHANGES);
        assertThat(written).isGreaterThan(made);
        assertThat(number(CHANGES)).as("nothing was written").isEqualTo(written);
        rig.none("01 00 00 00 00 00").good();
        rig.in(100, "08 00 00 00 64 00").good();
        assertThat(number(CHANGES)).as("it was read").isEqualTo(written);
        write(list(VENDOR)).good();
        assertThat(number(CHANGES)).as("attributes are no data").isEqualTo(written);
        rig.none("10 00 00 00 01 00").good();
        long marked = number(CHANGES);
        assertThat(marked).isGreaterThan(written);
        rig.none("01 00 00 00 00 00").good();
        rig.none("19 01 00 00 00 00").good();
        long erased = number(CHANGES);
        assertThat(erased).isGreaterThan(marked);
        rig.drive().remove();
        rig.drive().insert(DriveRig.BARCODE);
        assertThat(number(CHANGES)).isEqualTo(erased);
    }

    /** What puts something on stable storage does not belong on the queue loop. */
    @Test
    void shouldCountAChangeOnAWorker() {
        rig.out(new byte[100], "0A 00 00 00 64 00").good();
        FakeCommand next = rig.prepared(new byte[100], 0, "0A 00 00 00 64 00");
        number(CHANGES);
        assertThat(rig.drive().tryExecute(next)).as("asked for the count").isFalse();
        rig.drive().execute(next);
        assertThat(rig.drive().tryExecute(rig.prepared(new byte[100], 0, "0A 00 00 00 64 00")))
                .as("counted")
                .isTrue();
    }

    @Test
    void shouldWriteNothingWhileItCannotRecordThatItDoes() {
        rig.store.failKeeping = MediumResult.NO_SPACE;
        rig.out(new byte[100], "0A 00 00 00 64 00")
                .check(SenseKey.VOLUME_OVERFLOW, AdditionalSense.END_OF_PARTITION_MEDIUM_DETECTED);
        rig.store.failKeeping = MediumResult.STORAGE_FAILED;
        rig.none("10 00 00 00 01 00").check(SenseKey.MEDIUM_ERROR, AdditionalSense.WRITE_ERROR);
        assertThat(rig.medium().objects()).isZero();
        rig.store.failKeeping = MediumResult.OK;
        rig.out(new byte[100], "0A 00 00 00 64 00").good();
    }

    @Test
    void shouldReadDataOfACartridgeWhoseMemoryIsDamaged() throws Exception {
        rig.out(new byte[100], "0A 00 00 00 64 00").good();
        rig.drive().remove();
        rig.store.memory(DriveRig.BARCODE, null);
        rig.drive().insert(DriveRig.BARCODE);
        rig.in(64, read(0, 0)).check(SenseKey.MEDIUM_ERROR, AdditionalSense.of(0x11, 0x12));
        write(list(VENDOR)).check(SenseKey.MEDIUM_ERROR, AdditionalSense.of(0x0C, 0x0B));
        rig.in(100, "08 00 00 00 64 00").good();
        rig.out(new byte[100], "0A 00 00 00 64 00").good();
        rig.none("01 00 00 00 00 00").good();
        rig.none("04 00 00 00 00 00").good();
        assertThat(rig.store.memory(DriveRig.BARCODE)).isNotNull();
        assertThat(number(0x0007)).as("formatted").isEqualTo(2);
    }

    @Test
    void shouldMakeTheCapacityAPortionOfTheMediumUntilAnotherIsSet() throws Exception {
        rig.none("0B 00 00 40 00 00").good(); // a quarter
        long quarter = (DriveRig.CAPACITY * 0x4000 + 0xFFFE) / 0xFFFF;
        assertThat(rig.medium().capacity()).isEqualTo(quarter);
        assertThat(number(0x0001)).isEqualTo(quarter >> 20);
        rig.out(new byte[100], "0A 00 00 00 64 00").good();
        rig.none("0B 00 00 FF FF 00")
                .check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.POSITION_PAST_BEGINNING_OF_MEDIUM);
        rig.drive().remove();
        rig.drive().insert(DriveRig.BARCODE);
        assertThat(rig.medium().capacity()).isEqualTo(quarter);
        byte[] density = rig.in(255, "44 01 00 00 00 00 00 00 FF 00").good().data();
        assertThat(ByteBuffer.wrap(density).getInt(4 + 12)).isEqualTo((int) (quarter / 1_000_000));
        rig.none("0B 00 00 FF FF 00").good();
        assertThat(rig.medium().capacity()).isEqualTo(DriveRig.CAPACITY);
        assertThat(rig.medium().objects()).as("all data go").isZero();
        rig.none("0B 00 00 00 00 00").good();
        assertThat(rig.medium().capacity()).as("the least").isBetween(1L, DriveRig.CAPACITY / 65_535 + 1);
    }

    @Test
    void shouldWarnBeforeTheShortenedEndAndStopThere() {
        rig.none("0B 00 00 01 00 00").good(); // 4 MiB of a GiB
        byte[] block = new byte[128 << 10];
        int good = 0;
        while (rig.out(block, "0A 00 02 00 00 00").status() == ScsiStatus.GOOD) {
            good++;
        }
        assertThat(good).as("half of each block, up to three quarters").isBetween(45, 48);
        int warned = 1;
        while (rig.out(block, "0A 00 02 00 00 00").sense().key() == SenseKey.NO_SENSE) {
            warned++;
        }
        assertThat(warned).isBetween(14, 16);
        rig.out(block, "0A 00 02 00 00 00")
                .check(SenseKey.VOLUME_OVERFLOW, AdditionalSense.END_OF_PARTITION_MEDIUM_DETECTED);
        CartridgeMemory kept = rig.store.memory(DriveRig.BARCODE);
        assertThat(kept == null ? 0 : kept.proportion()).isEqualTo(0x100);
    }
}
