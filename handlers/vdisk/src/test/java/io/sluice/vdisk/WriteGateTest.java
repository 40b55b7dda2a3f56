// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.handler.testkit.DeviceAnswer;
import io.sluice.handler.testkit.FakeCommand;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.ScsiStatus;
import io.sluice.scsi.SenseKey;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** COMPARE AND WRITE beside everything else that writes, and that nobody waits for it who may not. */
@Timeout(120)
final class WriteGateTest {
    private static final int SIZE = 2 << 20;
    private static final int LBA = 40;
    private static final int THREADS = 6;
    private static final int INCREMENTS = 400;

    @TempDir
    Path home;

    /** Everything that changes the block {@link #LBA} to zeros. */
    private static Map<byte[], byte[]> writers() {
        Map<byte[], byte[]> writers = new TreeMap<>(java.util.Arrays::compare);
        for (int opcode : new int[] {0x0A, 0x2A, 0xAA, 0x8A, 0x2E, 0xAE, 0x8E, 0x41, 0x93}) {
            writers.put(Cdb.block(opcode, 0, LBA, 1), new byte[512]);
        }
        byte[] list = Cdb.unmapList(LBA, 1);
        writers.put(Cdb.unmap(list.length), list);
        return writers;
    }

    private static byte[] data(long verify, long write) {
        return ByteBuffer.allocate(1024).putLong(0, verify).putLong(512, write).array();
    }

    private static long value(DiskRig disk, FakeCommand read) {
        disk.device().execute(read.restart());
        return read.answer().good().buffer().getLong();
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new AssertionError("nobody came");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldPutAsideWhatWritesWhileItRuns() throws Exception {
        for (Map.Entry<byte[], byte[]> writer : writers().entrySet()) {
            FakeStore store = new FakeStore(SIZE);
            CountDownLatch running = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            store.onCall = call -> {
                if (call.equals("readMedium")) {
                    running.countDown();
                    await(go);
                }
            };
            try (DiskRig disk = DiskRig.over(home, store)) {
                FakeCommand compare = disk.prepared(data(0, 7), Cdb.compareAndWrite(0x08, LBA, 1));
                FakeCommand write = disk.prepared(writer.getValue(), writer.getKey());
                FakeCommand read = disk.prepared(512, Cdb.block(0x28, 0, LBA, 1));
                disk.device().execute(compare);
                await(running);
                assertThat(disk.device().tryExecute(write)).isFalse();
                disk.device().execute(write);
                assertThat(store.calls).containsExactly("readMedium");
                assertThat(value(disk, read)).isZero();
                assertThat(compare.hasEnded() || write.hasEnded()).isFalse();
                store.onCall = call -> {};
                go.countDown();
                compare.answer().good();
                write.answer().good();
                assertThat(store.calls.indexOf("write durable")).isEqualTo(2);
                assertThat(value(disk, read)).as("%02Xh", writer.getKey()[0]).isZero();
            }
        }
    }

    @Test
    void shouldWaitForWhatWritesWhenItComes() throws Exception {
        for (Map.Entry<byte[], byte[]> writer : writers().entrySet()) {
            FakeStore store = new FakeStore(SIZE);
            CountDownLatch running = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            try (DiskRig disk = DiskRig.over(home, store)) {
                disk.out(data(1, 0), Cdb.block(0x2A, 0, LBA, 1)).good();
                store.calls.clear();
                store.onCall = call -> {
                    if (running.getCount() > 0) {
                        running.countDown();
                        await(go);
                    }
                };
                FakeCommand write = disk.prepared(writer.getValue(), writer.getKey());
                Thread thread = Thread.ofPlatform().start(() -> disk.device().execute(write));
                await(running);
                FakeCommand compare = disk.prepared(data(0, 7), Cdb.compareAndWrite(0, LBA, 1));
                disk.device().execute(compare);
                Thread.sleep(20);
                assertThat(store.calls).as("%02Xh", writer.getKey()[0]).hasSize(1);
                assertThat(compare.hasEnded()).isFalse();
                go.countDown();
                compare.answer().good();
                write.answer().good();
                thread.join();
                assertThat(value(disk, disk.prepared(512, Cdb.block(0x28, 0, LBA, 1))))
                        .isEqualTo(7);
            }
        }
    }

    /** The shortcut on the queue loop counts, too. */
    @Test
    void shouldWaitForASmallWriteOnTheQueueLoop() throws Exception {
        FakeStore store = new FakeStore(SIZE);
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        store.onCall = call -> {
            if (call.equals("tryWrite")) {
                running.countDown();
                await(go);
            }
        };
        try (DiskRig disk = DiskRig.over(home, store)) {
            FakeCommand write = disk.prepared(data(9, 9), Cdb.block(0x2A, 0, LBA, 1));
            Thread loop = Thread.ofPlatform().start(() -> disk.device().tryExecute(write));
            await(running);
            FakeCommand compare = disk.prepared(data(9, 7), Cdb.compareAndWrite(0, LBA, 1));
            disk.device().execute(compare);
            Thread.sleep(20);
            assertThat(compare.hasEnded()).isFalse();
            go.countDown();
            compare.answer().good();
            loop.join();
        }
    }

    /** Increments by COMPARE AND WRITE, beside writes, UNMAP and WRITE SAME of neighbours: not one is lost. */
    @ParameterizedTest
    @ValueSource(strings = {"ram", "file"})
    void shouldCountExactly(String backend) throws Exception {
        try (DiskRig disk = open(backend);
                ExecutorService threads =
                        Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                all.add(threads.submit(() -> increment(disk)));
            }
            for (int i = 0; i < 3; i++) {
                int lane = i;
                all.add(threads.submit(() -> keepOwnBlock(disk, LBA + 1 + lane, new Random(lane))));
            }
            for (Future<?> each : all) {
                each.get();
            }
            assertThat(value(disk, disk.prepared(512, Cdb.block(0x28, 0, LBA, 1))))
                    .isEqualTo(THREADS * INCREMENTS);
        }
    }

    private DiskRig open(String backend) throws Exception {
        return backend.equals("ram")
                ? DiskRig.open(home, "backend", "ram", "size", (long) SIZE)
                : DiskRig.open(home, "path", home.resolve("disk.img").toString(), "size", (long) SIZE);
    }

    private static FakeCommand command(DiskRig disk) {
        return disk.prepared(0, Cdb.of(0, 0, 0, 0, 0, 0));
    }

    private static void increment(DiskRig disk) {
        FakeCommand read = disk.prepared(512, Cdb.block(0x28, 0, LBA, 1));
        FakeCommand compare = command(disk);
        for (int done = 0; done < INCREMENTS; ) {
            long there = value(disk, read);
            done += replaced(disk, compare, there, there + 1) ? 1 : 0;
        }
    }

    private static boolean replaced(DiskRig disk, FakeCommand compare, long verify, long write) {
        disk.device().execute(disk.prepared(compare, data(verify, write), Cdb.compareAndWrite(0, LBA, 1)));
        DeviceAnswer answer = compare.answer();
        if (answer.status() == ScsiStatus.GOOD) {
            return true;
        }
        answer.check(SenseKey.MISCOMPARE, AdditionalSense.MISCOMPARE_DURING_VERIFY_OPERATION);
        return false;
    }

    private static void keepOwnBlock(DiskRig disk, int lba, Random random) {
        byte[] list = Cdb.unmapList(lba, 1);
        FakeCommand read = disk.prepared(512, Cdb.block(0x28, 0, lba, 1));
        FakeCommand write = command(disk);
        for (int step = 0; step < 3 * INCREMENTS; step++) {
            byte[] data = new byte[512];
            ByteBuffer.wrap(data).putLong(random.nextLong());
            boolean unmap = random.nextInt(3) == 0;
            write = unmap
                    ? disk.prepared(write, list, Cdb.unmap(list.length))
                    : disk.prepared(write, data, Cdb.block(random.nextBoolean() ? 0x2A : 0x93, 0, lba, 1));
            if (!disk.device().tryExecute(write)) {
                disk.device().execute(write);
            }
            write.answer().good();
            assertThat(value(disk, read))
                    .isEqualTo(unmap ? 0 : ByteBuffer.wrap(data).getLong());
        }
    }

    /**
     * One thread writes ascending numbers in the upper half of a block's value, others count up the lower half by COMPARE AND
     * WRITE: no number that was written is ever replaced by an older one.
     */
    @ParameterizedTest
    @ValueSource(strings = {"ram", "file"})
    void shouldNotUndoAWriteOfTheSameBlock(String backend) throws Exception {
        try (DiskRig disk = open(backend);
                ExecutorService threads =
                        Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
            CountDownLatch end = new CountDownLatch(1);
            List<Future<Integer>> others = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                others.add(threads.submit(() -> {
                    FakeCommand read = disk.prepared(512, Cdb.block(0x28, 0, LBA, 1));
                    FakeCommand compare = command(disk);
                    int replaced = 0;
                    while (end.getCount() > 0) {
                        long there = value(disk, read);
                        replaced += replaced(disk, compare, there, there + 1) ? 1 : 0;
                    }
                    return replaced;
                }));
            }
            try {
                FakeCommand read = disk.prepared(512, Cdb.block(0x28, 0, LBA, 1));
                FakeCommand write = command(disk);
                for (long number = 1; number <= 800; number++) {
                    byte[] data = ByteBuffer.allocate(512).putLong(number << 32).array();
                    disk.prepared(write, data, Cdb.block(0x2A, 0, LBA, 1));
                    if (!disk.device().tryExecute(write)) {
                        disk.device().execute(write);
                    }
                    write.answer().good();
                    assertThat(value(disk, read) >>> 32).isEqualTo(number);
                    while (number % 4 == 0 && (value(disk, read) & 0xFFFF_FFFFL) == 0) {
                        Thread.sleep(1); // lets the others in
                    }
                }
            } finally {
                end.countDown();
            }
            int replaced = 0;
            for (Future<Integer> other : others) {
                replaced += other.get();
            }
            assertThat(replaced).isPositive();
        }
    }

    /** Nobody who writes may be kept out by COMPARE AND WRITEs that come one after the other. */
    @Test
    void shouldLetWritesInBetweenComparisons() throws Exception {
        FakeStore store = new FakeStore(SIZE);
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        store.onCall = call -> {
            if (call.equals("read")) {
                running.countDown();
                await(go);
            }
        };
        try (DiskRig disk = DiskRig.over(home, store)) {
            List<FakeCommand> compares = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                compares.add(disk.prepared(data(0, 0), Cdb.compareAndWrite(0, LBA, 1)));
                disk.device().execute(compares.getLast());
            }
            await(running);
            FakeCommand write = disk.prepared(new byte[512], Cdb.block(0x2E, 0, LBA + 1, 1));
            disk.device().execute(write);
            go.countDown();
            compares.forEach(each -> each.answer().good());
            write.answer().good();
            assertThat(store.calls)
                    .containsExactly("read", "write", "write durable", "readMedium", "read", "write", "read", "write");
        }
    }
}
