// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk;

import io.sluice.handler.DeviceConfig;
import io.sluice.handler.DeviceConfigException;
import io.sluice.vdisk.store.NullStore;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the keys of a {@code [[device]]} table with {@code type = "vdisk"} say.
 *
 * @param backend {@code "file"} (the default), {@code "direct"}, {@code "null"} or {@code "ram"}
 * @param path of file and direct only
 * @param size bytes; 0: take the file's. Required for ram; 1 TiB unless given for null
 * @param blockSize bytes of a logical block: 512 (the default) or 4096
 * @param physicalBlockSize bytes that the medium writes at once: a power of two from the block size to 128 KiB
 * @param writeThrough WCE is zero unless MODE SELECT changes it: GOOD for a write means that it is on the medium
 * @param readOnly all writes end DATA PROTECT, WRITE PROTECTED
 * @param removable RMB is one and START STOP UNIT ejects and loads
 * @param rotational MEDIUM ROTATION RATE says 7200 per minute instead of non-rotating
 * @param thin LBPME is one: UNMAP gives space back; else all space is taken at the start
 * @param optimalTransferBytes OPTIMAL TRANSFER LENGTH
 * @param execution which threads run commands
 * @param explicitAccess initiators may change its access states
 */
record DiskConfig(
        Backend backend,
        Optional<Path> path,
        long size,
        int blockSize,
        int physicalBlockSize,
        boolean writeThrough,
        boolean readOnly,
        boolean removable,
        boolean rotational,
        boolean thin,
        IdentityConfig identity,
        int optimalTransferBytes,
        RunMode execution,
        boolean explicitAccess) {
    static final int MAX_TRANSFER_BYTES = 16 << 20;
    private static final int MAX_PHYSICAL_BLOCK = 128 << 10;
    private static final int DEFAULT_OPTIMAL_TRANSFER = 1 << 20;

    /** The words of the key {@code execution}. */
    enum RunMode {
        /** Inline for stores that never wait, parallel for others. */
        AUTO,
        INLINE,
        PARALLEL
    }

    /** The words for INQUIRY; see {@link Identity}. */
    record IdentityConfig(String vendor, String product, String revision, Optional<String> serial) {}

    static DiskConfig parse(DeviceConfig config) throws DeviceConfigException {
        Backend backend = config.oneOf("backend", Backend.FILE);
        int blockSize = (int) config.integer("block_size", 512, 0, Integer.MAX_VALUE);
        if (blockSize != 512 && blockSize != 4096) {
            throw config.invalid("block_size", "is neither 512 nor 4096", "choose one of them");
        }
        return new DiskConfig(
                backend,
                path(config, backend),
                size(config, backend, blockSize),
                blockSize,
                physicalBlockSize(config, blockSize),
                config.bool("write_through", false),
                config.bool("read_only", false),
                config.bool("removable", false),
                config.bool("rotational", false),
                config.bool("thin", true),
                identity(config),
                optimalTransfer(config, blockSize),
                config.oneOf("execution", RunMode.AUTO),
                config.bool("explicit_access", false));
    }

    private static Optional<Path> path(DeviceConfig config, Backend backend) throws DeviceConfigException {
        if (backend.hasPath()) {
            return Optional.of(config.path("path"));
        }
        if (config.has("path")) {
            throw config.invalid("path", "belongs to a file", "remove it, or set backend = \"file\" or \"direct\"");
        }
        return Optional.empty();
    }

    private static long size(DeviceConfig config, Backend backend, int blockSize) throws DeviceConfigException {
        long size = switch (backend) {
            case FILE, DIRECT -> config.bytes("size", 0);
            case NULL -> config.bytes("size", NullStore.DEFAULT_BYTES);
            case RAM -> config.bytes("size");
        };
        boolean given = config.has("size");
        if (given && (size <= 0 || size % blockSize != 0)) {
            throw config.invalid(
                    "size",
                    "is no whole number of blocks of " + blockSize + " bytes",
                    "round it to a multiple, such as " + Math.max(Math.ceilDiv(size, blockSize), 1) * blockSize);
        }
        return size;
    }

    private static int physicalBlockSize(DeviceConfig config, int blockSize) throws DeviceConfigException {
        long bytes = config.bytes("physical_block_size", Math.max(blockSize, 4096));
        if (bytes < blockSize || bytes > MAX_PHYSICAL_BLOCK || Long.bitCount(bytes) != 1) {
            throw config.invalid(
                    "physical_block_size",
                    "is no power of two from " + blockSize + " to " + MAX_PHYSICAL_BLOCK,
                    "4096 suits most media");
        }
        return (int) bytes;
    }

    private static int optimalTransfer(DeviceConfig config, int blockSize) throws DeviceConfigException {
        long bytes = config.bytes("optimal_transfer", DEFAULT_OPTIMAL_TRANSFER);
        if (bytes < blockSize || bytes > MAX_TRANSFER_BYTES || bytes % blockSize != 0) {
            throw config.invalid(
                    "optimal_transfer",
                    "is no multiple of " + blockSize + " up to " + MAX_TRANSFER_BYTES + " bytes",
                    "leave it out for 1MiB");
        }
        return (int) bytes;
    }

    private static IdentityConfig identity(DeviceConfig config) throws DeviceConfigException {
        Optional<String> serial = config.optional("serial");
        if (serial.isPresent()) {
            ascii(config, "serial", serial.get(), 1, Identity.MAX_SERIAL);
        }
        return new IdentityConfig(
                ascii(config, "vendor", config.string("vendor", "SLUICE"), 1, 8),
                ascii(config, "product", config.string("product", "VDISK"), 1, 16),
                ascii(config, "revision", config.string("revision", "0001"), 1, 4),
                serial);
    }

    /** SPC-5 4.3.1: ASCII data fields hold the codes 20h to 7Eh. */
    private static String ascii(DeviceConfig config, String key, String text, int min, int max)
            throws DeviceConfigException {
        boolean graphic = text.chars().allMatch(c -> c >= 0x20 && c <= 0x7E)
                && text.strip().length() == text.length();
        if (!graphic || text.length() < min || text.length() > max) {
            throw config.invalid(
                    key,
                    "is not " + min + " to " + max + " printable ASCII characters without blanks at its ends",
                    "shorten or respell it");
        }
        return text;
    }
}
