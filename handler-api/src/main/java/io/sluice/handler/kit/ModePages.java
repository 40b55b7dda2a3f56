// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler.kit;

import io.sluice.handler.ControlMode;
import io.sluice.handler.DeviceContext;
import io.sluice.handler.ScsiCommand;
import io.sluice.scsi.AdditionalSense;
import io.sluice.scsi.OpCode;
import io.sluice.scsi.ParameterWriter;
import io.sluice.scsi.SenseKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * MODE SENSE(6) and (10), MODE SELECT(6) and (10) (SPC-5 6.14 to 6.17) over the pages of a device. Current values are the
 * same for all nexuses. A MODE SELECT that changes one raises MODE PARAMETERS CHANGED (2A/01) for the other nexuses; one
 * that changes what the gateway acts on in the Control mode page ({@link ControlPage}) tells it; both before its status goes out. Current values are
 * recorded, so that a process that takes over goes on with them. Threads: any.
 */
public final class ModePages implements CommandSet {
    private static final Logger LOG = LoggerFactory.getLogger(ModePages.class);
    private static final int ALL_PAGES = 0x3F;
    private static final int ALL_SUBPAGES = 0xFF;

    private final DeviceContext context;
    private final Map<Integer, ModePage> pages;
    private final @Nullable BlockDescriptor blockDescriptor;
    private final DeviceSpecificParameter deviceSpecific;
    private final IntSupplier mediumType;
    private final boolean headerAlone;
    private final boolean saveable;
    private final SavedModePages store;
    private final SavedModePages current;

    private ModePages(Builder builder) throws IOException {
        context = builder.context;
        pages = builder.pages;
        blockDescriptor = builder.blockDescriptor;
        deviceSpecific = builder.deviceSpecific;
        mediumType = builder.mediumType;
        headerAlone = builder.headerAlone;
        saveable = pages.values().stream().anyMatch(ModePage::isSaveable);
        store = new SavedModePages(context.home(), SavedModePages.SAVED);
        current = new SavedModePages(context.home(), SavedModePages.CURRENT);
        Map<Integer, byte[]> saved = saveable ? store.load() : Map.of();
        Map<Integer, byte[]> left = current.load();
        for (Map.Entry<Integer, ModePage> entry : pages.entrySet()) {
            ModePage page = entry.getValue();
            byte[] values = saved.get(entry.getKey());
            if (values != null && page.isSaveable() && values.length == page.length()) {
                page.makeSaved(values);
            }
            byte[] former = left.get(entry.getKey());
            page.makeCurrent(
                    former != null && former.length == page.length() ? page.effective(former) : page.afterReset());
        }
    }

    public static Builder of(DeviceContext context) {
        return new Builder(context);
    }

    @Override
    public void addTo(CommandTable.Builder table) {
        ModeSelect select = new ModeSelect(this);
        table.command(OpCode.MODE_SENSE_6, "1A 08 FF FF FF 00", command -> sense(command, false));
        table.command(OpCode.MODE_SENSE_10, "5A 18 FF FF 00 00 00 FF FF 00", command -> sense(command, true));
        table.command(OpCode.MODE_SELECT_6, "15 11 00 00 FF 00", command -> select.execute(command, false));
        table.command(OpCode.MODE_SELECT_10, "55 11 00 00 00 00 00 FF FF 00", command -> select.execute(command, true));
    }

    /**
     * Returns every page to its saved values, or its defaults: for {@link io.sluice.handler.Device#logicalUnitReset} and {@link
     * io.sluice.handler.Device#poweredOn}.
     */
    public synchronized void reset() {
        ControlMode before = controlMode();
        try {
            current.forget();
        } catch (IOException failed) {
            LOG.error("device {}: current mode pages are not forgotten: {}", context.name(), failed.toString());
        }
        for (ModePage page : pages.values()) {
            page.makeCurrent(page.afterReset());
        }
        reportControlMode(before);
    }

    /** The Control mode page now: for the {@link io.sluice.handler.DeviceProfile}. */
    public ControlMode controlMode() {
        ModePage control = pages.get(ControlPage.KEY);
        return control == null ? ControlMode.DEFAULT : ControlPage.modeOf(control);
    }

    private void reportControlMode(ControlMode before) {
        ControlMode now = controlMode();
        if (!now.equals(before)) {
            context.controlModeChanged(now);
        }
    }

    private void sense(ScsiCommand command, boolean ten) {
        int control = command.cdb8(2) >> 6;
        int code = command.cdb8(2) & 0x3F;
        int subpage = command.cdb8(3);
        if (control == 3 && !saveable) {
            command.check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.SAVING_PARAMETERS_NOT_SUPPORTED);
            return;
        }
        if (code == ALL_PAGES && subpage != 0 && subpage != ALL_SUBPAGES) {
            command.invalidField(3);
            return;
        }
        boolean none = headerAlone && code == 0 && subpage == 0;
        boolean all = none || code == ALL_PAGES || subpage == ALL_SUBPAGES;
        if (!all && !pages.containsKey((code << 8) | subpage)) {
            boolean known = pages.keySet().stream().anyMatch(key -> key >> 8 == code);
            command.invalidField(known ? 3 : 2, known ? -1 : 5);
            return;
        }
        if (all && !none && code != ALL_PAGES && pages.keySet().stream().noneMatch(key -> key >> 8 == code)) {
            command.invalidField(2, 5);
            return;
        }
        ParameterWriter out = command.dataIn(ten ? command.cdb16(7) : command.cdb8(4));
        writeHeader(out, ten, ten && command.cdbBit(1, 4), command.cdbBit(1, 3));
        for (ModePage page : pages.values()) {
            boolean wanted = (code == ALL_PAGES || page.code() == code)
                    && (subpage == ALL_SUBPAGES || page.subpage() == subpage);
            if (wanted) {
                byte[] values = page.values(control);
                out.u8((page.isSaveable() ? 0x80 : 0) | values[0]).bytes(values, 1, values.length - 1);
            }
        }
        if (ten) {
            out.patchU16(0, (int) (out.position() - 2));
        } else {
            out.patchU8(0, (int) Math.min(0xFF, out.position() - 1));
        }
        command.good(out);
    }

    private void writeHeader(ParameterWriter out, boolean ten, boolean longLba, boolean noDescriptors) {
        if (ten) {
            out.u16(0)
                    .u8(mediumType.getAsInt())
                    .u8(deviceSpecific.value())
                    .u16(0)
                    .u16(0);
        } else {
            out.u8(0).u8(mediumType.getAsInt()).u8(deviceSpecific.value()).u8(0);
        }
        if (noDescriptors || blockDescriptor == null) {
            return;
        }
        long start = out.position();
        blockDescriptor.write(out, longLba);
        int length = (int) (out.position() - start);
        if (ten) {
            out.patchU8(4, length == 16 ? 0x01 : 0); // LONGLBA
            out.patchU16(6, length);
        } else {
            out.patchU8(3, length);
        }
    }

    boolean isSaveable() {
        return saveable;
    }

    @Nullable
    BlockDescriptor blockDescriptor() {
        return blockDescriptor;
    }

    DeviceSpecificParameter deviceSpecific() {
        return deviceSpecific;
    }

    @Nullable
    ModePage find(int code, int subpage) {
        return pages.get((code << 8) | subpage);
    }

    /**
     * Makes values current, all or none.
     *
     * @param wanted new values by page
     * @param save SP: also save the current values of every page that can be saved
     * @param headerChanged the block descriptor or the header changed, which is a change, too
     */
    void apply(ScsiCommand command, Map<ModePage, byte[]> wanted, boolean save, boolean headerChanged)
            throws IOException {
        if (save) {
            save(wanted);
        }
        ControlMode before = controlMode();
        boolean changed = headerChanged;
        recordCurrent(wanted);
        for (Map.Entry<ModePage, byte[]> entry : wanted.entrySet()) {
            if (!Arrays.equals(entry.getKey().values(0), entry.getValue())) {
                entry.getKey().makeCurrent(entry.getValue());
                changed = true;
            }
        }
        if (changed) {
            context.raiseUnitAttentionExcept(command.nexus(), AdditionalSense.MODE_PARAMETERS_CHANGED);
            reportControlMode(before);
        }
    }

    /** For a process that takes over from this one: initiators are told nothing then, so it must go on with these values. */
    private void recordCurrent(Map<ModePage, byte[]> wanted) throws IOException {
        List<byte[]> values = new ArrayList<>();
        boolean differs = false;
        for (ModePage page : pages.values()) {
            byte[] next = wanted.getOrDefault(page, page.values(0));
            values.add(next);
            differs |= !Arrays.equals(next, page.values(0));
        }
        if (differs) {
            current.store(values);
        }
    }

    private void save(Map<ModePage, byte[]> wanted) throws IOException {
        Map<ModePage, byte[]> saved = new LinkedHashMap<>();
        for (ModePage page : pages.values()) {
            byte[] values = wanted.getOrDefault(page, page.values(0));
            if (page.isSaveable()) {
                saved.put(page, values);
            }
        }
        store.store(saved.values());
        saved.forEach(ModePage::makeSaved);
    }

    /** Collects the pages. */
    public static final class Builder {
        private final DeviceContext context;
        private final Map<Integer, ModePage> pages = new TreeMap<>();
        private @Nullable BlockDescriptor blockDescriptor;
        private DeviceSpecificParameter deviceSpecific = () -> 0;
        private IntSupplier mediumType = () -> 0;
        private boolean headerAlone;

        private Builder(DeviceContext context) {
            this.context = context;
        }

        /** Adds a page; MODE SENSE returns them in ascending order. */
        public Builder page(ModePage page) {
            if (pages.putIfAbsent((page.code() << 8) | page.subpage(), page) != null) {
                throw new IllegalStateException(
                        String.format("mode page %02Xh/%02Xh is there already", page.code(), page.subpage()));
            }
            return this;
        }

        public Builder blockDescriptor(BlockDescriptor descriptor) {
            blockDescriptor = descriptor;
            return this;
        }

        /** DEVICE-SPECIFIC PARAMETER of the header: for disks WP (80h) and DPOFUA (10h). */
        public Builder deviceSpecific(DeviceSpecificParameter parameter) {
            deviceSpecific = parameter;
            return this;
        }

        /** MEDIUM TYPE of the header. */
        public Builder mediumType(IntSupplier code) {
            mediumType = code;
            return this;
        }

        /**
         * MODE SENSE of page 00h returns the header and the block descriptor alone, as tape drives do (a vendor's page without page
         * format, SPC-5 7.5.8) and their drivers rely on.
         */
        public Builder headerAlone() {
            headerAlone = true;
            return this;
        }

        /**
         * The pages with saved values loaded.
         *
         * @throws IOException if the file of saved values cannot be read
         */
        public ModePages build() throws IOException {
            return new ModePages(this);
        }
    }
}
