// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.testkit;

import static io.sluice.handler.testkit.ModeParameters.ALL;
import static io.sluice.handler.testkit.ModeParameters.CHANGEABLE;
import static io.sluice.handler.testkit.ModeParameters.CURRENT;
import static io.sluice.handler.testkit.ModeParameters.SAVED;
import static io.sluice.handler.testkit.ModeParameters.flipped;
import static io.sluice.handler.testkit.ModeParameters.headerLength;
import static io.sluice.handler.testkit.ModeParameters.list;
import static io.sluice.handler.testkit.Testbed.check;
import static io.sluice.handler.testkit.Testbed.hex;

import io.sluice.handler.testing.CommandResult;
import io.sluice.handler.testing.UnitAttention;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.OpCode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** MODE SELECT, where the device has it (SPC-5 6.14, 6.15): what is called changeable changes, and nothing else does. */
interface ModeSelectRules {
    Testbed bed();

    private Map<Integer, byte[]> pages(int control) {
        ModeSenseRules.assumeReported(bed(), OpCode.MODE_SELECT_10);
        return ModeParameters.sense10(bed(), control, ALL, 0xFF).pages();
    }

    private byte[] page(int control, int key) {
        byte[] page = ModeParameters.sense10(bed(), control, key >> 8, key & 0xFF)
                .pages()
                .getOrDefault(key, new byte[0]);
        check(page.length > 0, "mode page %04Xh is gone", key);
        return page;
    }

    private CommandResult select(boolean save, byte[] list) {
        return bed().out(ModeParameters.select10Cdb(save, list.length), list);
    }

    /** One bit of one page. */
    @FunctionalInterface
    interface Bit {
        void at(int key, byte[] page, int at, int mask);
    }

    private void forEachBit(boolean changeable, Bit action) {
        Map<Integer, byte[]> masks = pages(CHANGEABLE);
        masks.forEach((key, mask) -> {
            for (int at = headerLength(mask); at < mask.length; at++) {
                for (int bit = 0; bit < 8; bit++) {
                    if ((((mask[at] >> bit) & 1) != 0) == changeable) {
                        action.at(key, page(CURRENT, key), at, 1 << bit);
                    }
                }
            }
        });
    }

    @Test
    default void shouldAcceptTheModeParametersThatItReturned() {
        ModeSenseRules.assumeReported(bed(), OpCode.MODE_SENSE_10);
        ModeParameters all = ModeParameters.sense10(bed(), CURRENT, ModeParameters.ALL, 0xFF);
        byte[] list = list(all.pages().values().toArray(byte[][]::new));
        list[3] = all.header()[3]; // DEVICE-SPECIFIC PARAMETER: a tape's BUFFERED MODE
        CommandResult result = select(false, list);
        check(result.isGood(), "MODE SELECT of what MODE SENSE returned ended %s", result);
        check(bed().gateway().takeUnitAttentions().isEmpty(), "nothing changed, and a unit attention was raised");
        CommandResult nothing = bed().none(ModeParameters.select10Cdb(false, 0));
        check(nothing.isGood(), "MODE SELECT without parameters ended %s: that is no error (SPC-5 6.14)", nothing);
    }

    @Test
    default void shouldChangeWhatItCallsChangeable() {
        forEachBit(true, (key, before, at, mask) -> {
            byte[] wanted = flipped(before, at, mask);
            bed().gateway().takeUnitAttentions();
            CommandResult result = select(false, list(wanted));
            String what = String.format("mode page %04Xh, bit %02Xh of byte %d", key, mask, at);
            byte[] after = page(CURRENT, key);
            if (!result.isGood()) { // a changeable field may still have values that it does not take
                Testbed.refused(what, result, AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST, -1);
                check(Arrays.equals(after, before), "%s: refused, and changed: %s", what, hex(after));
                return;
            }
            check(Arrays.equals(after, wanted), "%s: %s, wanted %s", what, hex(after), hex(wanted));
            List<UnitAttention> raised = bed().gateway().takeUnitAttentions();
            UnitAttention expected = new UnitAttention(
                    UnitAttention.Scope.EXCEPT, bed().gateway().nexus().id(), AdditionalSense.MODE_PARAMETERS_CHANGED);
            check(raised.contains(expected), "%s: raised %s, expected %s", what, raised, expected);
            check(select(false, list(before)).isGood(), "%s: cannot be turned back", what);
        });
    }

    @Test
    default void shouldRefuseToChangeWhatItDoesNotCallChangeable() {
        forEachBit(false, (key, before, at, mask) -> {
            String what = String.format("mode page %04Xh, bit %02Xh of byte %d, not changeable", key, mask, at);
            CommandResult result = select(false, list(flipped(before, at, mask)));
            Testbed.refused(what, result, AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST, 8 + at);
            byte[] after = page(CURRENT, key);
            check(Arrays.equals(after, before), "%s: %s, before %s", what, hex(after), hex(before));
        });
    }

    @Test
    default void shouldChangeNothingWhenALaterPageIsWrong() {
        byte[] unknown = {0x3E, 0x02, 0, 0};
        forEachBit(true, (key, before, at, mask) -> {
            CommandResult result = select(false, list(flipped(before, at, mask), unknown));
            String what = String.format("mode page %04Xh before a page that is not there", key);
            Testbed.refused(what, result, AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST, -1);
            byte[] after = page(CURRENT, key);
            check(Arrays.equals(after, before), "%s: %s, before %s", what, hex(after), hex(before));
        });
    }

    @Test
    default void shouldRefuseAParameterListThatEndsWithinAPage() {
        pages(CURRENT).forEach((key, page) -> {
            byte[] whole = list(page);
            for (int length = 1; length < whole.length; length++) {
                if (length == 8) {
                    continue; // a header alone is a list
                }
                CommandResult result = select(false, Arrays.copyOf(whole, length));
                String what = String.format("mode page %04Xh, %d of %d bytes", key, length, whole.length);
                Testbed.refused(what, result, AdditionalSense.PARAMETER_LIST_LENGTH_ERROR, -1);
            }
        });
    }

    @Test
    default void shouldReturnToSavedValuesAfterAReset() {
        Map<Integer, byte[]> before = pages(CURRENT);
        forEachBit(true, (key, page, at, mask) -> {
            select(false, list(flipped(page, at, mask)));
            bed().gateway().logicalUnitReset();
            byte[] after = page(CURRENT, key);
            check(
                    Arrays.equals(after, before.getOrDefault(key, page)),
                    "mode page %04Xh, bit %02Xh of byte %d was changed and not saved; after a reset it is %s",
                    key,
                    mask,
                    at,
                    hex(after));
        });
    }

    @Test
    default void shouldKeepSavedModePagesWhenItIsOpenedAgain() throws Exception {
        Map<Integer, byte[]> masks = pages(CHANGEABLE);
        for (Map.Entry<Integer, byte[]> entry : masks.entrySet()) {
            int key = entry.getKey();
            byte[] mask = entry.getValue();
            int at = headerLength(mask);
            while (at < mask.length && mask[at] == 0) {
                at++;
            }
            byte[] before = page(CURRENT, key);
            if (at == mask.length || (before[0] & 0x80) == 0) { // nothing changeable, or PS zero: not saved
                continue;
            }
            byte[] wanted = flipped(before, at, Integer.lowestOneBit(mask[at] & 0xFF));
            CommandResult result = select(true, list(wanted));
            if (!result.isGood()) {
                continue;
            }
            byte[] saved = page(SAVED, key);
            check(Arrays.equals(saved, wanted), "mode page %04Xh: saved %s, got %s", key, hex(wanted), hex(saved));
            bed().reopen();
            byte[] after = page(CURRENT, key);
            check(
                    Arrays.equals(after, wanted),
                    "mode page %04Xh: saved %s, after it was opened again %s",
                    key,
                    hex(wanted),
                    hex(after));
        }
    }
}
