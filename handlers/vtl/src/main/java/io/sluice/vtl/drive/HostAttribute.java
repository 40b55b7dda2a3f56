// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.drive;

import org.jspecify.annotations.Nullable;

/** Attributes that hosts write (SPC-5 7.4.2.4), and IBM's that LTFS locks a volume with. */
enum HostAttribute {
    APPLICATION_VENDOR(0x0800, MamAttribute.ASCII, 8),
    APPLICATION_NAME(0x0801, MamAttribute.ASCII, 32),
    APPLICATION_VERSION(0x0802, MamAttribute.ASCII, 8),
    USER_MEDIUM_TEXT_LABEL(0x0803, MamAttribute.TEXT, 160),
    DATE_AND_TIME_LAST_WRITTEN(0x0804, MamAttribute.ASCII, 12),
    TEXT_LOCALIZATION_IDENTIFIER(0x0805, MamAttribute.BINARY, 1),
    BARCODE(0x0806, MamAttribute.ASCII, 32),
    OWNING_HOST_TEXTUAL_NAME(0x0807, MamAttribute.TEXT, 80),
    MEDIA_POOL(0x0808, MamAttribute.TEXT, 160),
    PARTITION_USER_TEXT_LABEL(0x0809, MamAttribute.ASCII, 16),
    LOAD_UNLOAD_AT_PARTITION(0x080A, MamAttribute.BINARY, 1),
    APPLICATION_FORMAT_VERSION(0x080B, MamAttribute.ASCII, 16),
    VOLUME_COHERENCY_INFORMATION(0x080C, MamAttribute.BINARY, HostAttribute.ANY_LENGTH),
    MEDIUM_GLOBALLY_UNIQUE_IDENTIFIER(0x0820, MamAttribute.BINARY, 36),
    MEDIA_POOL_GLOBALLY_UNIQUE_IDENTIFIER(0x0821, MamAttribute.BINARY, 36),
    VOLUME_LOCKED(0x1623, MamAttribute.BINARY, 1);

    private static final int ANY_LENGTH = -1;

    private final int identifier;
    private final int format;
    private final int length;

    HostAttribute(int identifier, int format, int length) {
        this.identifier = identifier;
        this.format = format;
        this.length = length;
    }

    /** The one with this identifier; null if hosts cannot write it. */
    static @Nullable HostAttribute of(int identifier) {
        for (HostAttribute one : values()) {
            if (one.identifier == identifier) {
                return one;
            }
        }
        return null;
    }

    int identifier() {
        return identifier;
    }

    int format() {
        return format;
    }

    /** True if a value may have so many bytes; 0 takes the attribute away. */
    boolean admits(int bytes) {
        return bytes == 0 || length == ANY_LENGTH || bytes == length;
    }
}
