// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.changer;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.handler.testing.CommandResult;
import io.sluice.handler.testing.TestNexus;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.SenseKey;
import io.sluice.vtl.library.Geometry;
import io.sluice.vtl.library.LabelledStore;
import io.sluice.vtl.library.RecordedStorage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SEND VOLUME TAG and REQUEST VOLUME ELEMENT ADDRESS: cartridges are found by their bar codes. */
final class VolumeTagTest {
    private static final String REQUEST_ALL = "B5 10 0000 FFFF 00 001000 00 00";

    @TempDir
    Path home;

    private ChangerBench changer;

    @BeforeEach
    void open() throws Exception {
        LabelledStore store = new LabelledStore("ABC001L8", "ABC002L8", "ABD001L7", "X");
        changer = new ChangerBench(home, Geometry.of(2, 2, 6), store, new RecordedStorage());
        changer.move(0x402, 0x101); // ABC002L8
    }

    @AfterEach
    void close() {
        changer.close();
    }

    private static byte[] template(String pattern, int minimum) {
        byte[] list = new byte[40];
        byte[] given = pattern.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(given, 0, list, 0, given.length);
        list[35] = (byte) minimum;
        list[38] = (byte) 0xFF;
        list[39] = (byte) 0xFF;
        return list;
    }

    private static String send(int type, int from, int action) {
        return "B6 %02X %04X 00 %02X 0000 0028 00 00".formatted(type, from, action);
    }

    private CommandResult look(String pattern) {
        return changer.gateway().execute(send(0, 0, 5), template(pattern, 0));
    }

    /** As READ ELEMENT STATUS, but for SEND ACTION CODE. */
    private static ElementStatusDecoder.Report decoded(CommandResult result) {
        byte[] data = result.dataIn();
        assertThat(data[4]).as("SEND ACTION CODE").isEqualTo((byte) 5);
        data[4] = 0;
        return ElementStatusDecoder.decode(data);
    }

    private List<String> found() {
        CommandResult result = changer.gateway().execute(REQUEST_ALL, 4096);
        assertThat(result.isGood()).as(result.toString()).isTrue();
        List<String> tags = new ArrayList<>();
        decoded(result).elements().forEach(element -> tags.add(element.tag()));
        return tags;
    }

    private static void refused(CommandResult result, AdditionalSense why) {
        assertThat(result.senseKey()).as(result.toString()).isEqualTo(SenseKey.ILLEGAL_REQUEST);
        assertThat(result.additionalSense()).isEqualTo(why);
    }

    @Test
    void shouldFindTheCartridgesThatATemplateMatches() {
        assertThat(look("ABC002L8").isGood()).isTrue();
        assertThat(found()).containsExactly("ABC002L8");
        look("ABC00?L8");
        assertThat(found()).containsExactly("ABC002L8", "ABC001L8"); // the drive has the lower address
        look("AB*");
        assertThat(found()).containsExactly("ABC002L8", "ABC001L8", "ABD001L7");
        look("AB*nothing behind it counts");
        assertThat(found()).hasSize(3);
        look("*");
        assertThat(found()).hasSize(4);
        look("AB?001L?");
        assertThat(found()).containsExactly("ABC001L8", "ABD001L7");
        look("ABC");
        assertThat(found()).isEmpty();
        look("?");
        assertThat(found()).containsExactly("X");
        look("X       ");
        assertThat(found()).containsExactly("X");
        look("");
        assertThat(found()).isEmpty();
    }

    @Test
    void shouldLookAtElementsOfTheTypeAndFromTheAddressOnThatAreAskedFor() {
        changer.gateway().execute(send(4, 0, 5), template("*", 0));
        assertThat(found()).containsExactly("ABC002L8");
        changer.gateway().execute(send(2, 0x403, 5), template("*", 0));
        assertThat(found()).containsExactly("ABD001L7", "X");
        changer.gateway().execute(send(2, 0, 5), template("*", 0));
        assertThat(decoded(changer.gateway().execute("B5 12 0404 FFFF 00 001000 00 00", 4096))
                        .elements())
                .hasSize(1);
    }

    @Test
    void shouldReportEachElementOnce() {
        look("*");
        CommandResult first = changer.gateway().execute("B5 10 0000 0003 00 001000 00 00", 4096);
        assertThat(decoded(first).count()).isEqualTo(3);
        assertThat(found()).containsExactly("X");
        assertThat(found()).isEmpty();
        look("*");
        assertThat(found()).hasSize(4);
    }

    @Test
    void shouldKeepTheSearchesOfInitiatorsApart() {
        TestNexus other = changer.gateway().nexus("iqn.2026-11.io.sluice.test:other,i,0x000000000002");
        refused(other.execute(REQUEST_ALL, 4096), AdditionalSense.COMMAND_SEQUENCE_ERROR);
        look("ABC*");
        refused(other.execute(REQUEST_ALL, 4096), AdditionalSense.COMMAND_SEQUENCE_ERROR);
        assertThat(other.execute(send(0, 0, 5), template("X", 0)).isGood()).isTrue();
        assertThat(found()).containsExactly("ABC002L8", "ABC001L8");
        assertThat(decoded(other.execute(REQUEST_ALL, 4096)).count()).isEqualTo(1);
        other.close();
    }

    @Test
    void shouldRefuseWhatIsNoSearch() {
        refused(changer.gateway().execute(REQUEST_ALL, 4096), AdditionalSense.COMMAND_SEQUENCE_ERROR);
        for (int action = 0; action < 32; action++) {
            CommandResult result = changer.gateway().execute(send(0, 0, action), template("*", 0));
            if (action == 0 || action == 1 || action == 4 || action == 5) {
                assertThat(result.isGood()).as("action %d", action).isTrue();
            } else {
                refused(result, AdditionalSense.INVALID_FIELD_IN_CDB);
            }
        }
        refused(changer.gateway().execute(send(5, 0, 5), template("*", 0)), AdditionalSense.INVALID_FIELD_IN_CDB);
        refused(look("A\tB"), AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST);
        refused(
                changer.gateway().execute(send(0, 0, 1), template("*", 1)),
                AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST);
        assertThat(changer.gateway().execute(send(0, 0, 5), template("*", 1)).isGood())
                .as("sequence numbers ignored")
                .isTrue();
        refused(
                changer.gateway().execute("B6 00 0000 00 05 0000 0020 00 00", new byte[32]),
                AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
    }
}
