// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

import org.jspecify.annotations.Nullable;

/**
 * How many elements of each type a library has, and their addresses (SMC-3 4.2). There is one medium transport element.
 *
 * <pre>
 *             transport   drives        mail slots    storage slots
 *   STANDARD  001h        101h..200h    301h..3FFh    401h..FFFFh     as an IBM 3584
 *   COMPACT   001h        002h..101h    102h..200h    201h..FFE8h     for more slots than that has room for
 * </pre>
 *
 * The layout is chosen when a library is made and stays: addresses are what initiators remember.
 *
 * @param drives 1 to {@value #MAX_DRIVES}
 * @param mailSlots 0 to {@value #MAX_MAIL_SLOTS}
 * @param slots 1 to {@value #MAX_SLOTS}, or what the layout has room for
 */
public record Geometry(Layout layout, int drives, int mailSlots, int slots) {
    public static final int MAX_DRIVES = 256;
    public static final int MAX_MAIL_SLOTS = 255;
    public static final int MAX_SLOTS = 65_000;

    /** The address of the medium transport element; 0 in a CDB stands for it, too. */
    public static final int TRANSPORT = 1;

    /** Where the elements of each type begin. */
    public enum Layout {
        STANDARD(1, 0x101, 0x301, 0x401),
        COMPACT(2, 0x002, 0x102, 0x201);

        private final int code;
        private final int firstDrive;
        private final int firstMailSlot;
        private final int firstSlot;

        Layout(int code, int firstDrive, int firstMailSlot, int firstSlot) {
            this.code = code;
            this.firstDrive = firstDrive;
            this.firstMailSlot = firstMailSlot;
            this.firstSlot = firstSlot;
        }

        /** The number in the journal. */
        int code() {
            return code;
        }

        static Layout of(int code) {
            return switch (code) {
                case 1 -> STANDARD;
                case 2 -> COMPACT;
                default -> throw new IllegalArgumentException("element layout " + code + ": 1 and 2 are known");
            };
        }

        /** Storage slots that it has addresses for. */
        int roomForSlots() {
            return Math.min(MAX_SLOTS, 0x10000 - firstSlot);
        }
    }

    public Geometry {
        within("drives", drives, 1, MAX_DRIVES);
        within("mail slots", mailSlots, 0, MAX_MAIL_SLOTS);
        within("slots", slots, 1, layout.roomForSlots());
    }

    private static void within(String what, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(value + " " + what + ": use " + min + " to " + max);
        }
    }

    /** The standard layout if it has room. */
    public static Geometry of(int drives, int mailSlots, int slots) {
        Layout layout = slots <= Layout.STANDARD.roomForSlots() ? Layout.STANDARD : Layout.COMPACT;
        return new Geometry(layout, drives, mailSlots, slots);
    }

    /** Elements of a type. */
    public int count(ElementType type) {
        return switch (type) {
            case MEDIUM_TRANSPORT -> 1;
            case DATA_TRANSFER -> drives;
            case IMPORT_EXPORT -> mailSlots;
            case STORAGE -> slots;
        };
    }

    /** The lowest address of a type, also if it has no elements. */
    public int first(ElementType type) {
        return switch (type) {
            case MEDIUM_TRANSPORT -> TRANSPORT;
            case DATA_TRANSFER -> layout.firstDrive;
            case IMPORT_EXPORT -> layout.firstMailSlot;
            case STORAGE -> layout.firstSlot;
        };
    }

    /** The type of the element with this address; null if there is none. */
    public @Nullable ElementType type(int address) {
        for (ElementType type : ElementType.values()) {
            int index = address - first(type);
            if (index >= 0 && index < count(type)) {
                return type;
            }
        }
        return null;
    }

    boolean is(int address, ElementType type) {
        int index = address - first(type);
        return index >= 0 && index < count(type);
    }

    /** Drive {@code address}, counted from 0. */
    int drive(int address) {
        return address - layout.firstDrive;
    }

    /** Elements of all types. */
    public int elements() {
        return 1 + drives + mailSlots + slots;
    }
}
